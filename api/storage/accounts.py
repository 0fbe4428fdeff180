"""Accounts and their sessions: what a cookie opens is here, so that it can be ended from here."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select

from api.access.roles import Account
from api.storage.access_schema import accounts, sessions
from api.storage.account_changes import AccountChanges, add_account
from api.storage.engine import READ_ONLY
from api.storage.journal import Clock, now

LONGEST_SESSION = timedelta(hours=12)
IDLE = timedelta(hours=2)
SEEN_AGAIN = timedelta(minutes=5)  # a session's last use is written no more often


@dataclass(frozen=True, slots=True)
class Kept:
    """All that is kept of an account. ``password``: its hash; ``sealing`` and ``totp``: the second factor's secret."""

    account: Account
    password: str | None = field(repr=False)
    sealing: bytes | None = field(repr=False)
    totp: bytes | None = field(repr=False)
    subject: str | None
    made_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """One open session; ``key`` opens nothing."""

    key: str
    made_at: datetime
    seen_at: datetime


class Accounts:
    """The two tables on a database. Names are kept in lower case."""

    def __init__(self, engine: Engine, clock: Clock = now) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**{READ_ONLY: True})
        self.clock = clock

    @contextmanager
    def changing(self, by: Account | None) -> Iterator[AccountChanges]:
        """Changes by somebody (None: the program itself), in one transaction."""
        with self._engine.begin() as connection:
            yield AccountChanges(connection, by, self.clock())

    def add(self, name: str, role: str, territory: str | None, **more: Any) -> Account:
        """A new account, without a line in the log; ``more``: other columns. Raises KnownAccountError."""
        with self._engine.begin() as connection:
            add_account(connection, name, role, territory, self.clock(), **more)
        found = self.named(name)
        assert found is not None  # noqa: S101  (just added)
        return found

    def kept(self, wanted: str | int) -> Kept | None:
        """All that is kept of an account, by its name or its number, also of a closed one."""
        which = accounts.c.id == wanted if isinstance(wanted, int) else accounts.c.name == wanted.lower()
        with self._reading.begin() as connection:
            row = connection.execute(select(accounts).where(which)).first()
        return None if row is None else _kept(row)

    def of_subject(self, subject: str) -> Kept | None:
        """The open account of a person at the OpenID provider."""
        wanted = select(accounts).where(accounts.c.subject == subject, accounts.c.closed_at.is_(None))
        with self._reading.begin() as connection:
            row = connection.execute(wanted).first()
        return None if row is None else _kept(row)

    def all(self, territory: str | None = None) -> list[Kept]:
        """Every account, of one territory where it is given; the open ones first, by name."""
        wanted = select(accounts).order_by(accounts.c.closed_at.is_not(None), accounts.c.name)
        if territory is not None:
            wanted = wanted.where(accounts.c.territory == territory)
        with self._reading.begin() as connection:
            return [_kept(row) for row in connection.execute(wanted)]

    def sessions(self, account: int) -> list[Session]:
        """Those that are open, the one used last first."""
        wanted = select(sessions.c.key, sessions.c.made_at, sessions.c.seen_at).where(
            sessions.c.account == account, *_live(self.clock())
        )
        with self._reading.begin() as connection:
            return [Session(*row) for row in connection.execute(wanted.order_by(sessions.c.seen_at.desc()))]

    def named(self, name: str) -> Account | None:
        """The open account of this name."""
        with self._reading.begin() as connection:
            wanted = _select().where(accounts.c.name == name.lower(), accounts.c.closed_at.is_(None))
            row = connection.execute(wanted).first()
        return None if row is None else _account(row)

    def open_session(self, account: int) -> str:
        """A new session: what its cookie holds. Only its hash is kept."""
        token, moment = secrets.token_urlsafe(32), self.clock()
        row = {"key": session_key(token), "account": account, "made_at": moment, "seen_at": moment}
        with self._engine.begin() as connection:
            connection.execute(sessions.insert().values(row | {"until": moment + LONGEST_SESSION}))
        return token

    def of_session(self, token: str) -> Account | None:
        """Whose session this is, while it is open, was used lately, and the account is."""
        moment, key = self.clock(), session_key(token)
        live = (sessions.c.key == key, accounts.c.closed_at.is_(None), *_live(moment))
        with self._reading.begin() as connection:
            wanted = _select().add_columns(sessions.c.seen_at).join(sessions).where(*live)
            row = connection.execute(wanted).first()
        if row is not None and row.seen_at < moment - SEEN_AGAIN:
            with self._engine.begin() as connection:
                connection.execute(sessions.update().where(sessions.c.key == key).values(seen_at=moment))
        return None if row is None else _account(row)

    def end_session(self, token: str) -> None:
        """Its cookie opens nothing from now on."""
        with self._engine.begin() as connection:
            one = (sessions.c.key == session_key(token)) & sessions.c.ended_at.is_(None)
            connection.execute(sessions.update().where(one).values(ended_at=self.clock()))


def _select() -> Any:
    columns = (accounts.c[name] for name in ("id", "name", "role", "territory", "language"))
    return select(*columns, (accounts.c.password.is_not(None) & accounts.c.totp.is_(None)).label("alone"))


def _live(moment: datetime) -> tuple[Any, ...]:
    unused = moment - IDLE
    return (sessions.c.ended_at.is_(None), sessions.c.until > moment, sessions.c.seen_at > unused)


def _kept(row: Any) -> Kept:
    alone = row.password is not None and row.totp is None
    account = Account(row.id, row.name, row.role, row.territory, row.language, alone)
    return Kept(account, row.password, row.sealing, row.totp, row.subject, row.made_at, row.closed_at)


def _account(row: Any) -> Account:
    return Account(row.id, row.name, row.role, row.territory, row.language, bool(row.alone))


def session_key(token: str) -> str:
    """What is kept of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()
