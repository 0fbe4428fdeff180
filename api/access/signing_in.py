"""Signing in: a name and a password, a second factor where there is one, or whom an OpenID provider vouches for."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from api.access.openid import Person
from api.access.passwords import Passwords, password_fault
from api.access.rates import ADDRESS, CODE, NAME, NAME_HERE, Rates
from api.access.roles import Account
from api.access.second_factor import step_of, unsealed
from api.signing import name_signed, record_signed, signed_name, signed_record
from api.storage.account_changes import KnownAccountError
from api.storage.accounts import Accounts, Kept, session_key
from api.storage.vault import Vault

LONGEST_NAME = 254
CODE_LIFE, LINK_LIFE = timedelta(minutes=5), timedelta(days=7)
STEP, LINK, BROWSER = b"second factor ", b"choose a password ", b"known browser "


class SignInRefused(Exception):
    """Nobody is signed in. ``message`` is a catalog message that says why and what to do; ``account``: the number of
    the one that was tried, for the log alone."""

    def __init__(self, message: str, kept: Kept | None = None) -> None:
        super().__init__(message)
        self.message, self.account = message, kept.account.id if kept else None


@dataclass(frozen=True)
class SignIn:
    """``secret`` signs what stands between two steps, and links to choose a password; ``leaked``: a file of passwords
    that leaked."""

    accounts: Accounts
    vault: Vault
    secret: str
    rates: Rates
    passwords: Passwords = field(default_factory=Passwords)
    leaked: Path | None = None

    def by_password(self, name: str, password: str, address: str, browser: str) -> Kept:
        """Whose password this is. ``browser``: the mark of one that signed in before.

        Raises SignInRefused, in the same words and time for an unknown name, or TooOftenError.
        """
        name = "".join(one for one in name.strip().lower() if one.isprintable())[:LONGEST_NAME]
        self._count(name, address, browser)
        kept = self.accounts.kept(name)
        open_one = kept if kept is not None and kept.closed_at is None else None
        if not self.passwords.right(open_one.password if open_one else None, password) or open_one is None:
            raise SignInRefused("access.refused.password", kept)
        self.rates.forget(NAME_HERE, name, address)
        if self.passwords.outdated(open_one.password or ""):
            with self.accounts.changing(None) as changes:
                changes.rehash(open_one.account.id, self.passwords.hashed(password))
            return self._again(open_one)
        return open_one

    def by_provider(self, person: Person) -> Kept:
        """Whose account this person's is: bound before, or now by their verified email. Raises SignInRefused."""
        bound = self.accounts.of_subject(person.subject)
        if bound is not None:
            return bound
        kept = self.accounts.kept(person.email) if person.email else None
        if kept is None or kept.closed_at is not None or kept.subject is not None:
            raise SignInRefused("access.refused.no_account")
        try:
            with self.accounts.changing(None) as changes:
                changes.bind(kept.account.id, person.subject)
        except KnownAccountError:
            raise SignInRefused("access.refused.no_account") from None
        return kept

    def half_way(self, kept: Kept) -> str:
        """The token of somebody who still has to give a code."""
        until = (self.accounts.clock() + CODE_LIFE).timestamp()
        return signed_record({"account": kept.account.id, "mark": _mark(kept), "until": until}, STEP, self.secret)

    def by_code(self, token: str, code: str) -> Kept:
        """Whose code this is. Raises SignInRefused or TooOftenError. No code is taken twice."""
        kept = self.waiting(token)
        self.rates.attempt(CODE, "code", str(kept.account.id))
        step = self.step(kept, code)
        with self.accounts.changing(None) as changes:
            if step is None or not changes.use_step(kept.account.id, step):
                raise SignInRefused("access.refused.code", kept)
        self.rates.forget(CODE, "code", str(kept.account.id))
        return kept

    def waiting(self, token: str) -> Kept:
        """Who still has to give a code. Raises SignInRefused where it is too late."""
        record = record_signed(token, STEP, self.secret)
        kept = self.accounts.kept(record["account"]) if record else None
        late = record is not None and record["until"] < self.accounts.clock().timestamp()
        if kept is None or late or kept.closed_at is not None or record["mark"] != _mark(kept):
            raise SignInRefused("access.refused.too_late")
        return kept

    def step(self, kept: Kept, code: str) -> int | None:
        """The step that a code of this account's second factor is of. Raises SealError."""
        if kept.sealing is None or kept.totp is None:
            return None
        return step_of(unsealed(kept.sealing, kept.totp, self.vault), code, self.accounts.clock())

    def enter(self, kept: Kept, before: str = "") -> str:
        """The token of a new session; the one that this browser had ends."""
        if before:
            self.accounts.end_session(before)
        token = self.accounts.open_session(kept.account.id)
        with self.accounts.changing(kept.account) as changes:
            changes.signed_in(kept.account.id)
        return token

    def browser_mark(self, account: Account) -> str:
        """What a browser keeps, to be known again at the next sign-in."""
        return signed_name(account.name, BROWSER, self.secret)

    def link_token(self, kept: Kept) -> str:
        """A token to choose a password once, for some days: the choice itself ends it."""
        until = (self.accounts.clock() + LINK_LIFE).timestamp()
        return signed_record({"account": kept.account.id, "mark": _mark(kept), "until": until}, LINK, self.secret)

    def linked(self, token: str) -> Kept:
        """Whose password a link lets choose. Raises SignInRefused."""
        record = record_signed(token, LINK, self.secret)
        kept = self.accounts.kept(record["account"]) if record else None
        late = record is not None and record["until"] < self.accounts.clock().timestamp()
        if kept is None or late or kept.closed_at is not None or record["mark"] != _mark(kept):
            raise SignInRefused("access.refused.link")
        return kept

    def choose(self, kept: Kept, password: str, again: str, session: str = "") -> None:
        """A new password; other sessions than this one end. Raises SignInRefused."""
        of = kept.account
        fault = "access.password.differ"
        if password == again:
            fault = password_fault(password, of.name, of.territory, self.leaked)
        if fault is not None:
            raise SignInRefused(fault)
        with self.accounts.changing(kept.account) as changes:
            changes.set_password(kept.account.id, self.passwords.hashed(password), keep=session_key(session))

    def _count(self, name: str, address: str, browser: str) -> None:
        self.rates.attempt(ADDRESS, "address", address)
        self.rates.attempt(NAME_HERE, name, address)
        if name_signed(browser, BROWSER, self.secret) != name:
            self.rates.attempt(NAME, "name", name)

    def _again(self, kept: Kept) -> Kept:
        found = self.accounts.kept(kept.account.id)
        return kept if found is None else found


def _mark(kept: Kept) -> str:
    """Changes with the password, and with the second factor."""
    content = repr((kept.password, kept.totp)).encode()
    return hmac.new(b"mark", content, sha256).hexdigest()[:16]
