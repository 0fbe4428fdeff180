"""What the tables say of verdicts, contests and tidings, on both databases; and what reads an answer by its token."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import main
from api.storage.review_schema import reviews
from api.storage.rulings import contest, standing_of, still_returned
from api.storage.store import Store
from api.storage.tidings import (
    VERDICT,
    add_tiding,
    drop_tiding,
    tiding_failed,
    tiding_shown,
    tiding_waiting,
    waiting_tidings,
    wake_tidings,
)
from bot.coordination import Ruling
from tests.api.coordination import TERRITORY, log_questions
from tests.api.examples import REFERRED, an_enquiry
from tests.api.reviewing import MADE_AT, WORDS, Untold, rule

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
ASKER = "0f" * 16


def line(store: Store, token: str):
    with store.reading() as connection:
        return connection.execute(reviews.select().where(reviews.c.token == token)).one()


def test_the_verdict_that_counts_is_the_one_that_is_read(store: Store) -> None:
    (token,) = log_questions(store, 1)
    assert store.ruling(token) is None
    rule(store, token, "confirmed")
    rule(store, token)
    rule(store, token, "to_cler", authoritative=False)
    assert store.ruling(token) == Ruling("corrected", MADE_AT.date(), ("soutien_renforce",), WORDS, (22,))


def test_a_contest_counts_once_and_leaves_a_referred_question_first(store: Store) -> None:
    (token,) = log_questions(store, 1)
    (referred,) = log_questions(store, 1, answer=REFERRED, territory="ailleurs")
    with store.transaction() as journal:
        assert contest(journal.connection, token, AT) and not contest(journal.connection, token, AT)
        assert contest(journal.connection, referred, AT)
    assert (line(store, token).rank, line(store, token).contested_at) == (1, AT)
    assert line(store, referred).rank == 0


def test_a_question_without_a_territory_is_looked_at_by_nobody(store: Store) -> None:
    with store.transaction() as journal:
        journal.log(an_enquiry(1))
        assert standing_of(journal.connection, "tok-1") is None
        assert not contest(journal.connection, "tok-1", AT)


def test_a_returned_question_waits_for_its_visitor_until_it_is_answered(store: Store) -> None:
    (token,) = log_questions(store, 1)
    rule(store, token, "returned", jobs=Untold())
    with store.transaction() as journal:
        connection = journal.connection
        (tiding,) = waiting_tidings(connection, ASKER)
        assert still_returned(connection, ASKER) == []
        tiding_shown(connection, tiding.id, AT)
        assert still_returned(connection, ASKER) == [tiding]
        assert standing_of(connection, token).returned
        journal.log(an_enquiry(9, replaces=token, territory=TERRITORY))
        assert still_returned(connection, ASKER) == []
        assert standing_of(connection, token).replaced


def test_what_did_not_arrive_is_taken_up_once_at_the_next_visit(store: Store) -> None:
    with store.transaction() as journal:
        connection = journal.connection
        tiding = add_tiding(connection, ASKER, VERDICT, 1, AT)
        assert wake_tidings(connection, ASKER) == []
        tiding_failed(connection, tiding.id, "blocked")
        assert wake_tidings(connection, "somebody else") == []
        assert wake_tidings(connection, ASKER) == [tiding.id]
        assert wake_tidings(connection, ASKER) == []
        assert tiding_waiting(connection, tiding.id) == tiding
        drop_tiding(connection, tiding.id)
        assert tiding_waiting(connection, tiding.id) is None


@pytest.mark.parametrize("kind", ["words", "data"])
def test_an_explanation_of_a_corrected_answer_begins_with_its_correction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(tmp_path))
    with Store.open(f"sqlite:///{tmp_path / 'aiguillage.db'}") as store:
        (token,) = log_questions(store, 1)
        rule(store, token)
    told = CliRunner().invoke(main, ["explain", "--enquiry", token, *(["--json"] if kind == "data" else [])])
    assert told.exit_code == 0, told.output
    if kind == "words":
        assert "La réponse est corrigée. La mission retenue : Soutien renforcé" in told.output.replace("\u00a0", " ")
    else:
        assert json.loads(told.output)["verdict"]["missions"] == ["soutien_renforce"]


def test_a_report_by_command_says_first_what_was_corrected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(tmp_path))
    with Store.open(f"sqlite:///{tmp_path / 'aiguillage.db'}") as store:
        (token,) = log_questions(store, 1)
        rule(store, token)
    out = tmp_path / "report.html"
    made = CliRunner().invoke(main, ["report", "n1", "--enquiry", token, "--output", str(out)])
    assert made.exit_code == 0, made.output
    assert "La réponse est corrigée" in out.read_text("utf-8")
