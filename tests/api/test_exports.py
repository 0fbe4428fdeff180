"""What can be taken away as a table, on both databases: with verdicts, without anybody, harmless, and explained."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from api.access.roles import COORDINATOR
from api.commands.log import log
from api.exports.columns import DOCTRINES, QUESTIONS, VIGNETTES, columns, dictionary
from api.exports.tables import Export, export_of, sizes
from api.exports.workbook import UnmadeError, write_apart, write_workbook
from api.logbook import csv_lines
from api.storage import exporting
from api.storage.exporting import Chosen
from api.storage.review_schema import doctrines, reviews, verdicts
from api.storage.reviews import STATES
from api.storage.store import Store
from bot.wording import languages, wording
from tests.api.coordination import TERRITORY, log_questions
from tests.api.examples import REFERRED, an_enquiry
from tests.api.kept_data import ACCOUNT, CHAT, Kept, keep_everything

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
TABLES = (QUESTIONS, DOCTRINES, VIGNETTES)


def rows(store: Store, table: str = QUESTIONS, **chosen: Any) -> list[dict[str, Any]]:
    export = export_of(table, store.engine, Chosen(**chosen))
    return [dict(zip(export.head, row, strict=True)) for row in export.rows()]


def judged(store: Store, token: str) -> None:
    account = store.accounts.add("coordination@exemple.test", COORDINATOR, TERRITORY)
    given = {"token": token, "account": account.id, "role": account.role, "made_at": NOW}
    counts = {"kind": "corrected", "missions": ["evaluation"], "statements": [21, 40], "authoritative": True}
    with store.engine.begin() as connection:
        connection.execute(verdicts.insert().values(given | counts))
        connection.execute(verdicts.insert().values(given | {"kind": "confirmed", "authoritative": False}))
        connection.execute(reviews.update().where(reviews.c.token == token).values(state="corrected"))


def test_a_question_stands_with_its_answer_its_verdict_and_its_facts(store: Store) -> None:
    facts = {
        "dst": "fait",
        "date_dst": "2026-01-12",
        "accompagnement_continu": True,
        "orientations": [{"etat": "faite"}],
    }
    with store.transaction() as journal:
        journal.log(an_enquiry(territory=TERRITORY, facts=facts, replaces="tok-0"))
    judged(store, "tok-1")
    (row,) = rows(store)
    about = ("token", "missions", "statements", "state", "verdict", "verdict_missions", "verdict_statements")
    assert [row[name] for name in about] == [
        "tok-1", ["suivi_n1"], [19, 21], "corrected", "corrected", ["evaluation"], [21, 40],
    ]  # fmt: skip
    assert row["verdict_on"] == date(2026, 11, 26) and row["date_dst"] == date(2026, 1, 12)
    assert row["accompagnement_continu"] is True and row["sr"] is None


def test_a_referred_question_names_the_reason_and_who_decides(store: Store) -> None:
    with store.transaction() as journal:
        journal.log(an_enquiry(answer=REFERRED))
    (row,) = rows(store)
    assert (row["status"], row["missions"], row["verdict"]) == ("referred", [], None)
    assert (row["open_reason"], row["open_decider"]) == ("threshold_undefined", "cler")


def test_a_day_of_the_log_begins_at_midnight_in_paris(store: Store, database_url: str, monkeypatch) -> None:
    monkeypatch.setenv("AIGUILLAGE_DATABASE_URL", database_url)
    with store.transaction() as journal:
        journal.log(an_enquiry(asked_at=datetime(2026, 11, 24, 23, 30, tzinfo=UTC)))
    day = ["--csv", "--since", "2026-11-25", "--until", "2026-11-25"]
    assert "tok-1" in CliRunner().invoke(log, day).stdout
    assert "tok-1" not in CliRunner().invoke(log, ["--csv", "--until", "2026-11-24"]).stdout


def test_the_choice_is_by_territory_period_and_state(store: Store) -> None:
    mine = log_questions(store, 3)
    log_questions(store, 2, territory="lot")
    judged(store, mine[0])
    assert [row["token"] for row in rows(store, territory=TERRITORY)] == mine[::-1]
    assert [row["token"] for row in rows(store, state="corrected")] == mine[:1]
    until = datetime(2026, 11, 2, 9, tzinfo=UTC)
    assert len(rows(store, until=until)) == 2 and len(rows(store, since=until)) == 3
    assert sizes(store.engine, Chosen(territory=TERRITORY)) == {QUESTIONS: 3, DOCTRINES: 0, VIGNETTES: 0}


def test_pages_are_read_one_after_another_and_miss_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "PAGE", 2)
    tokens = log_questions(store, 5)
    with store.transaction() as journal:  # of the same instant as another one
        journal.log(an_enquiry(token="twin", asked_at=datetime(2026, 11, 2, 10, tzinfo=UTC)))
    found = [row["token"] for row in rows(store)]
    assert sorted(found) == sorted([*tokens, "twin"]) and len(found) == 6


@pytest.mark.parametrize("table", TABLES)
def test_nobody_is_in_any_table(store: Store, table: str) -> None:
    kept: Kept = keep_everything(store, NOW)
    export = export_of(table, store.engine, Chosen())
    said = "".join(csv_lines(export.head, export.rows()))
    assert said.count("\r\n") == 2
    assert not any(trace in said for trace in (kept.key, kept.key[:16], CHAT, ACCOUNT))


def test_doctrines_and_vignettes_are_those_of_the_territory(store: Store) -> None:
    keep_everything(store, NOW)
    with store.engine.begin() as connection:
        connection.execute(doctrines.update().values(said="=1+1", decided_on=date(2026, 3, 1)))
    (doctrine,) = rows(store, DOCTRINES, territory=TERRITORY)
    assert doctrine["said"] == "=1+1" and doctrine["decided_on"] == date(2026, 3, 1) and "signed_by" not in doctrine
    (vignette,) = rows(store, VIGNETTES, territory=TERRITORY)
    assert (vignette["mission"], vignette["answers"]) == ("suivi_n1", 1)
    assert rows(store, DOCTRINES, territory="lot") == rows(store, VIGNETTES, territory="lot") == []


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("table", TABLES)
def test_every_column_of_every_table_is_in_the_dictionary_in_words(store: Store, table: str, language: str) -> None:
    words = wording(language)
    told = {row[0]: row for row in dictionary(table, words)}
    assert list(told) == list(export_of(table, store.engine, Chosen()).head)
    for column in columns(table):
        _, meaning, kind, values, source = told[column.id]
        assert meaning and kind and source and all(f"{value} : " in values for value in column.values)


def test_every_value_that_can_stand_in_a_column_is_told() -> None:
    by_id = {column.id: column for column in columns(QUESTIONS)}
    assert tuple(by_id["state"].values) == STATES
    assert set(by_id["action"].values) >= {"bilan", "relogement"} and set(by_id["dst"].values) == {
        "pas_fait", "en_cours", "fait",
    }  # fmt: skip


def test_a_workbook_has_the_rows_and_the_dictionary_with_days_as_days(store: Store, tmp_path) -> None:
    with store.transaction() as journal:
        journal.log(an_enquiry(territory="=cmd|'/c calc'!A1", facts={"date_dst": "2026-01-12", "dst": "fait\x07"}))
    to = tmp_path / "questions.xlsx"
    write_workbook(export_of(QUESTIONS, store.engine, Chosen()), wording("fr"), to)
    book = load_workbook(to)
    assert book.sheetnames == ["données", "dictionnaire"]
    head, row = ([cell.value for cell in line] for line in book["données"].iter_rows())
    found = dict(zip(head, row, strict=True))
    assert found["asked_at"] == datetime(2026, 11, 24, 9, 1) and found["date_dst"] == datetime(2026, 1, 12)
    assert found["territory"] == "'=cmd|'/c calc'!A1" and found["dst"] == "fait"
    assert [cell.value for cell in book["dictionnaire"]["A"]][1:] == head


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.exports.workbook.MOST_ROWS", 2)
    head = export_head()
    export = Export(VIGNETTES, lambda: iter([[number, *[None] * (len(head) - 1)] for number in range(5)]))
    write_workbook(export, wording("fr"), tmp_path / "x.xlsx")
    book = load_workbook(tmp_path / "x.xlsx")
    assert book.sheetnames == ["données", "données 2", "données 3", "dictionnaire"]
    assert [sheet.max_row for sheet in book][:3] == [3, 3, 2]


def export_head() -> tuple[str, ...]:
    return tuple(column.id for column in columns(VIGNETTES))


def test_a_process_of_its_own_makes_the_same_workbook_or_says_that_it_could_not(store: Store, tmp_path) -> None:
    log_questions(store, 2)
    url, to = store.engine.url.render_as_string(hide_password=False), tmp_path / "apart.xlsx"
    write_apart(url, QUESTIONS, Chosen(territory=TERRITORY), "en", to)
    assert load_workbook(to).sheetnames == ["data", "dictionary"]
    assert load_workbook(to)["data"].max_row == 3
    with pytest.raises(UnmadeError):
        write_apart(url, QUESTIONS, Chosen(), "en", tmp_path / "missing" / "apart.xlsx")


def test_the_command_writes_the_same_as_csv_and_as_a_workbook(store: Store, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("AIGUILLAGE_DATABASE_URL", store.engine.url.render_as_string(hide_password=False))
    log_questions(store, 3)
    log_questions(store, 1, territory="lot")
    period = ["--territory", TERRITORY, "--since", "2026-11-02", "--until", "2026-11-02"]
    written = CliRunner().invoke(log, ["--csv", *period])
    assert written.exit_code == 0, written.output
    assert [row["token"] for row in csv.DictReader(io.StringIO(written.stdout, newline=""))] == [
        row["token"] for row in rows(store, territory=TERRITORY)
    ]
    to = tmp_path / "log.xlsx"
    assert CliRunner().invoke(log, ["--xlsx", "--output", str(to), *period]).exit_code == 0
    assert load_workbook(to)["données"].max_row == 4
    assert "q-0-lot" in CliRunner().invoke(log, ["--state", "waiting"]).output
    assert "--output" in CliRunner().invoke(log, ["--xlsx"]).output
    refused = CliRunner().invoke(log, ["--xlsx", "--output", str(tmp_path / "no" / "log.xlsx")])
    assert refused.exit_code == 2 and "log.xlsx" in refused.output and "Traceback" not in refused.output
