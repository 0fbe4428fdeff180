"""From columns to columns: the answers of the rules row by row, whatever is known of a row."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from rules.batch.table_batch import batch_of, examine_table
from rules.engine import conclude_known
from rules.reading import reading
from tests.rules.situations import COMPILED

TRAITS = COMPILED.ruleset.traits
BATCH = batch_of(COMPILED)
RULES = {rule.id: rule for rule in COMPILED.ruleset.rules}


def _ways(random, count):
    """Rows that lead to every answer: random ways down the diagram, the rest at random."""
    diagram = COMPILED.diagram
    for _ in range(count):
        row, number = {}, diagram.root
        while number in diagram.nodes:
            trait, children = diagram.nodes[number]
            possible = (
                [i for i, child in enumerate(children) if child] if random.random() < 0.98 else range(len(children))
            )
            index = int(random.choice(list(possible)))
            row[trait], number = diagram.domains[trait][index], children[index]
        free = {name: str(random.choice(trait.domain)) for name, trait in TRAITS.items()}
        yield {**free, **row}


def _columns(rows):
    return {trait: pa.array([row.get(trait) for row in rows]) for trait in TRAITS}


def _expected(row):
    known = {t: frozenset({row[t]} if row.get(t) else trait.domain) for t, trait in TRAITS.items()}
    answers, conclusion = conclude_known(reading(COMPILED, None), known)
    if len(answers) != 1:
        return {"status": "undecided" if answers else "clash", "outcome": "", "certainty": "open", "reasons": []}
    ((status, *names),) = answers
    reasons = [reason.message for reason in conclusion.reasons]
    return {"status": status, "outcome": "+".join(names), "certainty": conclusion.certainty, "reasons": reasons}


def test_complete_rows_are_answered_with_certainty_and_reasons_as_the_engine_answers_them():
    rows = list(_ways(np.random.default_rng(11), 600))
    found = examine_table(BATCH, _columns(rows)).to_pylist()
    for row, answer in zip(rows, found, strict=True):
        assert answer == _expected(row), row
    assert {answer["outcome"] for answer in found} >= {"", "soutien_renforce", "suivi_n1", "evaluation"}
    assert {answer["certainty"] for answer in found} == {"stated", "inferred", "open"}


def test_rows_of_which_something_is_unknown_are_answered_as_the_engine_answers_them():
    random = np.random.default_rng(12)
    rows = []
    for row in _ways(random, 400):
        share = random.random()
        rows.append({trait: value for trait, value in row.items() if random.random() < share})
    found = examine_table(BATCH, _columns(rows)).to_pylist()
    for row, answer in zip(rows, found, strict=True):
        assert answer == _expected(row), row
    assert {answer["status"] for answer in found} == {"settled", "referred", "clash", "undecided"}


def test_every_leaf_of_the_lookup_is_an_answer_that_a_rule_gives():
    for leaf in BATCH.whole.leaves:
        status, *names = leaf.outcome
        assert status == "impossible" or any(
            [*rule.missions] == names if status == "settled" else [rule.id] == names for rule in RULES.values()
        )


def test_columns_may_be_dictionaries_and_a_trait_without_a_column_is_unknown():
    rows = list(_ways(np.random.default_rng(13), 40))
    columns = {trait: column.dictionary_encode() for trait, column in _columns(rows).items()}
    assert examine_table(BATCH, columns).equals(examine_table(BATCH, _columns(rows)))
    only = examine_table(BATCH, {"dst": pa.array(["fait", None])})
    assert only["status"].to_pylist() == ["undecided", "undecided"]
    assert examine_table(BATCH, {}).num_rows == 0


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"dts": ["fait"]}, "unknown trait 'dts'; did you mean 'dst'?"),
        ({"dst": ["fai"]}, "dst = 'fai' is unknown; did you mean 'fait'?"),
        ({"dst": ["fait"], "sr": ["aucun", "aucun"]}, "columns of several lengths: 1, 2"),
    ],
)
def test_what_no_trait_has_is_refused_by_name(columns, told):
    with pytest.raises(ValueError) as refused:
        examine_table(BATCH, {name: pa.array(values) for name, values in columns.items()})
    assert str(refused.value) == told


def test_numbers_that_were_not_packed_are_refused():
    codes = {trait: np.full(2, len(TRAITS[trait].domain), dtype=np.uint8) for trait in TRAITS}
    with pytest.raises(ValueError, match="is not one of its"):
        BATCH.whole.pack(codes)
    known = {trait: np.zeros(2, dtype=np.uint8) for trait in TRAITS}
    with pytest.raises(ValueError, match="another lookup"):
        BATCH.whole.leaves_of(BATCH.partial.pack(known))
    with pytest.raises(ValueError, match="several lengths"):
        BATCH.whole.pack({**known, **dict.fromkeys(BATCH.whole.columns[0], np.zeros(3, dtype=np.uint8))})
