"""What is past its time goes, kind by kind, on both databases: counted before, in batches, safe to interrupt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from api.jobs.adding import SCHEMA
from api.privacy import retention as retention_module
from api.privacy.retention import Retention
from api.privacy.terms import read_terms
from api.storage.access_schema import accounts, api_keys, sessions, visitors
from api.storage.household_schema import cases, household_audio, household_messages, links
from api.storage.households import ErasedCaseError
from api.storage.review_schema import audit, vignette_answers
from api.storage.schema import dialogues, enquiries, events
from api.storage.store import Store
from rules.errors import RulesetError
from tests.api.kept_data import VAULT, Kept, keep_everything

NOW = datetime(2031, 3, 1, 6, tzinfo=UTC)
LONG_AGO, LATELY = NOW - timedelta(days=1500), NOW - timedelta(days=1)


@pytest.fixture
def retention(store: Store, tmp_path) -> Retention:
    return Retention(store, VAULT, read_terms(tmp_path))


@pytest.fixture
def old(store: Store) -> Kept:
    """Of long ago: an account and a case since closed, a key that ended, a job that is done."""
    kept = keep_everything(store, LONG_AGO)
    where = f"{SCHEMA}." if store.engine.dialect.name == "postgresql" else ""
    with store.engine.begin() as connection:
        connection.execute(accounts.update().values(closed_at=LONG_AGO))
        connection.execute(api_keys.update().values(ended_at=LONG_AGO))
        connection.execute(cases.update().values(closed_at=LONG_AGO))
        milliseconds = {"at": int(LONG_AGO.timestamp() * 1000)}
        done = f"UPDATE {where}workflow_status SET status = 'SUCCESS', updated_at = :at, created_at = :at"  # noqa: S608
        connection.execute(text(done), milliseconds)
    return kept


@pytest.fixture
def fresh(store: Store, old: Kept) -> Kept:
    """The same of yesterday, all still open."""
    return keep_everything(store, LATELY, "777777777777", "monsieur.martin@exemple.test")


def count(store: Store, table, *where) -> int:
    with store.engine.begin() as connection:
        return connection.scalar(select(func.count()).select_from(table).where(*where)) or 0


def test_a_dry_run_counts_every_kind_and_changes_nothing(store: Store, retention: Retention, fresh: Kept) -> None:
    standing = {one.kind: one for one in retention.standing(NOW)}
    assert {kind: one.due for kind, one in standing.items() if one.due != 1} == {"household_messages": 2}
    assert standing["questions"].oldest == LONG_AGO and standing["events"].days == 30
    assert retention.standing(NOW) == list(standing.values())


def test_what_is_past_its_time_goes_and_what_is_not_stays(store: Store, retention: Retention, fresh: Kept) -> None:
    told = {one.kind: one.due for one in retention.standing(NOW)}
    assert retention.run(NOW) == told
    with store.engine.begin() as connection:
        assert {row.asker for row in connection.execute(select(enquiries.c.asker))} == {"", fresh.key}
        assert connection.scalars(select(visitors.c.key)).all() == [fresh.key]
        assert connection.scalars(select(dialogues.c.key)).all() == [fresh.key]
        assert connection.scalars(select(events.c.event)).all() == [f"event-{fresh.account}"]
        assert connection.scalars(select(sessions.c.account)).all() == [fresh.account]
        assert set(connection.scalars(select(accounts.c.name))) == {
            "compte effacé 1",
            "monsieur.martin@exemple.test",
        }
        assert fresh.key in connection.scalars(select(vignette_answers.c.visitor)).all()
    for table in (household_audio, household_messages, links):
        assert count(store, table) == 1, table.name


def test_a_closed_case_is_unreadable_afterwards_and_keeps_the_day_it_ended(
    store: Store, retention: Retention, old: Kept
) -> None:
    retention.run(NOW)
    with store.households(VAULT) as households:
        assert households.connection.scalar(select(cases.c.closed_at)) == LONG_AGO
        with pytest.raises(ErasedCaseError):
            households.case(old.reference)


def test_a_second_run_finds_nothing_and_writes_nothing(store: Store, retention: Retention, old: Kept) -> None:
    retention.run(NOW)
    noted = count(store, audit)
    assert set(retention.run(NOW).values()) == {0}
    assert count(store, audit) == noted
    assert all(one.due == 0 for one in retention.standing(NOW))


def test_counts_alone_are_noted(store: Store, retention: Retention, old: Kept) -> None:
    retention.run(NOW)
    with store.engine.begin() as connection:
        lines = connection.execute(select(audit).where(audit.c.action == "retention.applied")).mappings().all()
    assert {line["details"]["kind"]: line["details"]["count"] for line in lines}["questions"] == 1
    assert {line["role"] for line in lines} == {"program"} and old.key not in str(lines)


class Killed(BaseException):
    pass


def test_a_run_that_is_killed_goes_on_where_it_was(store: Store, retention: Retention, old: Kept, monkeypatch) -> None:
    monkeypatch.setattr(retention_module, "BATCH", 1)
    keep_everything(store, LONG_AGO, "999999999999", "autre@exemple.test")

    def killed() -> None:
        raise Killed

    with pytest.raises(Killed):
        retention.run(NOW, between=killed)
    assert count(store, enquiries, enquiries.c.asker == "") == 1
    told: list[str] = []
    retention.run(NOW, told=lambda kind, _: told.append(kind))
    assert told.count("questions") == 1 and count(store, enquiries, enquiries.c.asker != "") == 0


def test_a_visitor_who_came_back_lately_is_kept_however_long_ago_they_joined(
    store: Store, retention: Retention, old: Kept
) -> None:
    with store.engine.begin() as connection:
        connection.execute(dialogues.update().values(kept_at=LATELY))
    assert retention.run(NOW)["visitors"] == 0 and count(store, visitors) == 1


def test_a_chat_left_for_a_season_forgets_its_interview_and_keeps_its_language(
    store: Store, retention: Retention, fresh: Kept
) -> None:
    with store.engine.begin() as connection:
        connection.execute(
            dialogues.update().where(dialogues.c.key == fresh.key).values(kept_at=NOW - timedelta(days=91))
        )
    retention.run(NOW)
    with store.transaction() as journal:
        kept = journal.dialogue(fresh.key)
    assert kept is not None and kept.language == "fr" and kept.interview is None and kept.answer_token is None


def test_the_installation_decides_other_days(store: Store, old: Kept, tmp_path) -> None:
    said = "questions: {days: 2000, decided_by: Comité de pilotage, decided_on: 2026-01-15}\n"
    (tmp_path / "retention.yaml").write_text(said, encoding="utf-8")
    terms = read_terms(tmp_path)
    assert terms.days["questions"] == 2000 and terms.decided["questions"].by == "Comité de pilotage"
    assert Retention(store, VAULT, terms).run(NOW)["questions"] == 0


@pytest.mark.parametrize(
    ("written", "path", "remedy"),
    [
        ("question: {days: 9, decided_by: a, decided_on: 2026-01-15}", "question", "did you mean 'questions'"),
        ("audit: {days: 9, decided_by: a, decided_on: 2026-01-15}", "audit", "this kind is kept"),
        ("events: 9", "events", "decided_by"),
        ("events: {days: 9}", "events", "'decided_by' is missing"),
        ("events: {days: 0, decided_by: a, decided_on: 2026-01-15}", "events › days", "from 2 to 3650"),
        ("events: {days: true, decided_by: a, decided_on: 2026-01-15}", "events › days", "from 2 to 3650"),
        ("events: {days: 9, decided_by: a, decided_on: hier}", "events › decided_on", "write it as 2026-11-23"),
        ("events: {days: 9, by: a, decided_on: 2026-01-15}", "events › by", "unknown key 'by'"),
        ("- events", "", "no mapping"),
        ("events: [", "", "not readable as YAML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_path_and_remedy(tmp_path, written: str, path: str, remedy: str) -> None:
    (tmp_path / "retention.yaml").write_text(written, encoding="utf-8")
    with pytest.raises(RulesetError) as refused:
        read_terms(tmp_path)
    assert refused.value.path == path and remedy in str(refused.value) and "retention.yaml" in str(refused.value)
