"""One person's data: all of it given out, or erased; a visitor, somebody who signs in, a household."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from api.access.roles import Account
from api.exchange import chat_key, keyed_hash
from api.households.case_export import everything
from api.storage import persons
from api.storage.audit import note
from api.storage.dues import Dues
from api.storage.engine import READ_ONLY
from api.storage.erasing import empty_the_log, forget_account, forget_visitor, leave_no_trace
from api.storage.households import Households
from api.storage.journal import Clock, now
from api.storage.store import Store
from api.storage.vault import Vault

VISITOR, ACCOUNT, CASE = "visitor", "account", "case"
KINDS = (VISITOR, ACCOUNT, CASE)


class UnknownPersonError(LookupError):
    """Nothing is kept of such a person. ``said``: the catalog message that says what was looked for."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class BeyondError(LookupError):
    """Something of this person belongs to another territory: whoever keeps the server has to do it."""


class Person(Protocol):
    """Whose data. ``kind``: one of KINDS. ``number``: what the audit keeps of who it was; of a visitor, nothing."""

    kind: str

    @property
    def number(self) -> str: ...

    def read(self, connection: Connection, vault: Vault) -> Mapping[str, Any]:
        """All that is kept, opened."""

    def forget(self, connection: Connection, vault: Vault, at: datetime) -> Mapping[str, int]:
        """Erase; how many rows of each kind of the register were concerned."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, by every keyed hash of theirs."""

    keys: tuple[str, ...]
    kind: str = VISITOR

    @property
    def number(self) -> str:
        return "-"

    def read(self, connection: Connection, vault: Vault) -> Mapping[str, Any]:
        return persons.of_visitor(connection, self.keys, vault)

    def forget(self, connection: Connection, _vault: Vault, _at: datetime) -> Mapping[str, int]:
        return forget_visitor(connection, self.keys)


@dataclass(frozen=True, slots=True)
class Member:
    """Who signs in, by the number of the account."""

    id: int
    kind: str = ACCOUNT

    @property
    def number(self) -> str:
        return str(self.id)

    def read(self, connection: Connection, _vault: Vault) -> Mapping[str, Any]:
        return persons.of_account(connection, self.id)

    def forget(self, connection: Connection, _vault: Vault, at: datetime) -> Mapping[str, int]:
        return forget_account(connection, self.id, at)


@dataclass(frozen=True, slots=True)
class Household:
    """A household, by the reference of its case."""

    reference: str
    kind: str = CASE

    @property
    def number(self) -> str:
        return self.reference

    def read(self, connection: Connection, vault: Vault) -> Mapping[str, Any]:
        return everything(Households(connection, vault), self.reference)

    def forget(self, connection: Connection, vault: Vault, _at: datetime) -> Mapping[str, int]:
        Households(connection, vault).erase(self.reference)
        Dues(connection).close_with_their_cases()
        return {"household_cases": 1}


class Persons:
    """Finds people in the store, gives out what is kept of them, and erases it. ``secret``: of the keyed hashes."""

    def __init__(self, store: Store, vault: Vault, secret: str, clock: Clock = now) -> None:
        self._store, self._vault, self._clock = store, vault, clock
        self._secret, self._key = secret, keyed_hash(secret)
        self._reading = store.engine.execution_options(**{READ_ONLY: True})

    def by_address(self, channel: str, address: str) -> Visitor:
        """Whoever writes from this Telegram chat, or by this Matrix id, also where they follow a household.

        Raises UnknownPersonError.
        """
        return self._visitor(self._key(f"{channel}:{address}"), self._key(address), said=f"privacy.unknown.{channel}")

    def household_at(self, channel: str, address: str) -> str | None:
        """The reference of the household that is written to in this Telegram chat, or by this Matrix id."""
        return self._store.case_at(chat_key(channel, self._secret)(address))

    def by_key(self, key: str) -> Visitor:
        """Whoever has this keyed hash. Raises UnknownPersonError."""
        return self._visitor(key, said="privacy.unknown.key")

    def by_answer(self, token: str, territory: str | None = None) -> Visitor:
        """Whoever asked the question of this answer; where a territory is given, of this one alone.

        Raises UnknownPersonError, BeyondError.
        """
        with self._reading.begin() as connection:
            found = persons.asker_of(connection, token)
            if found is None or (territory is not None and found[1] != territory):
                raise UnknownPersonError("privacy.unknown.answer")
            asker = found[0]
            if not asker:
                raise UnknownPersonError("privacy.unknown.anonymous")
            if territory is not None and persons.beyond(connection, (asker,), territory):
                raise BeyondError
        return Visitor((asker,))

    def by_account(self, name: str, territory: str | None = None) -> Member:
        """The account of this name, open or closed; where a territory is given, of this one alone.

        Raises UnknownPersonError.
        """
        with self._reading.begin() as connection:
            found = persons.account_named(connection, name)
        if found is None or (territory is not None and found["territory"] != territory):
            raise UnknownPersonError("privacy.unknown.account")
        return Member(found["id"])

    def by_case(self, reference: str) -> Household:
        """The household of this case. Raises UnknownCaseError, ErasedCaseError."""
        with self._store.households(self._vault) as households:
            return Household(households.case(reference).reference)

    def export(self, person: Person) -> dict[str, Any]:
        """Everything about a person, as plain values: ready for JSON."""
        with self._store.engine.begin() as connection:
            kept = person.read(connection, self._vault)
        whole = {"kind": person.kind, "exported_at": self._clock(), **kept}
        plain: dict[str, Any] = json.loads(json.dumps(whole, ensure_ascii=False, default=_plain))
        return plain

    def erase(self, person: Person, by: Account | None = None) -> Mapping[str, int]:
        """Erase a person for ever: how many rows of each kind were deleted or made anonymous."""
        moment = self._clock()
        with self._store.engine.begin() as connection:
            leave_no_trace(connection)
            counts = person.forget(connection, self._vault, moment)
            note(connection, by, "person.erased", person.kind, person.number, moment, {"counts": dict(counts)})
        empty_the_log(self._store.engine)
        return counts

    def _visitor(self, *keys: str, said: str) -> Visitor:
        with self._reading.begin() as connection:
            if not persons.known(connection, keys):
                raise UnknownPersonError(said)
        return Visitor(keys)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} is not a JSON value")
