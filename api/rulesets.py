"""The rulesets that answer: the one in force, and any kept version for what began under it.

A version that does not load, or whose content is not its own, is never used: the one before goes on serving, and a
warning says why.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import OrderedDict
from datetime import date
from importlib.metadata import version as version_of
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from api.ruleset_check import fit
from api.storage.publications import Kept
from api.storage.store import Store
from bot.wording import SOURCE_LANGUAGE, wording
from rules.compile import CompiledRuleset
from rules.errors import RulesetError
from rules.load import SLIME_PLUS, read_files

log = logging.getLogger(__name__)
KEPT_COMPILED = 8
LOOK_EVERY = 2.0  # seconds between two looks at what was published


class Rulesets:
    """Compiled rulesets by version, from what a store keeps. Safe to share between threads."""

    def __init__(self, store: Store, packaged: CompiledRuleset | None = None) -> None:
        """Take the newest kept version that is fit. Raises RulesetError where there is none."""
        self.packaged = packaged.ruleset.id.version if packaged else None
        self._store, self._lock = store, threading.RLock()
        self._compiled: OrderedDict[str, CompiledRuleset] = OrderedDict()
        if packaged:
            self._remember(packaged)
        self._at_start: tuple[str, ...] = ()
        self._seen = self._newest_id()
        found, self._refused = self._first_fit()
        if found is None:
            raise NothingKept("rulesets", "", "no kept version can be used", "publish one: aiguillage rules publish")
        self.current = found

    @classmethod
    def open(cls, store: Store, folder: Path = SLIME_PLUS) -> Rulesets:
        """Keep the packaged ruleset, publish it where it comes in by itself, and take what is in force.

        Raises RulesetError where the packaged one is broken and no kept version can serve instead.
        """
        try:
            packaged = take_packaged(store, folder)
        except RulesetError as error:
            try:
                without = cls(store)
            except NothingKept:
                raise error from None
            without._at_start = (_told("versions.packaged_refused", error=str(error)),)
            return without
        return cls(store, packaged)

    @property
    def version(self) -> str:
        """The version that new questions are answered under."""
        return self.current.ruleset.id.version

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong with the rulesets while the server answers all the same."""
        return (*self._at_start, *self._refused)

    @property
    def waiting(self) -> str | None:
        """The packaged version, when another one is in force: someone of the territory decides."""
        return None if self.packaged in (None, self.version) else self.packaged

    def compiled(self, version: str) -> CompiledRuleset | None:
        """That version, or None when it is not kept or cannot be rebuilt as it was."""
        if version == self.version:
            return self.current
        try:
            return self._load(version)
        except RulesetError as error:
            log.warning("%s", error)
            return None

    def superseded(self, version: str) -> date | None:
        """The day (UTC) from which a version that is no longer in force was; None for the one in force."""
        if version != self.version:
            self.refresh()
        if version == self.version:
            return None
        since = self._store.publications.since(version)
        return since.date() if since else None

    def refresh(self) -> None:
        """Take up what was published since. Where that is not fit, the present version goes on serving."""
        newest = self._newest_id()
        if newest == self._seen:
            return
        with self._lock:
            if newest != self._seen:
                found, self._refused = self._first_fit()
                self.current = found or self.current
                self._seen = newest

    async def watch(self, every: float = LOOK_EVERY) -> None:
        """Refresh again and again, in a worker thread, until cancelled."""
        while True:
            await asyncio.sleep(every)
            try:
                await asyncio.to_thread(self.refresh)
            except SQLAlchemyError as error:
                log.warning("the rulesets could not be looked at: %s", type(error).__name__)
            except Exception:
                log.exception("a ruleset that was published could not be taken up")

    def _newest_id(self) -> int | None:
        newest = self._store.publications.newest()
        return newest.id if newest else None

    def _first_fit(self) -> tuple[CompiledRuleset | None, tuple[str, ...]]:
        """The newest version that is fit, and why each newer one is not."""
        refused: list[str] = []
        for version in self._store.publications.versions():
            try:
                return self._load(version), tuple(refused)
            except RulesetError as error:
                refused.append(_told("versions.refused", version=version, error=str(error)))
        return None, tuple(refused)

    def _load(self, version: str) -> CompiledRuleset:
        with self._lock:
            if version in self._compiled:
                self._compiled.move_to_end(version)
                return self._compiled[version]
            files = self._store.publications.files(version)
            if files is None:
                raise RulesetError(f"version {version}", "rulesets", "it is not kept")
            return self._remember(fit(files, version))

    def _remember(self, compiled: CompiledRuleset) -> CompiledRuleset:
        self._compiled[compiled.ruleset.id.version] = compiled
        while len(self._compiled) > KEPT_COMPILED:
            self._compiled.popitem(last=False)
        return compiled


class NothingKept(RulesetError):
    """No version of the rules can be used."""


def take_packaged(store: Store, folder: Path = SLIME_PLUS) -> CompiledRuleset:
    """Keep the ruleset that comes with the program, and publish it where it comes in by itself.

    Raises RulesetError, and then keeps nothing.
    """
    files = read_files(folder)
    compiled = fit(files)
    found = compiled.ruleset.id
    store.publications.take_packaged(Kept(found.version, found.name, files), f"aiguillage {version_of('aiguillage')}")
    return compiled


def _told(message: str, **params: object) -> str:
    """A warning, told on standard error at once."""
    said = wording(SOURCE_LANGUAGE)(message, **params)
    log.error("%s", said)
    return said
