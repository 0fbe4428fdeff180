"""Every mistake of one step that changes an answer is caught; and the two proofs of an answer agree."""

from __future__ import annotations

from rules.checking.inspect import against_review
from rules.checking.mutation import all_mutants, run, tally
from rules.checking.partition_text import FILE, read
from rules.checking.worked import broken_promises
from rules.load import SLIME_PLUS, raw_files, ruleset_from
from rules.table import tabulate

FILES = raw_files()
RULESET = ruleset_from(FILES)
REVIEWED = (SLIME_PLUS / FILE).read_text(encoding="utf-8")
STRIDE = 47  # a fixed part of all mutants; `aiguillage rules check --mutate` tries each


def test_the_rules_answer_as_the_reviewed_partition_says():
    assert not against_review(RULESET, REVIEWED)
    assert read(REVIEWED).approval.by


def test_no_mutant_that_changes_an_answer_is_missed():
    found = tally(run(RULESET, read(REVIEWED), all_mutants(RULESET, FILES)[::STRIDE]))
    assert found.missed == 0
    assert found.by_partition == found.changing - found.refused
    assert 0 < found.incomplete < found.changing
    assert 0 < found.by_cases < found.changing


def test_each_kind_of_mistake_is_tried():
    kinds = {mutant.kind for mutant in all_mutants(RULESET, FILES)}
    assert {"threshold moved", "swapped", "negated", "rule dropped", "narrowed or widened", "reason dropped"} <= kinds
    assert {"certainty changed", "referral changed", "contradiction dropped", "excluded dropped"} <= kinds


def test_the_table_keeps_the_promise_of_every_worked_example():
    table = tabulate(RULESET)
    broken = {e.title: broken_promises(RULESET, table, e) for e in RULESET.examples}
    assert {title: keys for title, keys in broken.items() if keys} == {}
