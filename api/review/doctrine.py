"""A territory's doctrine: written, signed, shown with all that it changes, published, ended. Never edited."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, func, select

from api.access.roles import ADMINISTRATOR, OF_A_TERRITORY, Account
from api.past import past_of
from api.review.replays import Change, Replay, Replays, change_key
from api.storage.audit import note
from api.storage.doctrines import (
    ENDED,
    IN_FORCE,
    SIGNED,
    WRITTEN,
    Doctrine,
    doctrine,
    doctrines_of,
    end_others,
    move,
    sign_change,
    signed_changes,
    write,
)
from api.storage.journal import Clock, now
from api.storage.schema import enquiries
from api.storage.store import Store
from api.territories import Territories
from rules.compile import CompiledRuleset
from rules.doctrine import grey_zones, is_doctrine
from rules.model import Advice, Territory
from rules.model import Doctrine as Said
from rules.replay import replayed

DOCTRINE = "doctrine"  # what the log of changes calls it
LONGEST = 600


class UnknownDoctrineError(LookupError):
    """No such doctrine, or none that this account may see or change."""


class DoctrineError(ValueError):
    """What cannot be done with a doctrine. ``code`` is the catalog message ``doctrine.refused.<code>``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Doctrines:
    """``compiled``: the rules in force. Every change is one transaction, with its line in the log of changes."""

    store: Store
    compiled: Callable[[], CompiledRuleset]
    territories: Territories
    replays: Replays
    clock: Clock = now

    def seen_by(self, by: Account) -> list[Doctrine]:
        """Those of the account's territory, or of all for the national reader; the newest first."""
        with self.store.engine.connect() as connection:
            return doctrines_of(connection, by.territory)

    def one(self, by: Account, number: int) -> Doctrine:
        """Raises UnknownDoctrineError."""
        with self.store.engine.connect() as connection:
            return _seen(connection, by, number)

    def write(self, by: Account, zone: str, missions: tuple[str, ...], said: str) -> int:
        """A new text; its number. Raises DoctrineError, and UnknownDoctrineError for an account without a territory."""
        if by.role not in OF_A_TERRITORY:
            raise UnknownDoctrineError
        if zone not in grey_zones(self.compiled().ruleset):
            raise DoctrineError("zone")
        if not said:
            raise DoctrineError("empty")
        if len(said) > LONGEST:
            raise DoctrineError("long")
        if not set(missions) <= set(candidates(self.compiled(), zone)):
            raise DoctrineError("missions")
        with self.store.engine.begin() as connection:
            number = write(connection, by, zone, missions, said, self.clock())
            note(connection, by, "doctrine.written", DOCTRINE, number, self.clock(), {"zone": zone})
            return number

    def sign(self, by: Account, number: int, body: str, decided_on: date, today: date) -> None:
        """Say which body decided it, and when. Raises DoctrineError or UnknownDoctrineError."""
        if not body or len(body) > 80:
            raise DoctrineError("body")
        if decided_on > today:
            raise DoctrineError("future")
        with self._changing(by, number) as (connection, found):
            if not move(connection, found.id, (WRITTEN,), state=SIGNED, signed_by=body, decided_on=decided_on):
                raise DoctrineError("state")
            note(connection, by, "doctrine.signed", DOCTRINE, number, self.clock())

    def replay(self, by: Account, number: int) -> Replay:
        """What it would change for the questions logged so far. Raises UnknownDoctrineError."""
        found = self.one(by, number)
        with self.store.engine.connect() as connection:
            newest, total = connection.execute(
                select(func.max(enquiries.c.id), func.count()).where(enquiries.c.territory == found.territory)
            ).one()
        compiled = self.compiled()
        name = f"doctrine {number} {newest} {compiled.ruleset.id.version}"
        return self.replays.of(name, total, lambda going: self._changes(found, compiled, going))

    def signed(self, number: int) -> Mapping[str, int]:
        """Of each change that was signed, how many questions it had."""
        with self.store.engine.connect() as connection:
            return signed_changes(connection, DOCTRINE, str(number))

    def sign_change(self, by: Account, number: int, key: str) -> None:
        """Note that the account has seen one of the changes. Raises DoctrineError or UnknownDoctrineError."""
        shown = self._shown(by, number)
        change = next((one for one in shown if one.key == key), None)
        if change is None:
            raise DoctrineError("change")
        with self._changing(by, number) as (connection, _):
            sign_change(connection, DOCTRINE, str(number), key, change.count, by, self.clock())
            note(connection, by, "doctrine.change_seen", DOCTRINE, number, self.clock(), {"change": key})

    def publish(self, by: Account, number: int) -> None:
        """Bring it into force, in the place of the one before. Raises DoctrineError or UnknownDoctrineError."""
        shown, seen = self._shown(by, number), self.signed(number)
        if any(seen.get(change.key) != change.count for change in shown):
            raise DoctrineError("unsigned")
        at = self.clock()
        with self._changing(by, number) as (connection, found):
            end_others(connection, found, at)
            if not move(connection, found.id, (SIGNED,), state=IN_FORCE, published_at=at):
                raise DoctrineError("state")
            note(connection, by, "doctrine.published", DOCTRINE, number, at)
        self.territories.refresh()

    def end(self, by: Account, number: int) -> None:
        """It is not said any more, or was never to be. Raises DoctrineError or UnknownDoctrineError."""
        at = self.clock()
        with self._changing(by, number) as (connection, found):
            if not move(connection, found.id, (WRITTEN, SIGNED, IN_FORCE), state=ENDED, ended_at=at):
                raise DoctrineError("state")
            note(connection, by, "doctrine.ended", DOCTRINE, number, at)
        self.territories.refresh()

    def _shown(self, by: Account, number: int) -> tuple[Change, ...]:
        replay = self.replay(by, number)
        if replay.changes is None:
            raise DoctrineError("not_replayed")
        return replay.changes

    def _changes(self, found: Doctrine, compiled: CompiledRuleset, going: Replay) -> tuple[Change, ...]:
        """The questions of its territory that would be shown with it, by what they were answered."""
        territory = self._with(found)
        changes: dict[str, Change] = {}
        for enquiry in self.store.stream(territory=found.territory):
            going.done += 1
            past = past_of(enquiry, territory)
            again = replayed(past, compiled)
            if again.finding is None or not any(_says(advice, found) for advice in again.finding.advice):
                continue
            key = change_key(repr(past.was))
            changes.setdefault(key, Change(key, past.was, again.becomes)).add(past)
        return tuple(sorted(changes.values(), key=lambda change: -change.count))

    def _with(self, found: Doctrine) -> Territory:
        now_ = self.territories.get(found.territory) or Territory(found.territory, found.territory)
        said = Said(found.zone, found.said, found.missions, found.signed_by or "", found.decided_on or date.min)
        return replace(now_, doctrines={**now_.doctrines, found.zone: said})

    @contextmanager
    def _changing(self, by: Account, number: int) -> Iterator[tuple[Connection, Doctrine]]:
        """A transaction on a doctrine that this account administers."""
        if by.role != ADMINISTRATOR:
            raise UnknownDoctrineError(number)
        with self.store.engine.begin() as connection:
            yield connection, _seen(connection, by, number)


def candidates(compiled: CompiledRuleset, zone: str) -> tuple[str, ...]:
    """The missions that a zone leaves possible: what a doctrine may count."""
    ruleset = compiled.ruleset
    known = {rule.id: rule.candidates for rule in ruleset.rules} | {c.id: c.candidates for c in ruleset.contradictions}
    return known.get(zone, ())


def _seen(connection: Connection, by: Account, number: int) -> Doctrine:
    found = doctrine(connection, number)
    if found is None or not by.sees(found.territory):
        raise UnknownDoctrineError(number)
    return found


def _says(advice: Advice, found: Doctrine) -> bool:
    return is_doctrine(advice) and advice.params["said"] == found.said
