"""The benchmarks ask all engines the same: the oracle, the diagram and the hand-written chain agree."""

from __future__ import annotations

import pytest

from benchmarks import ours
from benchmarks.hand_written import decide
from benchmarks.outcomes import IMPOSSIBLE, decide_naively, outcomes
from benchmarks.table import lines
from benchmarks.timing import write_section
from benchmarks.workload import a_row_an_edge, draw

COMPILED = ours.load()


@pytest.fixture(scope="module")
def work():
    return draw(COMPILED, 20_000, interviews=6)


def test_the_hand_written_chain_answers_every_row_as_the_rules_do(work):
    assert [decide(row) for row in work.rows()] == work.expected_outcomes()


def test_the_hand_written_chain_agrees_with_the_diagram_along_each_of_its_edges():
    walk = ours.decide_row(COMPILED)
    rows = a_row_an_edge(COMPILED)
    assert len(rows) > len(COMPILED.diagram.nodes)
    assert [decide(row) for row in rows] == [walk(row) for row in rows]


def test_the_diagram_answers_every_row_as_the_rules_do(work):
    walk = ours.decide_row(COMPILED)
    assert [walk(row) for row in work.rows()] == work.expected_outcomes()
    assert ours.decide_columns(COMPILED)(work.codes).to_pylist() == work.expected_outcomes()
    assert ours.decide_partial(COMPILED, work.codes)().to_pylist() == work.expected_outcomes()
    assert ours.decide_packed(COMPILED)(ours.packed(COMPILED, work.codes)).to_pylist() == work.expected_outcomes()


def test_the_oracle_over_columns_is_the_oracle_row_by_row(work):
    some = work.first(200)
    assert [decide_naively(COMPILED.ruleset, row) for row in some.rows()] == some.expected_outcomes()


def test_the_lines_of_the_table_answer_as_the_rules_do(work):
    table = lines(COMPILED.ruleset)
    some = work.first(200)
    for row, outcome in zip(some.rows(), some.expected_outcomes(), strict=True):
        fitting = (name for cells, name in table if all(row[trait] in values for trait, values in cells.items()))
        assert next(fitting) == outcome


def test_no_outcome_dominates_the_rows_and_none_is_absent(work):
    shares = work.shares()
    assert set(shares) == set(outcomes(COMPILED.ruleset))
    assert max(shares.values()) <= 0.2
    assert shares[IMPOSSIBLE] <= 0.2


def test_a_section_of_the_document_is_replaced_and_the_rest_is_left_as_it_is(tmp_path):
    document = tmp_path / "benchmarks.md"
    document.write_text("# Title\n\nBefore.\n", encoding="utf-8")
    write_section(document, "one", "old")
    write_section(document, "two", "other")
    write_section(document, "one", "new")
    text = document.read_text(encoding="utf-8")
    assert text.startswith("# Title\n\nBefore.\n")
    assert "new" in text and "other" in text and "old" not in text
