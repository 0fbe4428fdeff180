"""The Argos packages in a folder: what is installed, which way a pair goes, and how a file becomes one of them."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bot.digests import file_digest
from bot.translation.errors import PackageError

PIVOT = "en"
LARGEST_FILE, LARGEST_UNPACKED, MOST_FILES = 1 << 30, 3 << 30, 2_000
CODE = re.compile(r"[a-z]{2,3}")
AGAIN = "fetch the file anew, or take another package"


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package: it translates ``source`` to ``target``, both Argos codes."""

    source: str
    target: str
    version: str
    folder: Path

    @property
    def pair(self) -> str:
        return f"{self.source}-{self.target}"


@dataclass(frozen=True, slots=True)
class Installed:
    """A package just installed, with the size and the SHA-256 of its file."""

    package: Package
    size: int
    sha256: str


def engine_code(language: str) -> str:
    """The code that Argos has for a language: Dari (fa-AF) is its Persian (fa)."""
    return language.split("-")[0].lower()


def installed(folder: Path) -> tuple[Package, ...]:
    """The packages of a folder, by pair; of two versions of a pair the newer. What is no package is left out."""
    found: dict[str, Package] = {}
    for file in sorted(folder.glob("*/metadata.json")):
        try:
            package = _described(file.read_text(encoding="utf-8"), file.parent)
        except (PackageError, OSError, UnicodeDecodeError):
            continue
        if package.pair not in found or _order(package.version) > _order(found[package.pair].version):
            found[package.pair] = package
    return tuple(found[pair] for pair in sorted(found))


def route(packages: tuple[Package, ...], source: str, target: str) -> tuple[Package, ...]:
    """The packages that lead from a language to another one: one, or two through English, or none."""
    by_pair = {package.pair: package for package in packages}
    ours, theirs = engine_code(source), engine_code(target)
    if ours == theirs:
        return ()
    if direct := by_pair.get(f"{ours}-{theirs}"):
        return (direct,)
    through = (by_pair.get(f"{ours}-{PIVOT}"), by_pair.get(f"{PIVOT}-{theirs}"))
    return (through[0], through[1]) if through[0] and through[1] else ()


def missing(packages: tuple[Package, ...], source: str, target: str) -> tuple[str, ...]:
    """The pairs to install for a way from a language to another; none where there is one."""
    ours, theirs = engine_code(source), engine_code(target)
    if ours == theirs or route(packages, source, target):
        return ()
    have = {package.pair for package in packages}
    wanted = [f"{ours}-{theirs}"] if PIVOT in (ours, theirs) else [f"{ours}-{PIVOT}", f"{PIVOT}-{theirs}"]
    return tuple(pair for pair in wanted if pair not in have)


def install(file: Path, folder: Path, digest: str | None = None) -> Installed:
    """Unpack an ``.argosmodel`` file into the folder, in the place of an earlier version of its pair.

    ``digest``: the SHA-256 that the file must have. Raises PackageError; then nothing of it stays in the folder.
    """
    size = file.stat().st_size
    if size > LARGEST_FILE:
        raise PackageError(file, f"{size} bytes, more than {LARGEST_FILE}", AGAIN)
    found = file_digest(file)
    if digest and digest.lower() != found:
        raise PackageError(file, f"its SHA-256 is {found}, not {digest.lower()}", AGAIN)
    folder.mkdir(parents=True, exist_ok=True)
    waiting = folder / f".{found[:16]}"
    shutil.rmtree(waiting, ignore_errors=True)
    try:
        package = _unpacked(file, waiting)
        place = folder / f"translate-{package.source}_{package.target}-{package.version.replace('.', '_')}"
        others = [one.parent for one in folder.glob("*/metadata.json") if _is_pair(one, package.pair)]
        for number, other in enumerate(others):
            other.rename(waiting / f".before-{number}")  # gone with the rest of it
        package.folder.rename(place)
    except OSError as error:
        if error.filename is not None:
            raise
        raise PackageError(file, f"not unpacked ({error.strerror})", f"free some room in {folder}") from None
    finally:
        shutil.rmtree(waiting, ignore_errors=True)
    return Installed(Package(package.source, package.target, package.version, place), size, found)


def _unpacked(file: Path, folder: Path) -> Package:
    try:
        with zipfile.ZipFile(file) as zipped:
            top = _checked(file, zipped)
            zipped.extractall(folder)  # every name was checked
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise PackageError(file, f"no readable package (a zip archive): {error}", AGAIN) from None
    package = _described((folder / top / "metadata.json").read_text(encoding="utf-8"), folder / top, file)
    parts = {"model/model.bin": "no model", "sentencepiece.model": "no tokenizer"}
    for part, lacking in parts.items():
        there = (folder / top / part).is_file()
        if not there and not (part == "sentencepiece.model" and (folder / top / "bpe.model").is_file()):
            raise PackageError(file, f"{lacking} ({part}) in it", AGAIN)
    return package


def _checked(file: Path, zipped: zipfile.ZipFile) -> str:
    """The one folder that everything in the archive lies in."""
    entries = zipped.infolist()
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise PackageError(file, f"unpacks to more than {LARGEST_UNPACKED} bytes or {MOST_FILES} files", AGAIN)
    tops = set()
    for entry in entries:
        parts = PurePosixPath(entry.filename).parts
        link = (entry.external_attr >> 16) & 0o170000 == 0o120000
        if not parts or entry.filename.startswith("/") or "\\" in entry.filename or ".." in parts or link:
            raise PackageError(file, f"an entry leads out of the archive: {entry.filename!r}", "do not use this file")
        tops.add(parts[0])
    metadata = [one for one in tops if f"{one}/metadata.json" in zipped.namelist()]
    if len(tops) != 1 or not metadata:
        raise PackageError(file, "no Argos package: one folder with metadata.json is needed", AGAIN)
    return metadata[0]


def _described(text: str, folder: Path, file: object = None) -> Package:
    try:
        about = json.loads(text)
        codes = [str(about[key]) for key in ("from_code", "to_code")]
        version = str(about.get("package_version") or "0")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise PackageError(file or folder, "metadata.json does not say its two languages", AGAIN) from None
    if about.get("type", "translate") != "translate" or not all(map(CODE.fullmatch, codes)):
        raise PackageError(file or folder, f"it does not translate a language to another: {codes}", AGAIN)
    if not re.fullmatch(r"[0-9A-Za-z.]{1,20}", version):
        raise PackageError(file or folder, f"no version: {version!r}", AGAIN)
    return Package(codes[0], codes[1], version, folder)


def _is_pair(metadata: Path, pair: str) -> bool:
    try:
        return _described(metadata.read_text(encoding="utf-8"), metadata.parent).pair == pair
    except (PackageError, OSError, UnicodeDecodeError):
        return False


def _order(version: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in version.split("."))
