"""Who works for a territory: its accounts, and the invitations of its visitors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from api.access.roles import OF_A_TERRITORY, Account
from api.access.signing_in import SignIn
from api.storage.account_changes import KnownAccountError
from api.storage.accounts import Accounts, Kept
from api.storage.invitations import Invitation, Invitations, count_visitors
from api.storage.store import Store

NAME = re.compile(r"[^\s<>\"\x00-\x1f]{3,254}")
LONGEST, MOST = timedelta(days=366), 500
ZONE = ZoneInfo("Europe/Paris")


class TeamError(ValueError):
    """What was asked cannot be. ``message`` is a catalog message; ``field``: of which field, if it is one's."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message, self.field = message, field


@dataclass(frozen=True, slots=True)
class Made:
    """What is shown once: the token of a link. ``kind``: account or invitation; ``name``: whose."""

    kind: str
    token: str
    name: str = ""


@dataclass(frozen=True)
class Team:
    """Every use by somebody signed in, on their own territory alone."""

    store: Store
    sign_in: SignIn

    @property
    def accounts(self) -> Accounts:
        return self.store.accounts

    def people(self, of: Account) -> list[Kept]:
        """The accounts of their territory, the closed ones last."""
        return self.accounts.all(of.territory) if of.territory else []

    def invitations(self, of: Account) -> tuple[list[Invitation], int]:
        """The invitations of their territory, and how many visitors have joined it."""
        with self.store.reading() as connection:
            made = Invitations(connection).made_in(of.territory) if of.territory else []
            return made, count_visitors(connection, of.territory)

    def add(self, by: Account, name: str, role: str) -> Made:
        """A new account, without a password: the link to choose one. Raises TeamError."""
        name = name.strip().lower()
        if not NAME.fullmatch(name):
            raise TeamError("team.refused.name", "name")
        if role not in OF_A_TERRITORY:
            raise TeamError("team.refused.role", "role")
        try:
            with self.accounts.changing(by) as changes:
                number = changes.add(name, role, by.territory)
        except KnownAccountError:
            raise TeamError("team.refused.known", "name") from None
        return self.link(by, number)

    def link(self, by: Account, number: int) -> Made:
        """A new link to choose a password. Raises TeamError."""
        kept = self._theirs(by, number)
        if kept.closed_at is not None:
            raise TeamError("team.refused.closed")
        with self.accounts.changing(by) as changes:
            changes.link(number)
        return Made("account", self.sign_in.link_token(kept), kept.account.name)

    def close(self, by: Account, number: int) -> None:
        """Nobody signs in to it any more. Raises TeamError."""
        if number == by.id:
            raise TeamError("team.refused.own")
        self._theirs(by, number)
        with self.accounts.changing(by) as changes:
            changes.close(number)

    def reopen(self, by: Account, number: int) -> None:
        """Raises TeamError."""
        self._theirs(by, number)
        with self.accounts.changing(by) as changes:
            changes.reopen(number)

    def remove_code(self, by: Account, number: int) -> None:
        """Of somebody who lost their phone: no code any more, and no session. Raises TeamError."""
        if number == by.id:
            raise TeamError("team.refused.own_code")
        kept = self._theirs(by, number)
        if kept.totp is None:
            raise TeamError("team.refused.no_code")
        with self.accounts.changing(by) as changes:
            changes.remove_totp(number)
            changes.end_sessions(number)

    def invite(self, by: Account, most: str, until: str) -> Made:
        """A new invitation of visitors. Raises TeamError."""
        limit, end = _count(most), _end_of(until, self.accounts.clock())
        with self.store.transaction() as journal:
            return Made("invitation", Invitations(journal.connection).make(by, end, limit, self.accounts.clock()))

    def end(self, by: Account, number: int) -> None:
        """Raises TeamError."""
        with self.store.transaction() as journal:
            if not Invitations(journal.connection).end(number, by, self.accounts.clock()):
                raise TeamError("desk.refused.unknown")

    def _theirs(self, by: Account, number: int) -> Kept:
        kept = self.accounts.kept(number)
        if kept is None or kept.account.territory is None or kept.account.territory != by.territory:
            raise TeamError("desk.refused.unknown")
        return kept


def _count(given: str) -> int | None:
    """How many may join; None for no limit."""
    if not given:
        return None
    if not re.fullmatch(r"[0-9]{1,3}", given, re.ASCII) or not 1 <= int(given) <= MOST:
        raise TeamError("team.refused.most", "most")
    return int(given)


def _end_of(day: str, now: datetime) -> datetime:
    """The end of a day, by the clocks of France."""
    try:
        last = date.fromisoformat(day)
    except ValueError:
        raise TeamError("team.refused.until", "until") from None
    today = now.astimezone(ZONE).date()
    if not today <= last <= today + LONGEST:
        raise TeamError("team.refused.until", "until")
    return datetime.combine(last + timedelta(days=1), time(), ZONE)
