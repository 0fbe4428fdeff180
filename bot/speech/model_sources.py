"""Where the files of a model come from: a folder, an archive, the web. Each tells its files and gives their bytes."""

from __future__ import annotations

import tarfile
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

import httpx

from bot.messages import Text
from bot.speech.errors import ModelError
from bot.speech.model_kinds import Kind, web_files

BLOCK = 1 << 20
PATIENCE = httpx.Timeout(60, connect=15)  # seconds
PAUSES = (0.5, 2.0, 5.0)  # seconds, before each new try
NOTHING = (403, 404, 410)
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2")


class Source(Protocol):
    """``files``: the names of the model's files -> their bytes, None where that is not known."""

    label: str

    @property
    def files(self) -> Mapping[str, int | None]: ...

    def blocks(self, file: str) -> Iterator[bytes]:
        """Raises ModelError."""


class FolderSource:
    """A folder on this machine."""

    def __init__(self, folder: Path, kind: Kind) -> None:
        self.label, self._folder = str(folder), folder
        self.files = {f.name: f.stat().st_size for f in sorted(folder.iterdir()) if f.is_file() and kind.takes(f.name)}

    def blocks(self, file: str) -> Iterator[bytes]:
        with (self._folder / file).open("rb") as opened:
            yield from _read(opened)


class ArchiveSource:
    """A zip or tar archive: of its folders that which has the model. Only the model's own files are read, by name, so
    that no entry can lead elsewhere. Raises ModelError."""

    def __init__(self, archive: Path, kind: Kind, label: str | None = None) -> None:
        self.label, self._archive = label or str(archive), archive
        self._zipped = zipfile.is_zipfile(archive)
        try:
            self._members = _one_folder(self._entries(), kind)
        except (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError) as error:
            raise ModelError("model.unreadable", source=self.label, why=_why(error)) from None
        self.files = {name: size for name, (_, size) in self._members.items()}

    def blocks(self, file: str) -> Iterator[bytes]:
        member = self._members[file][0]
        try:
            if self._zipped:
                with zipfile.ZipFile(self._archive) as opened, opened.open(member) as out:
                    yield from _read(out)
            else:
                with tarfile.open(self._archive) as tar, tar.extractfile(member) as out:  # type: ignore[union-attr]
                    yield from _read(out)
        except (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError) as error:
            raise ModelError("model.unreadable", source=self.label, why=_why(error)) from None

    def _entries(self) -> Iterable[tuple[str, int]]:
        if self._zipped:
            with zipfile.ZipFile(self._archive) as opened:
                return [(one.filename, one.file_size) for one in opened.infolist() if not one.is_dir()]
        with tarfile.open(self._archive) as tar:
            return [(one.name, one.size) for one in tar if one.isfile()]


class WebSource:
    """Files at an address; a transfer that breaks goes on where it was. Raises ModelError."""

    def __init__(self, http: httpx.Client, address: str, kind: Kind) -> None:
        self.label, self._http = address, http
        self._addresses = web_files(kind, address)
        self.files = {name: size for name, place in self._addresses.items() for size in web_size(http, place)}

    def blocks(self, file: str) -> Iterator[bytes]:
        return web_blocks(self._http, self._addresses[file])


def web_client() -> httpx.Client:
    return httpx.Client(timeout=PATIENCE, follow_redirects=True, headers={"Accept-Encoding": "identity"})


def web_size(http: httpx.Client, address: str) -> tuple[int | None, ...]:
    """The bytes of what is at an address; empty where there is nothing. Raises ModelError."""
    try:
        with http.stream("GET", address) as answer:
            if answer.status_code in NOTHING:
                return ()
            answer.raise_for_status()
            said = answer.headers.get("Content-Length", "")
            return (int(said) if said.isdecimal() else None,)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _not_fetched(address, error) from None


def web_blocks(http: httpx.Client, address: str) -> Iterator[bytes]:
    """What is at an address. A broken transfer is taken up where it broke, a few times. Raises ModelError."""
    got, mark = 0, ""
    for pause in (*PAUSES, None):
        try:
            asked = {"Range": f"bytes={got}-", "If-Range": mark} if got else {}
            with http.stream("GET", address, headers=asked) as answer:
                answer.raise_for_status()
                if got and answer.status_code != 206:
                    raise ModelError(
                        "model.not_fetched", address=address, why=Text("model.no_resuming", {"size": got // 10**6})
                    )
                mark = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
                for block in answer.iter_raw():
                    got += len(block)
                    yield block
                return
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            if pause is None or (got and not mark) or isinstance(error, httpx.HTTPStatusError | httpx.ConnectError):
                raise _not_fetched(address, error) from None
            time.sleep(pause)


def _not_fetched(address: str, error: Exception) -> ModelError:
    why = f"HTTP {error.response.status_code}" if isinstance(error, httpx.HTTPStatusError) else str(error)
    return ModelError("model.not_fetched", address=address, why=why or type(error).__name__)


def is_archive(address: str) -> bool:
    return address.partition("?")[0].lower().endswith(ARCHIVES)


def _why(error: Exception) -> str:
    """The first line of what a library says, which for tar goes on for each compression that it tried."""
    return (str(error) or type(error).__name__).splitlines()[0].rstrip(":")


def _read(opened: IO[bytes]) -> Iterator[bytes]:
    while block := opened.read(BLOCK):
        yield block


def _one_folder(entries: Iterable[tuple[str, int]], kind: Kind) -> Mapping[str, tuple[str, int]]:
    """By name the entries and sizes of the model's files in the folder that lacks the fewest of them."""
    folders: dict[str, dict[str, tuple[str, int]]] = {"": {}}
    for entry, size in entries:
        path = PurePosixPath(entry)
        if kind.takes(path.name):
            folders.setdefault(str(path.parent), {})[path.name] = (entry, size)
    return min(folders.values(), key=lambda files: len(kind.lacking(files)))
