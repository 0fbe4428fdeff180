"""The queue is written with the log; the log of changes cannot be changed; visitors' addresses are sealed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from api.access.roles import COORDINATOR
from api.review.rank import CONTESTED, OTHER, REFERRED
from api.storage.audit import note
from api.storage.review_schema import reviews
from api.storage.reviews import REPLACED, WAITING
from api.storage.store import Store
from api.storage.vault import Vault
from api.storage.visitors import Visitor, Visitors
from tests.api.examples import an_enquiry

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


def queued(store: Store) -> dict[str, tuple[int, str]]:
    with store.engine.begin() as connection:
        return {row.token: (row.rank, row.state) for row in connection.execute(select(reviews))}


def test_a_logged_question_waits_in_the_queue_and_what_it_replaces_waits_no_more(store: Store) -> None:
    referred = {"status": "referred", "missions": [], "open": {"reason": "text_silent", "decider": "cler"}}
    settled = {"status": "settled", "missions": ["suivi_n1"], "flips": []}
    with store.transaction() as journal:
        journal.log(an_enquiry(token="a", answer=referred))
        journal.log(an_enquiry(token="b", answer=settled))
        journal.log(an_enquiry(token="c", answer=settled, replaces="b"))
    assert queued(store) == {"a": (REFERRED, WAITING), "b": (OTHER, REPLACED), "c": (CONTESTED, WAITING)}


@pytest.mark.parametrize("change", ["UPDATE audit SET action = 'x'", "DELETE FROM audit"])
def test_the_log_of_changes_refuses_any_change(store: Store, change: str) -> None:
    account = store.accounts.add("coordination@exemple.test", COORDINATOR, "pays-exemple")
    with store.engine.begin() as connection:
        note(connection, account, "verdict.given", "enquiry", "a", NOW)
    with pytest.raises(DBAPIError, match="append-only"), store.engine.begin() as connection:
        connection.execute(text(change))


def test_a_visitor_who_left_is_not_known_and_cannot_be_reached(store: Store) -> None:
    vault = Vault(("k" * 32,))
    with store.engine.begin() as connection:
        visitors = Visitors(connection, vault)
        visitors.join(Visitor("key", "telegram", "pays-exemple", "fr", "4242"), NOW)
        visitors.speaks("key", "en")
        assert visitors.visitor("key") == Visitor("key", "telegram", "pays-exemple", "en", "4242")
        visitors.leave("key", NOW)
        assert visitors.visitor("key") is None
        assert connection.execute(text("SELECT sealing, address FROM visitors")).all() == [(None, None)]


def test_a_session_ends_when_it_is_ended(store: Store) -> None:
    account = store.accounts.add("Coordination@exemple.test", COORDINATOR, "pays-exemple")
    token = store.accounts.open_session(account.id)
    assert store.accounts.of_session(token) == account
    store.accounts.end_session(token)
    assert store.accounts.of_session(token) is None
