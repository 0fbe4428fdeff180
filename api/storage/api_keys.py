"""Keys of programs that read: only a key's hash is kept, what it opens, and when it was last used."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, or_, select

from api.access.roles import Account
from api.storage.access_schema import api_keys
from api.storage.audit import note
from api.storage.engine import READ_ONLY
from api.storage.journal import Clock, now

ENQUIRIES, VERDICTS, FACTS = "enquiries:read", "verdicts:read", "facts:read"
SCOPES = (ENQUIRIES, VERDICTS, FACTS)
PREFIX = "aig_"
USED_AGAIN = timedelta(minutes=5)  # a key's last use is written no more often


class UnknownKeyError(LookupError):
    """No key of this number, or of another territory, or it has ended already."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """``territory``: the one whose questions it opens; None for all."""

    id: int
    label: str
    scopes: tuple[str, ...]
    territory: str | None
    made_at: datetime
    used_at: datetime | None
    ended_at: datetime | None

    def opens(self, scope: str) -> bool:
        return scope in self.scopes


class ApiKeys:
    """The table on a database."""

    def __init__(self, engine: Engine, clock: Clock = now) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**{READ_ONLY: True})
        self._clock = clock

    def add(
        self, label: str, scopes: Sequence[str], territory: str | None, by: Account | None = None
    ) -> tuple[ApiKey, str]:
        """A new key, and the secret that a program gives: it cannot be read again afterwards."""
        secret, moment = PREFIX + secrets.token_urlsafe(32), self._clock()
        row = {"key": _hashed(secret), "label": label, "scopes": list(scopes), "territory": territory}
        row |= {"made_by": by.id if by else None, "made_at": moment}
        with self._engine.begin() as connection:
            number = connection.execute(api_keys.insert().values(row).returning(api_keys.c.id)).scalar_one()
            note(connection, by, "api_key.made", "api_key", number, moment, {"scopes": list(scopes)})
        return ApiKey(number, label, tuple(scopes), territory, moment, None, None), secret

    def of_secret(self, secret: str) -> ApiKey | None:
        """The key of this secret while it has not ended. That it was used is noted, now and then."""
        live = (api_keys.c.key == _hashed(secret)) & api_keys.c.ended_at.is_(None)
        with self._reading.begin() as connection:
            row = connection.execute(_select().where(live)).first()
        if row is None:
            return None
        self._used(row.id)
        return _key(row)

    def all(self, territory: str | None = None) -> list[ApiKey]:
        """The keys, the newest first; of one territory only, where it is given."""
        wanted = _select().order_by(api_keys.c.id.desc())
        if territory is not None:
            wanted = wanted.where(api_keys.c.territory == territory)
        with self._reading.begin() as connection:
            return [_key(row) for row in connection.execute(wanted)]

    def end(self, number: int, by: Account | None = None) -> None:
        """It opens nothing from now on. ``by``: of a territory, then its keys alone. Raises UnknownKeyError."""
        one = (api_keys.c.id == number) & api_keys.c.ended_at.is_(None)
        if by is not None:
            one &= api_keys.c.territory == by.territory
        moment = self._clock()
        with self._engine.begin() as connection:
            if not connection.execute(api_keys.update().where(one).values(ended_at=moment)).rowcount:
                raise UnknownKeyError(number)
            note(connection, by, "api_key.ended", "api_key", number, moment)

    def _used(self, number: int) -> None:
        moment = self._clock()
        long_ago = or_(api_keys.c.used_at.is_(None), api_keys.c.used_at < moment - USED_AGAIN)
        with self._reading.begin() as connection:
            due = connection.scalar(select(api_keys.c.id).where(api_keys.c.id == number, long_ago))
        if due is not None:
            with self._engine.begin() as connection:
                connection.execute(api_keys.update().where(api_keys.c.id == number, long_ago).values(used_at=moment))


def _select() -> Any:
    names = ("id", "label", "scopes", "territory", "made_at", "used_at", "ended_at")
    return select(*(api_keys.c[name] for name in names))


def _key(row: Any) -> ApiKey:
    return ApiKey(row.id, row.label, tuple(row.scopes), row.territory, row.made_at, row.used_at, row.ended_at)


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
