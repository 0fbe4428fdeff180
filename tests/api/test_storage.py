"""The journal and the store, on both databases."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from types import MappingProxyType

import psycopg
import pytest
from sqlalchemy import func, select

from api.storage import FreeTextError, NaiveInstantError, SqlJournal, Store
from api.storage.schema import dialogues, enquiries, events
from bot.journal import DuplicateEvent
from tests.api.examples import ANSWER, MORNING, a_dialogue, an_enquiry

REPLY = {"sections": [{"kind": "question", "lines": [["question.but", {}]]}], "language": "fr"}


def rows(store: Store) -> dict[str, int]:
    with store.engine.connect() as connection:
        return {t.name: connection.scalar(select(func.count()).select_from(t)) for t in (dialogues, enquiries, events)}


def test_a_dialogue_comes_back_as_it_was_kept(store: Store) -> None:
    with store.transaction() as journal:
        assert journal.dialogue(a_dialogue().key) is None
        journal.keep(a_dialogue())
    with store.transaction() as journal:
        assert journal.dialogue(a_dialogue().key) == a_dialogue()


def test_keeping_a_dialogue_again_replaces_it_whole(store: Store) -> None:
    later = a_dialogue(turn=4, language="en", interview=None, answer_token=None, territory=None)
    with store.transaction() as journal:
        journal.keep(a_dialogue())
        journal.keep(later)
        assert journal.dialogue(later.key) == later
    assert rows(store)["dialogues"] == 1


def test_an_enquiry_comes_back_as_it_was_logged(store: Store) -> None:
    logged = an_enquiry(territory="loire", replaces="tok-0")
    with store.transaction() as journal:
        assert journal.enquiry("tok-1") is None
        journal.log(logged)
        assert journal.enquiry("tok-1") == logged
    assert store.enquiry("tok-1") == logged
    assert store.enquiry("another") is None


def test_the_order_of_an_answers_keys_is_kept(store: Store) -> None:
    with store.transaction() as journal:
        journal.log(an_enquiry())
    kept = store.enquiry("tok-1")
    assert kept is not None
    assert list(kept.answer) == list(ANSWER)


def test_dates_tuples_and_frozen_mappings_are_logged_as_plain_json(store: Store) -> None:
    facts = MappingProxyType({"date_dst": date(2026, 1, 12), "orientations": ({"etat": "faite"},)})
    with store.transaction() as journal:
        journal.log(an_enquiry(facts=facts))
    kept = store.enquiry("tok-1")
    assert kept is not None
    assert kept.facts == {"date_dst": "2026-01-12", "orientations": [{"etat": "faite"}]}


def test_instants_come_back_aware_and_in_utc(store: Store) -> None:
    noon_in_paris = datetime(2026, 7, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    with store.transaction() as journal:
        journal.log(an_enquiry(asked_at=noon_in_paris))
    kept = store.enquiry("tok-1")
    assert kept is not None
    assert kept.asked_at == noon_in_paris
    assert kept.asked_at.tzinfo is UTC


def test_a_naive_instant_is_refused(store: Store) -> None:
    with (
        pytest.raises(NaiveInstantError, match="2026-11-24T09:00:00: give it a time zone"),
        store.transaction() as journal,
    ):
        journal.log(an_enquiry(asked_at=datetime(2026, 11, 24, 9)))
    with pytest.raises(NaiveInstantError):
        store.enquiries(since=datetime(2026, 11, 24))
    assert rows(store)["enquiries"] == 0


def test_free_text_is_not_logged(store: Store) -> None:
    facts = {"orientations": [{"libelle": "voir Mme Untel", "etat": "faite"}]}
    with pytest.raises(FreeTextError, match="libelle") as refusal, store.transaction() as journal:
        journal.log(an_enquiry(facts=facts))
    assert "Untel" not in str(refusal.value)
    assert rows(store)["enquiries"] == 0


def test_a_failing_statement_does_not_tell_its_values(store: Store) -> None:
    with store.transaction() as journal:
        journal.log(an_enquiry())
    with pytest.raises(Exception, match=r"(?i)unique") as error, store.transaction() as journal:
        journal.log(an_enquiry(facts={"dst": "pas_fait"}))
    assert "pas_fait" not in str(error.value)


def test_an_event_is_seen_with_its_reply_once_recorded(store: Store) -> None:
    with store.transaction() as journal:
        assert journal.seen("telegram", "17") is None
        journal.record("telegram", "17", REPLY)
    with store.transaction() as journal:
        assert journal.seen("telegram", "17") == REPLY
        assert journal.seen("web", "17") is None


def test_after_a_duplicate_event_the_transaction_still_answers(store: Store) -> None:
    with store.transaction() as journal:
        journal.record("telegram", "17", REPLY)
    with store.transaction() as journal:
        with pytest.raises(DuplicateEvent, match="telegram event '17'"):
            journal.record("telegram", "17", {"another": "reply"})
        assert journal.seen("telegram", "17") == REPLY


def test_a_duplicate_event_takes_the_whole_transaction_back(store: Store) -> None:
    with store.transaction() as journal:
        journal.record("telegram", "17", REPLY)
    with pytest.raises(DuplicateEvent), store.transaction() as journal:
        journal.log(an_enquiry())
        journal.keep(a_dialogue())
        journal.record("telegram", "17", REPLY)
    assert rows(store) == {"dialogues": 0, "enquiries": 0, "events": 1}


def test_an_error_leaves_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError, match="in the middle"), store.transaction() as journal:
        journal.keep(a_dialogue())
        journal.log(an_enquiry())
        journal.record("web", "e1", REPLY)
        raise RuntimeError("in the middle")
    assert rows(store) == {"dialogues": 0, "enquiries": 0, "events": 0}


def test_of_one_event_delivered_to_many_threads_exactly_one_is_recorded(store: Store) -> None:
    start = threading.Barrier(6)

    def deliver(number: int) -> str:
        start.wait()
        try:
            with store.transaction() as journal:
                journal.log(an_enquiry(number))
                journal.record("telegram", "17", REPLY)
        except DuplicateEvent:
            return "duplicate"
        return "recorded"

    with ThreadPoolExecutor(6) as threads:
        outcomes = sorted(threads.map(deliver, range(6)))
    assert outcomes == ["duplicate"] * 5 + ["recorded"]
    assert rows(store) == {"dialogues": 0, "enquiries": 1, "events": 1}


@pytest.mark.parametrize("known", [True, False], ids=["known dialogue", "new dialogue"])
def test_turns_of_one_dialogue_taken_at_once_are_all_counted(store: Store, known: bool) -> None:
    if known:
        with store.transaction() as journal:
            journal.keep(a_dialogue(turn=0))
    start = threading.Barrier(5)

    def turn(_: int) -> None:
        start.wait()
        with store.transaction() as journal:
            before = journal.dialogue(a_dialogue().key)
            journal.keep(a_dialogue(turn=before.turn + 1 if before else 1))

    with ThreadPoolExecutor(5) as threads:
        list(threads.map(turn, range(5)))
    with store.transaction() as journal:
        after = journal.dialogue(a_dialogue().key)
    assert after is not None
    assert after.turn == 5


def test_a_reader_sees_the_log_while_a_transaction_writes(store: Store) -> None:
    with store.transaction() as journal:
        journal.log(an_enquiry())
        assert store.enquiries() == []
    assert len(store.enquiries()) == 1


def test_an_event_is_shown_once_its_reply_arrived(database_url: str) -> None:
    times = iter([MORNING, MORNING + timedelta(seconds=1), MORNING + timedelta(hours=1)])
    with Store.open(database_url, clock=lambda: next(times)) as store:
        with store.transaction() as journal:
            journal.record("telegram", "17", REPLY)
        assert not store.was_shown("telegram", "17")
        store.mark_shown("telegram", "17")
        store.mark_shown("telegram", "17")
        assert store.was_shown("telegram", "17")
        assert not store.was_shown("telegram", "18")
        with store.engine.connect() as connection:
            taken = connection.execute(select(events.c.taken_at, events.c.shown_at)).one()
    assert tuple(taken) == (MORNING, MORNING + timedelta(seconds=1))


def test_a_journal_keeps_the_protocol(store: Store) -> None:
    from bot.journal import Journal

    with store.transaction() as journal:
        promised: Journal = journal
        assert isinstance(promised, SqlJournal)
    names = {name for name in vars(Journal) if not name.startswith("_")}
    assert names <= set(dir(SqlJournal))


def test_a_connection_at_work_while_the_store_closes_is_closed_after_it(database_url: str) -> None:
    store = Store.open(database_url)
    with store.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        store.close()
        assert connection.scalar(select(func.count()).select_from(events)) == 0
    with pytest.raises((sqlite3.ProgrammingError, psycopg.OperationalError), match="closed"):
        raw.execute("SELECT 1")
