"""Accounts and their sessions: what a cookie opens is here, so that it can be ended from here."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError

from api.access.roles import Account
from api.storage.access_schema import accounts, sessions
from api.storage.engine import READ_ONLY
from api.storage.journal import Clock, now

LONGEST_SESSION = timedelta(hours=12)
IDLE = timedelta(hours=2)
SEEN_AGAIN = timedelta(minutes=5)  # a session's last use is written no more often


class KnownAccountError(ValueError):
    """There is an account of this name already."""


class Accounts:
    """The two tables on a database. Names are kept in lower case."""

    def __init__(self, engine: Engine, clock: Clock = now) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**{READ_ONLY: True})
        self._clock = clock

    def add(self, name: str, role: str, territory: str | None, **more: Any) -> Account:
        """A new account; ``more``: other columns. Raises KnownAccountError."""
        row = {"name": name.lower(), "role": role, "territory": territory, "language": "fr", "made_at": self._clock()}
        try:
            with self._engine.begin() as connection:
                connection.execute(accounts.insert().values(row | more))
        except IntegrityError:
            raise KnownAccountError(name) from None
        found = self.named(name)
        assert found is not None  # noqa: S101  (just added)
        return found

    def named(self, name: str) -> Account | None:
        """The open account of this name."""
        with self._reading.begin() as connection:
            wanted = _select().where(accounts.c.name == name.lower(), accounts.c.closed_at.is_(None))
            return _account(connection.execute(wanted).first())

    def open_session(self, account: int) -> str:
        """A new session: what its cookie holds. Only its hash is kept."""
        token, moment = secrets.token_urlsafe(32), self._clock()
        row = {"key": _key(token), "account": account, "made_at": moment, "seen_at": moment}
        with self._engine.begin() as connection:
            connection.execute(sessions.insert().values(row | {"until": moment + LONGEST_SESSION}))
        return token

    def of_session(self, token: str) -> Account | None:
        """Whose session this is, while it is open, was used lately, and the account is."""
        moment, key = self._clock(), _key(token)
        live = (
            (sessions.c.key == key)
            & sessions.c.ended_at.is_(None)
            & (sessions.c.until > moment)
            & (sessions.c.seen_at > moment - IDLE)
            & accounts.c.closed_at.is_(None)
        )
        with self._reading.begin() as connection:
            wanted = _select().add_columns(sessions.c.seen_at).join(sessions).where(live)
            row = connection.execute(wanted).first()
        if row is not None and row.seen_at < moment - SEEN_AGAIN:
            with self._engine.begin() as connection:
                connection.execute(sessions.update().where(sessions.c.key == key).values(seen_at=moment))
        return _account(row)

    def end_session(self, token: str) -> None:
        """Its cookie opens nothing from now on."""
        with self._engine.begin() as connection:
            one = (sessions.c.key == _key(token)) & sessions.c.ended_at.is_(None)
            connection.execute(sessions.update().where(one).values(ended_at=self._clock()))


def _select() -> Any:
    return select(accounts.c.id, accounts.c.name, accounts.c.role, accounts.c.territory, accounts.c.language)


def _account(row: Any) -> Account | None:
    return None if row is None else Account(row.id, row.name, row.role, row.territory, row.language)


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
