"""The territories: their settings files, read at start-up, with the doctrines in force, read again as they change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from sqlalchemy.exc import SQLAlchemyError

from api.settings import Settings
from api.storage.doctrines import Doctrine as Kept
from api.storage.doctrines import in_force
from api.storage.store import Store
from rules.errors import RulesetError
from rules.load_territory import load_territory
from rules.model import Doctrine, Territory

log = logging.getLogger(__name__)
LOOK_EVERY = 2.0  # seconds between two looks at what was published


class Territories(Mapping[str, Territory]):
    """Each territory by its id, as it is now. A territory whose doctrines did not change stays the same object."""

    def __init__(self, files: Mapping[str, Territory], store: Store) -> None:
        self._files, self._store = files, store
        self._seen: list[Kept] = []
        self._now = files
        self.refresh()

    def __getitem__(self, name: str) -> Territory:
        return self._now[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now)

    def __len__(self) -> int:
        return len(self._now)

    def refresh(self) -> None:
        """Take up the doctrines in force."""
        with self._store.engine.connect() as connection:
            found = in_force(connection)
        if found == self._seen:
            return
        without_file = {one.territory: Territory(one.territory, one.territory) for one in found}
        self._now = {
            name: self._joined(name, territory, _doctrines(found, name))
            for name, territory in {**without_file, **self._files}.items()
        }
        self._seen = found

    def _joined(self, name: str, territory: Territory, said: Mapping[str, Doctrine]) -> Territory:
        before = self._now.get(name)
        return before if before is not None and before.doctrines == said else replace(territory, doctrines=said)

    async def watch(self, every: float = LOOK_EVERY) -> None:
        """Refresh again and again, until cancelled."""
        while True:
            await asyncio.sleep(every)
            try:
                await asyncio.to_thread(self.refresh)
            except SQLAlchemyError as error:
                log.warning("territories: doctrines not read: %s", type(error).__name__)


def known_territories(settings: Settings, store: Store) -> Territories:
    """Those of the settings' folder. Raises RulesetError, also when the territory by default is not one of them."""
    return Territories(territory_files(settings), store)


def territory_files(settings: Settings) -> Mapping[str, Territory]:
    """The settings files alone. Raises RulesetError as `known_territories` does."""
    found = read_territories(settings.territories)
    if settings.territory and settings.territory not in found:
        known = ", ".join(sorted(found)) or "none"
        problem = f"no settings file of the folder has the territory '{settings.territory}' (known: {known})"
        hint = "add its file, or unset the variable"
        raise RulesetError(str(settings.territories), "AIGUILLAGE_TERRITORY", problem, hint)
    return found


def read_territories(folder: Path) -> Mapping[str, Territory]:
    """Every ``*.yaml`` of the folder by territory id; empty when there is no folder. Raises RulesetError."""
    found: dict[str, Territory] = {}
    for file in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
        territory = load_territory(file)
        if territory.id in found:
            raise RulesetError(file.name, "id", f"another file already has the territory '{territory.id}'")
        found[territory.id] = territory
    return found


def _doctrines(found: list[Kept], territory: str) -> Mapping[str, Doctrine]:
    """Those of one territory, by zone; a doctrine in force was always signed."""
    said = {}
    for one in found:
        if one.territory == territory and one.signed_by is not None and one.decided_on is not None:
            said[one.zone] = Doctrine(one.zone, one.said, one.missions, one.signed_by, one.decided_on)
    return MappingProxyType(said)
