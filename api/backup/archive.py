"""The archive: a tar.gz whose first member, manifest.json, names every other one with its SHA-256."""

from __future__ import annotations

import io
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath

from bot.digests import file_digest
from bot.messages import Text

FORMAT = 1
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 64 * 1024 * 1024  # bytes


class BackupError(Exception):
    """A backup that cannot be made or restored; ``said``: why, and what to do."""

    def __init__(self, said: Text) -> None:
        super().__init__(said.message)
        self.said = said


@dataclass(frozen=True, slots=True)
class Manifest:
    """``database``: sqlite or postgresql; ``revision``: of its schema. ``rows``: table -> how many rows.

    ``keys``: a fingerprint of each secret that is not in the archive, by setting. ``members``: file -> SHA-256.
    """

    made_at: str
    program: str
    database: str
    revision: str
    rows: Mapping[str, int]
    keys: Mapping[str, list[str]]
    members: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT


def write(target: Path, manifest: Manifest, folder: Path) -> None:
    """Pack what lies in the folder. The file appears whole or not at all; only its owner can read it."""
    members = {name: file_digest(folder / name) for name in sorted(_files(folder))}
    head = json.dumps(asdict(manifest) | {"members": members}, indent=1).encode()
    draft = target.with_name(f".{target.name}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            with tarfile.open(fileobj=out, mode="w:gz", compresslevel=6) as tar:
                about = tarfile.TarInfo(MANIFEST)
                about.size = len(head)
                tar.addfile(about, io.BytesIO(head))
                for name in members:
                    tar.add(folder / name, arcname=name, filter=_nobodys)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def unpack(source: Path, folder: Path) -> Manifest:
    """Check an archive and unpack it. Raises BackupError where it is damaged, or none of ours; OSError."""
    try:
        with _opened(source) as tar:
            manifest = _manifest(tar, source)
            missing = dict(manifest.members)
            for member in tar:
                if member.name == MANIFEST:
                    continue
                wanted = missing.pop(member.name, None)
                data = tar.extractfile(member) if wanted and member.isreg() and _inside(member.name) else None
                if data is None:
                    raise _damaged(source, member.name)
                (folder / member.name).parent.mkdir(parents=True, exist_ok=True)
                with (folder / member.name).open("wb") as out:
                    shutil.copyfileobj(data, out)
                if file_digest(folder / member.name) != wanted:
                    raise _damaged(source, member.name)
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise _damaged(source, MANIFEST) from error
    if missing:
        raise _damaged(source, min(missing))
    return manifest


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    with source.open("rb") as raw:
        try:
            tar = tarfile.open(fileobj=raw, mode="r:gz")  # noqa: SIM115
        except tarfile.TarError:
            raise BackupError(Text("backup.refused.no_archive", {"file": str(source)})) from None
        with tar:
            yield tar


def _manifest(tar: tarfile.TarFile, source: Path) -> Manifest:
    """The first member. Raises BackupError."""
    first = tar.next()
    data = tar.extractfile(first) if first and first.name == MANIFEST and first.size <= LARGEST_MANIFEST else None
    if data is None:
        raise BackupError(Text("backup.refused.no_archive", {"file": str(source)}))
    try:
        read = json.load(data)
        if read["format"] > FORMAT:
            raise BackupError(Text("backup.refused.newer", {"file": str(source), "program": str(read["program"])}))
        return Manifest(**read)
    except (ValueError, TypeError, KeyError):
        raise _damaged(source, MANIFEST) from None


def _damaged(source: Path, member: str) -> BackupError:
    return BackupError(Text("backup.refused.damaged", {"file": str(source), "member": member}))


def _files(folder: Path) -> Iterator[str]:
    return (file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _nobodys(about: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without who made it: names of accounts of this machine are nobody's business."""
    about.uid = about.gid = 0
    about.uname = about.gname = ""
    return about
