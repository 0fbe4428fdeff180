"""The packages of the page that needs no network: made once for each content, in a process of its own, and kept.

Making one lasts some twenty seconds of one core. It never happens on the way of a request, nor at start-up: it begins a
while after, at a low priority, and until it is done the pages say nothing of it.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from types import MappingProxyType

from api.rulesets import Rulesets
from api.storage.store import Store
from bot.channels.web_page.package import Package, build_package, package_key
from bot.offline_questions import settings_key
from rules.compile import compile_ruleset
from rules.interview import Interviewer
from rules.load import ruleset_of
from rules.model import Territory

log = logging.getLogger(__name__)
LOOK_EVERY = 5.0  # seconds between two looks at which rules are in force
BEGIN_AFTER = 10.0  # seconds for the server to start and answer before anything is made
UNUSED_AFTER = 30 * 24 * 3600
LOW_PRIORITY = 10
ENDING = ".json.gz"


def _frozen(values: Mapping[str, object]) -> Mapping[str, object]:
    return MappingProxyType(dict(values))


# A territory's settings are frozen mappings, which go to the process apart.
ForkingPickler.register(MappingProxyType, lambda settings: (_frozen, (dict(settings),)))


@dataclass
class OfflinePackages:
    """The packages by territory, kept in ``folder``. ``default``: the territory of a visitor who names none."""

    folder: Path
    rulesets: Rulesets
    store: Store
    territories: Mapping[str, Territory]
    default: str | None = None
    _ready: dict[str | None, Package] = field(default_factory=dict)
    _by_key: dict[str, Package] = field(default_factory=dict)
    _looked_at: dict[str | None, str] = field(default_factory=dict)

    def package(self, territory: str | None) -> Package | None:
        """The newest package of a territory that is ready; None where none is, or no such territory is known."""
        return self._ready.get(self._named(territory))

    def under(self, key: str) -> Package | None:
        """A package by its key, also when a newer one has taken its place."""
        return self._by_key.get(key)

    def _named(self, territory: str | None) -> str | None:
        name = territory or self.default
        return name if name in self.territories else None

    async def watch(self, begin_after: float = BEGIN_AFTER, every: float = LOOK_EVERY) -> None:
        """Take up what is kept, make what is missing, and again when other rules come in force; until cancelled."""
        begin = time.monotonic() + begin_after
        while True:
            try:
                for name in dict.fromkeys([self._named(None), None, *self.territories]):
                    await self._look_at(name, make=time.monotonic() >= begin)
            except Exception:
                log.exception("the page without network could not be made ready")
            await asyncio.sleep(every)

    async def _look_at(self, name: str | None, *, make: bool) -> None:
        """Make a territory's package ready for the rules in force. What could not be made is not tried again."""
        version = self.rulesets.version
        territory = self.territories.get(name) if name else None
        state = f"{version} {settings_key(territory)}"
        if self._looked_at.get(name) == state:
            return
        files = await asyncio.to_thread(self.store.publications.files, version)
        if files is None:
            return
        key = await asyncio.to_thread(package_key, files, territory)
        found = await asyncio.to_thread(read_package, self.folder, key)
        if found is None and make:
            self._looked_at[name] = state
            await make_apart(self.folder, key, files, version, territory)
            found = await asyncio.to_thread(read_package, self.folder, key)
        if found is not None:
            self._looked_at[name] = state
            self._ready[name] = self._by_key[key] = found


async def make_apart(
    folder: Path, key: str, files: Mapping[str, str], version: str, territory: Territory | None
) -> None:
    """Make a package in a new process, which ends with the server. A warning tells where it could not."""
    context = multiprocessing.get_context("spawn")
    work = context.Process(target=_make_gently, args=(folder, key, dict(files), version, territory), daemon=True)
    await asyncio.to_thread(work.start)
    try:
        while work.is_alive():
            await asyncio.sleep(0.2)
        if work.exitcode:
            log.warning("the package %s for the page without network could not be made: see above", key)
    finally:
        work.terminate()


def _make_gently(folder: Path, key: str, files: Mapping[str, str], version: str, territory: Territory | None) -> None:
    os.nice(LOW_PRIORITY)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends it
    make_package(folder, key, files, version, territory)


def make_package(
    folder: Path, key: str, files: Mapping[str, str], version: str, territory: Territory | None
) -> Package:
    """Make a package, and keep it under its key."""
    interviewer = Interviewer(compile_ruleset(ruleset_of(files, version)), territory)
    package = build_package(key, interviewer)
    keep_package(folder, package)
    return package


def keep_package(folder: Path, package: Package) -> None:
    """Write a package, whole or not at all, and sweep away those that nobody has used for long."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix="new-", dir=folder))
    for name, content in package.files.items():
        (fresh / f"{name.removesuffix('.json')}{ENDING}").write_bytes(content)
    try:
        fresh.rename(folder / package.key)
    except OSError:  # another process was faster
        shutil.rmtree(fresh)
    old = time.time() - UNUSED_AFTER
    for place in folder.iterdir():
        if place.stat().st_mtime < old:
            shutil.rmtree(place, ignore_errors=True)


def read_package(folder: Path, key: str) -> Package | None:
    """The package kept under the key, or None."""
    place = folder / key
    if not place.is_dir():
        return None
    os.utime(place)
    files = {f"{file.name.removesuffix(ENDING)}.json": file.read_bytes() for file in place.glob(f"*{ENDING}")}
    return Package(key, files)
