"""One person's data, on both databases: all of it given out, and erased so that no table has a trace of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from api.privacy.person import BeyondError, Persons, UnknownPersonError
from api.storage.households import ErasedCaseError, UnknownCaseError
from api.storage.store import Store
from tests.api.coordination import TERRITORY
from tests.api.examples import an_enquiry
from tests.api.kept_data import ACCOUNT, CHAT, SECRET, SENDER, VAULT, Kept, dump, keep_everything

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
OTHER_CHAT, OTHER_ACCOUNT = "515151515151", "monsieur.martin@exemple.test"


@pytest.fixture
def kept(store: Store) -> Kept:
    return keep_everything(store, NOW)


@pytest.fixture
def other(store: Store, kept: Kept) -> Kept:
    return keep_everything(store, NOW, OTHER_CHAT, OTHER_ACCOUNT)


@pytest.fixture
def people(store: Store) -> Persons:
    return Persons(store, VAULT, SECRET, lambda: NOW)


def in_the_files(store: Store, *traces: str) -> list[str]:
    """Those of the traces that stand in the bytes of SQLite's files, free pages and write-ahead log too."""
    if store.engine.dialect.name != "sqlite":
        return []
    file = Path(str(store.engine.url.database))
    bytes_ = b"".join(one.read_bytes() for one in file.parent.glob(file.name + "*") if not one.name.endswith("-shm"))
    return [one for one in traces if one.encode() in bytes_]


def test_everything_about_a_visitor_is_given_out_opened(people: Persons, other: Kept, kept: Kept) -> None:
    found = people.export(people.by_address("telegram", CHAT))
    assert found["visitors"][0]["address"] == CHAT and found["enquiries"][0]["token"] == kept.token
    assert found["verdicts"][0]["kind"] == "confirmed" and "account" not in found["verdicts"][0]
    assert [len(found[table]) for table in ("dialogues", "reviews", "tidings", "vignette_answers", "cases")] == [1] * 5
    said = json.dumps(found)
    assert OTHER_CHAT not in said and other.key not in said and ACCOUNT not in said


def test_a_visitor_is_found_by_the_chat_the_key_or_a_shared_answer(people: Persons, kept: Kept) -> None:
    by_answer = people.by_answer(kept.token)
    assert by_answer == people.by_key(kept.key) and kept.key in people.by_address("telegram", CHAT).keys


def test_an_erased_visitor_is_in_no_table(store: Store, people: Persons, other: Kept, kept: Kept) -> None:
    traces = (kept.key, kept.key[:16], kept.chat_key, CHAT)
    assert kept.key in dump(store)
    counts = people.erase(people.by_address("telegram", CHAT))
    assert counts == {
        "visitors": 1,
        "interviews": 1,
        "voice_notes": 1,
        "matrix_rooms": 1,
        "tidings": 1,
        "questions": 1,
        "vignette_answers": 1,
        "household_cases": 1,
    }
    left = dump(store)
    assert [one for one in traces if one in left] == [] and in_the_files(store, *traces) == []
    assert other.key in left and kept.token in left
    with pytest.raises(UnknownPersonError):
        people.by_address("telegram", CHAT)
    with pytest.raises(UnknownPersonError) as refused:
        people.by_answer(kept.token)
    assert refused.value.said == "privacy.unknown.anonymous"


def test_the_answer_and_its_verdict_stay_as_figures(store: Store, people: Persons, kept: Kept) -> None:
    people.erase(people.by_key(kept.key))
    found = store.enquiry(kept.token)
    assert found is not None and found.asker == "" and found.answer["missions"] == ["suivi_n1"]
    with store.engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM verdicts")) == 1
        assert connection.scalar(text("SELECT count(*) FROM vignette_answers")) == 1


def test_everything_about_an_account_is_given_out_without_its_secrets(people: Persons, kept: Kept) -> None:
    found = people.export(people.by_account("Madame.Durand@exemple.test"))
    assert found["accounts"][0]["name"] == ACCOUNT and found["signed"] == [{"where": "doctrines.signed_by", "times": 1}]
    assert found["verdicts"][0]["token"] == kept.token and len(found["sessions"]) == 1
    assert "hashed" not in json.dumps(found)


def test_an_erased_account_is_named_in_no_table_and_its_verdicts_stay(
    store: Store, people: Persons, other: Kept, kept: Kept
) -> None:
    session = store.accounts.open_session(kept.account)
    people.erase(people.by_account(ACCOUNT))
    left = dump(store)
    assert ACCOUNT not in left and OTHER_ACCOUNT in left and f"compte effacé {kept.account}" in left
    assert in_the_files(store, ACCOUNT) == []
    assert store.accounts.of_session(session) is None and store.accounts.named(f"compte effacé {kept.account}") is None
    with store.engine.begin() as connection:
        row = connection.execute(text("SELECT account, role FROM verdicts ORDER BY id")).first()
        assert row == (kept.account, "coordinator")


def test_an_erased_household_is_unreadable_everywhere(store: Store, people: Persons, kept: Kept) -> None:
    person = people.by_case(kept.reference)
    assert people.export(person)["case"]["address"] == f"7{CHAT}"
    people.erase(person)
    left = dump(store)
    assert not any(one in left for one in (SENDER.telephone, SENDER.prenom, f"household-{CHAT[::-1]}", "chauffage"))
    with pytest.raises(ErasedCaseError):
        people.by_case(kept.reference)


def test_erasing_is_in_the_audit_as_counts_that_name_nobody(store: Store, people: Persons, kept: Kept) -> None:
    people.erase(people.by_address("telegram", CHAT))
    with store.engine.begin() as connection:
        line = connection.execute(text("SELECT * FROM audit WHERE action = 'person.erased'")).mappings().one()
    assert line["subject"] == "visitor" and line["subject_id"] == "-" and kept.key not in str(dict(line))


def test_nobody_is_found_where_nothing_is_kept(people: Persons, kept: Kept) -> None:
    for look in (lambda: people.by_address("telegram", "1"), lambda: people.by_key("x"), lambda: people.by_answer("x")):
        with pytest.raises(UnknownPersonError):
            look()
    with pytest.raises(UnknownPersonError):
        people.by_account("personne@exemple.test")
    with pytest.raises(UnknownCaseError):
        people.by_case("M-AAAA-AAAA")


def test_a_territory_finds_its_own_people_alone(store: Store, people: Persons, kept: Kept) -> None:
    assert people.by_answer(kept.token, TERRITORY).keys == (kept.key,)
    for look in (lambda: people.by_answer(kept.token, "lot"), lambda: people.by_account(ACCOUNT, "lot")):
        with pytest.raises(UnknownPersonError):
            look()
    with store.transaction() as journal:
        journal.log(an_enquiry(token="elsewhere", asker=kept.key, territory="lot"))
    with pytest.raises(BeyondError):
        people.by_answer(kept.token, TERRITORY)
