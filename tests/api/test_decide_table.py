"""A table keeps its rows and their order, in CSV as in Parquet, however many rows and cores there are."""

from __future__ import annotations

import csv
import io
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from api.commands.decide import decide
from api.decide_table import ROWS, Asked, TableError, decide_csv, decide_parquet
from api.deciding import Decider
from api.table_rows import RowDecider
from tests.rules.situations import COMPILED

TODAY = date(2026, 11, 23)
ASKED = Asked(Decider(COMPILED, {}), "fr", None, TODAY)
LINES = [
    "{n};fait;2;oui;accompagner;suivi;mediation_bailleur",
    "{n};fait;x;;;;",
    "{n};pas_fait;;;informer;suivi;envoi_information",
    '"{n}\n=1+1";;;;;;',
]
HEAD = "ref;dst;orientations_donnees;accompagnement_continu;but;cadre_contact;action"


@pytest.fixture
def table(tmp_path):
    def write(count):
        file = tmp_path / "table.csv"
        lines = [LINES[n % len(LINES)].format(n=n) for n in range(count)]
        file.write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
        return file

    return write


def _decided(file):
    out = io.StringIO()
    wrong = decide_csv(ASKED, file, out)
    out.seek(0)
    return wrong, list(csv.DictReader(out, delimiter=";"))


def test_a_table_of_several_parts_is_answered_in_order_like_one_row_after_the_other(table):
    count = 2 * ROWS + 3
    wrong, rows = _decided(table(count))
    assert wrong == len(range(1, count, 4))
    assert [row["ref"].split("\n")[0] for row in rows] == [str(n) for n in range(count)]
    few = [{k: v for k, v in row.items() if k != "ref"} for row in _decided(table(4))[1]]
    assert all({k: v for k, v in row.items() if k != "ref"} == few[n % 4] for n, row in enumerate(rows))
    assert few[0]["answer_missions"] == "soutien_renforce"
    assert "orientations_donnees" in few[1]["answer_error"]


def test_a_parquet_table_keeps_its_columns_and_gets_the_answers_of_the_same_csv(table, tmp_path):
    rows = _decided(table(8))[1]
    facts = {
        "ref": pa.array(range(8)),
        "dst": pa.array(["fait", "fait", "pas_fait", None] * 2).dictionary_encode(),
        "orientations_donnees": pa.array([2, 5000, None, None] * 2),
        "accompagnement_continu": pa.array([True, None, None, None] * 2),
        "date_contact": pa.array([TODAY] * 8),
        **{name: pa.array([row[name] or None for row in rows]) for name in ("but", "cadre_contact", "action")},
    }
    source, to = tmp_path / "table.parquet", tmp_path / "answers.parquet"
    pq.write_table(pa.table(facts), source)
    assert decide_parquet(ASKED, source, to) == 2
    found = pq.read_table(to)
    assert found.select(list(facts)).equals(pa.table(facts))
    answers = [name for name in found.column_names if name.startswith("answer_")]
    for row, answer in zip(rows, found.to_pylist(), strict=True):
        if not row["answer_error"]:
            assert {name: answer[name] for name in answers} == {name: row[name] for name in answers}
    assert "orientations_donnees = 5000" in found["answer_error"][1].as_py()


def test_no_and_none_in_a_parquet_table_are_said_and_not_left_out():
    (no,), (unsaid,) = (
        RowDecider(ASKED.decider, "fr", None, TODAY).answers(["menage_slime", "orientations_donnees"], [row])
        for row in ((False, 0), (None, None))
    )
    assert no != unsaid


@pytest.mark.parametrize("content", [b"dst;action\nfait;m\xe9diation\n", b"PAR1 and no more"])
def test_a_file_that_is_no_table_is_refused_with_its_name(tmp_path, content):
    file = tmp_path / "table.bin"
    file.write_bytes(content)
    with pytest.raises(TableError, match=r"table\.bin"):
        if content.startswith(b"PAR1"):
            decide_parquet(ASKED, file, tmp_path / "answers.parquet")
        else:
            decide_csv(ASKED, file, io.StringIO())


def test_an_empty_csv_file_has_no_rows(tmp_path):
    file = tmp_path / "empty.csv"
    file.write_bytes(b"")
    assert _decided(file) == (0, [])


def test_a_table_of_one_column_is_read(tmp_path):
    file = tmp_path / "one.csv"
    file.write_text("dst\nfait\n", encoding="utf-8")
    out = io.StringIO()
    assert decide_csv(ASKED, file, out) == 0
    assert out.getvalue().splitlines()[0].startswith("dst,answer_status,")


def test_a_table_is_never_written_over_itself(table):
    file = table(2)
    before = file.read_bytes()
    done = CliRunner().invoke(decide, ["--csv", str(file), "--output", str(file)])
    assert done.exit_code == 2
    assert str(file) in done.output
    assert file.read_bytes() == before
