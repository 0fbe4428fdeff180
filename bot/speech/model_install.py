"""A model of speech becomes a folder under that of models: whole, checked, or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bot.speech.errors import ModelError
from bot.speech.model_digests import keep
from bot.speech.model_folder import only_one
from bot.speech.model_kinds import kind_of, offer_of
from bot.speech.model_sources import (
    ArchiveSource,
    FolderSource,
    Source,
    WebSource,
    is_archive,
    web_blocks,
    web_client,
    web_size,
)

LARGEST = 8 << 30  # bytes
SPARE = 64 << 20  # bytes that stay free
BEFORE = "before"  # the model that was there, while the new one takes its place
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """``digests``: the SHA-256 of each file; ``known``: whether they are those that we know of these weights."""

    name: str
    folder: Path
    size: int
    digests: Mapping[str, str]
    known: bool


def install_model(name: str, models: Path, given: str | None, progress: Progress) -> InstalledModel:
    """Bring a model from ``given`` (a folder, an archive, an address), else from where its name is offered.

    ``progress`` is told the file, its bytes so far, and of how many where that is known. Raises ModelError, also while
    another installation is at work there; whatever happens, also an interruption, nothing unfinished stays, and what
    was installed before stays until the new is whole.
    """
    kind, offer = kind_of(name), offer_of(name)
    place = given or (offer.address if offer else None)
    if place is None:
        raise ModelError("model.no_address", name=name)
    known = offer.sha256 if offer else {}
    with only_one(models), _waiting(models, name) as waiting, _source(place, name, waiting, progress) as source:
        if lacking := kind.lacking(source.files):
            raise ModelError("model.lacking", source=source.label, kind=kind.name, files=", ".join(lacking))
        _room_for(source, models)
        made = waiting / name
        made.mkdir()
        digests = {}
        for file in source.files:
            digests[file] = _copied(source, file, made / file, progress)
            if digests[file] != (wanted := known.get(file, digests[file])):
                said = {"name": name, "source": source.label, "file": file, "found": digests[file], "known": wanted}
                raise ModelError("model.other", **said)
        keep(made, digests)
        _put(made, models / name)
    size = sum((models / name / file).stat().st_size for file in digests)
    return InstalledModel(name, models / name, size, digests, bool(known))


@contextmanager
def _waiting(models: Path, name: str) -> Iterator[Path]:
    """A folder beside the models, gone at the end. What a killed installation left there is put right first."""
    waiting = models / f".{name}"
    if (before := waiting / BEFORE).exists() and not (models / name).exists():
        before.rename(models / name)
    shutil.rmtree(waiting, ignore_errors=True)
    waiting.mkdir()
    try:
        yield waiting
    finally:
        shutil.rmtree(waiting, ignore_errors=True)


@contextmanager
def _source(place: str, name: str, waiting: Path, progress: Progress) -> Iterator[Source]:
    kind = kind_of(name)
    if not place.startswith(("http://", "https://")):
        path = Path(place)
        if not path.exists():
            raise ModelError("model.nothing_there", source=place)
        yield FolderSource(path, kind) if path.is_dir() else ArchiveSource(path, kind)
        return
    with web_client() as http:
        if not is_archive(place):
            yield WebSource(http, place, kind)
            return
        archive, size = waiting / "archive", next(iter(web_size(http, place)), None)
        shown = place.partition("?")[0].rsplit("/", 1)[-1]
        _written(web_blocks(http, place), archive, lambda done: progress(shown, done, size))
        yield ArchiveSource(archive, kind, place)


def _room_for(source: Source, models: Path) -> None:
    needed, free = sum(size or 0 for size in source.files.values()), shutil.disk_usage(models).free
    if needed > LARGEST:
        raise ModelError("model.too_large", source=source.label, size=_gigabytes(needed), most=_gigabytes(LARGEST))
    if needed + SPARE > free:
        raise ModelError("model.no_room", folder=str(models), needed=_gigabytes(needed), free=_gigabytes(free))


def _copied(source: Source, file: str, to: Path, progress: Progress) -> str:
    size = source.files[file]
    return _written(source.blocks(file), to, lambda done: progress(file, done, size))


def _written(blocks: Iterator[bytes], to: Path, progress: Callable[[int], None]) -> str:
    """The SHA-256 of what was written. The size of what comes is not always told before, and others fill the disk."""
    try:
        return _put_down(blocks, to, progress)
    except OSError as error:
        if error.filename is not None:  # what was to be read: it names itself
            raise
        raise ModelError("model.not_written", file=to.name, why=error.strerror) from None


def _put_down(blocks: Iterator[bytes], to: Path, progress: Callable[[int], None]) -> str:
    digest, done = sha256(), 0
    with to.open("wb") as out:
        for block in blocks:
            done += len(block)
            if done > LARGEST:
                raise ModelError("model.too_large", source=to.name, size=_gigabytes(done), most=_gigabytes(LARGEST))
            out.write(block)
            digest.update(block)
            progress(done)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


def _put(made: Path, place: Path) -> None:
    """In the place of what was there, which comes back when that fails."""
    before = made.parent / BEFORE
    if place.exists():
        place.rename(before)
    try:
        made.rename(place)
    except OSError:
        if before.exists():
            before.rename(place)
        raise


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.2f}".replace(".", ",")
