"""What lies beside the database: which files of the data folder a backup takes, and where they go back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url

from api.settings import Settings

KEYS = {"secret_key", "contact_keys"}  # kept apart, by whoever runs the program
USED_ONCE = {"matrix"}  # the keys of the bot's device: an old copy of them would use a key a second time
MADE_AGAIN = {"offline", "models"}  # by the server, and by `aiguillage models install`
DATA, TERRITORIES = "data", "territories"


def files_out(settings: Settings, folder: Path, target: Path) -> None:
    """Copy what must last into the folder: never a key, a lock, the database itself, or a backup under way, whose place
    may lie in the data folder too."""
    for file in _lasting(settings, target):
        _copy(file, folder / DATA / file.relative_to(settings.data_dir))
    if settings.territories.is_dir():
        for file in settings.territories.rglob("*"):
            if file.is_file() and not _hidden(file.relative_to(settings.territories)):
                _copy(file, folder / TERRITORIES / file.relative_to(settings.territories))


def files_in(settings: Settings, folder: Path) -> Iterator[tuple[Path, Path]]:
    """Each file of an unpacked backup, and where it goes."""
    for name, place in ((DATA, settings.data_dir), (TERRITORIES, settings.territories)):
        for file in sorted((folder / name).rglob("*")):
            if file.is_file():
                yield file, place / file.relative_to(folder / name)


def put(pairs: Iterator[tuple[Path, Path]]) -> None:
    for file, place in pairs:
        _copy(file, place)


def _lasting(settings: Settings, target: Path) -> Iterator[Path]:
    database = make_url(settings.database_url)
    stem = Path(database.database).resolve() if database.get_backend_name() == "sqlite" and database.database else None
    for file in settings.data_dir.rglob("*"):
        inner = file.relative_to(settings.data_dir)
        own = stem is not None and file.resolve().name.startswith(stem.name) and file.resolve().parent == stem.parent
        ours = inner.parts[0] not in KEYS | USED_ONCE | MADE_AGAIN and not _hidden(inner) and file.suffix != ".lock"
        there = settings.territories in file.parents
        if file.is_file() and ours and not own and not there and file.resolve() != target.resolve():
            yield file


def _hidden(inner: Path) -> bool:
    return any(part.startswith(".") for part in inner.parts)


def _copy(file: Path, place: Path) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(file, place)
    place.chmod(0o600)
