"""Coordinators at a running server: an account of a role, signed in; logged questions to look at."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx

from api.access.gate import COOKIE
from api.access.roles import NATIONAL, Account
from api.storage.invitations import Invitations
from api.storage.store import Store
from tests.api.examples import an_enquiry

TERRITORY = "pays-exemple"
NOBODY = "nobody"


def cookie_of(store: Store, role: str, territory: str | None = TERRITORY, name: str | None = None) -> str:
    """What the cookie of a new account of this role holds, once it has signed in."""
    name = name or f"{role}@{territory or 'cler'}.test"
    account = store.accounts.named(name)
    if account is None:
        account = store.accounts.add(name, role, None if role == NATIONAL else territory)
    return store.accounts.open_session(account.id)


@contextmanager
def signed_in(address: str, store: Store, role: str, territory: str | None = TERRITORY):
    """A client at the server, signed in as this role (NOBODY: not at all)."""
    cookies = {} if role == NOBODY else {COOKIE: cookie_of(store, role, territory)}
    headers = {"Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=address, cookies=cookies, headers=headers, timeout=30) as client:
        yield client


def an_invitation(
    store: Store, account: Account, most: int | None = None, days: int = 30, at: datetime | None = None
) -> str:
    """The token of an invitation into an account's territory: visitors join by ``/start i_<token>``."""
    made = at or datetime.now(UTC)
    with store.transaction() as journal:
        return Invitations(journal.connection).make(account, made + timedelta(days=days), most, made)


def log_questions(store: Store, count: int, **changes: object) -> list[str]:
    """Log as many questions, an hour apart, the newest last; their tokens."""
    first = datetime(2026, 11, 2, 8, tzinfo=UTC)
    tokens = [f"q-{number}-{changes.get('territory', TERRITORY)}" for number in range(count)]
    for number, token in enumerate(tokens):
        values = {"territory": TERRITORY, **changes, "token": token, "asked_at": first + timedelta(hours=number)}
        with store.transaction() as journal:
            journal.log(an_enquiry(**values))
    return tokens
