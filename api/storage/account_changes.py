"""What is changed of accounts and their sessions, each change with its line in the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from api.access.roles import Account
from api.storage.access_schema import accounts, sessions
from api.storage.audit import note

SUBJECT = "account"


class KnownAccountError(ValueError):
    """There is an account of this name, or of this person at the provider, already."""


class AccountChanges:
    """On a connection, whose transaction the caller commits or rolls back. ``by``: None for the program itself."""

    def __init__(self, connection: Connection, by: Account | None, at: datetime) -> None:
        self.connection, self._by, self._at = connection, by, at

    def add(self, name: str, role: str, territory: str | None, **more: Any) -> int:
        """The number of a new account. Raises KnownAccountError: the transaction is then to be rolled back."""
        number = add_account(self.connection, name, role, territory, self._at, **more)
        self._note("account.made", number, {"role": role, "territory": territory})
        return number

    def set_password(self, account: int, hashed: str, keep: str | None = None) -> None:
        """A new password; every session but the one of key ``keep`` ends."""
        self._set(account, {"password": hashed})
        self._note("account.password", account)
        self.end_sessions(account, keep=keep)

    def rehash(self, account: int, hashed: str) -> None:
        """The same password, hashed as it is today."""
        self._set(account, {"password": hashed})

    def set_totp(self, account: int, columns: Mapping[str, bytes], used: int | None = None) -> None:
        """A second factor. ``used``: the step of the code that confirmed it."""
        self._set(account, {**columns, "totp_used": used})
        self._note("account.totp_on", account)

    def remove_totp(self, account: int) -> None:
        self._set(account, {"sealing": None, "totp": None, "totp_used": None})
        self._note("account.totp_off", account)

    def use_step(self, account: int, step: int) -> bool:
        """Note that a code was given. Whether it is later than any before: no code is good twice."""
        later = (accounts.c.id == account) & (accounts.c.totp_used.is_(None) | (accounts.c.totp_used < step))
        return self.connection.execute(accounts.update().where(later).values(totp_used=step)).rowcount == 1

    def bind(self, account: int, subject: str) -> None:
        """From now on this person of the provider signs in to the account. Raises KnownAccountError."""
        try:
            with self.connection.begin_nested():
                self._set(account, {"subject": subject})
        except IntegrityError:
            raise KnownAccountError(subject) from None
        self._note("account.bound", account)

    def speak(self, account: int, language: str) -> None:
        self._set(account, {"language": language})
        self._note("account.language", account, {"language": language})

    def close(self, account: int) -> None:
        """Nobody signs in to it any more; its sessions end."""
        self._set(account, {"closed_at": self._at})
        self._note("account.closed", account)
        self.end_sessions(account)

    def reopen(self, account: int) -> None:
        self._set(account, {"closed_at": None})
        self._note("account.reopened", account)

    def link(self, account: int) -> None:
        """Note that a link to choose a password was made."""
        self._note("account.link_made", account)

    def signed_in(self, account: int) -> None:
        self._note("account.signed_in", account)

    def end_sessions(self, account: int, *, keep: str | None = None, only: str | None = None) -> int:
        """End those that are open: all but the one of key ``keep``, or ``only`` that one. How many."""
        chosen = (sessions.c.account == account) & sessions.c.ended_at.is_(None)
        if keep is not None:
            chosen &= sessions.c.key != keep
        if only is not None:
            chosen &= sessions.c.key == only
        ended = self.connection.execute(sessions.update().where(chosen).values(ended_at=self._at)).rowcount
        if ended:
            self._note("account.sessions_ended", account, {"count": ended})
        return ended

    def _set(self, account: int, values: Mapping[str, Any]) -> None:
        self.connection.execute(accounts.update().where(accounts.c.id == account).values(**values))

    def _note(self, action: str, account: int, details: Mapping[str, object] | None = None) -> None:
        note(self.connection, self._by, action, SUBJECT, account, self._at, details)


def add_account(connection: Connection, name: str, role: str, territory: str | None, at: datetime, **more: Any) -> int:
    """The number of a new account; ``more``: other columns. Raises KnownAccountError."""
    row = {"name": name.lower(), "role": role, "territory": territory, "language": "fr", "made_at": at}
    try:
        with connection.begin_nested():
            return connection.execute(accounts.insert().values(row | more).returning(accounts.c.id)).scalar_one()
    except IntegrityError:
        raise KnownAccountError(name) from None
