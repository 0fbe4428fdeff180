"""The cases beside the rules and in tests/situations: each is a test, and together they touch every rule."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rules.cases import TEXT, check_case
from rules.errors import RulesetError
from rules.judging import cover, judge
from rules.load import load_cases
from tests.rules.situations import COMPILED

RULESET = COMPILED.ruleset
SITUATIONS = Path(__file__).resolve().parent.parent / "situations"
CASES = (*RULESET.examples, *load_cases(SITUATIONS, RULESET))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{Path(case.origin).stem}: {case.title}")
def test_a_case_answers_as_it_says(case):
    check_case(case, RULESET)
    assert judge(COMPILED, case).mismatches == ()


def test_no_two_cases_have_the_same_title():
    titles = [case.title for case in CASES]
    assert sorted(titles) == sorted(set(titles))


def test_every_rule_contradiction_and_citable_statement_is_touched_by_a_case():
    coverage = cover(RULESET, [judge(COMPILED, case) for case in CASES])
    untouched = [
        n for part in (coverage.rules, coverage.contradictions, coverage.statements) for n in part if not part[n]
    ]
    assert untouched == []


def test_every_open_question_of_the_report_has_a_case():
    assert {case.question for case in CASES if case.question} == {f"Q-{letter}" for letter in "ABCDEFGHI"}


def test_a_wrong_expectation_is_told_line_by_line():
    case = replace(
        RULESET.examples[0],
        expect={"status": "settled", "missions": ["amont"], "reasons": [2, 8], "excluded": {"aucune": []}},
    )
    found = {m.key: (m.expected, m.found) for m in judge(COMPILED, case).mismatches}
    assert found["status"] == ("settled", "referred")
    assert found["missions"] == (["amont"], [])
    assert found["reasons"] == ([2, 8], [2, 3, 19, 42])
    assert "excluded" in found


def test_a_case_that_touches_nothing_counts_nothing():
    coverage = cover(RULESET, [])
    assert not any(coverage.rules.values()) and not any(coverage.contradictions.values())
    assert {4, 15} <= set(coverage.statements)
    assert {5, 6, 7, 16, 18} <= set(coverage.never_cited)


GOOD = """
cases:
  - title: Un cas
    said_by: texte
    facts: {dst: pas_fait, but: informer, action: envoi_information}
    expect: {status: settled, missions: [amont]}
"""
FAULTS = [
    ("said_by: texte", "said_by:", "cases[0] › said_by", "says nobody"),
    ("said_by: texte", "said_by: Coordination", "cases[0]", "'said_on' is missing"),
    ("said_by: texte", "said_by: CLER\n    said_on: hier", "cases[0] › said_on", "write it as 2026-11-25"),
    ("dst: pas_fait", "dts: pas_fait", "facts › dts", "did you mean 'dst'?"),
    ("dst: pas_fait", "dst: pas_fai", "facts › dst", "did you mean 'pas_fait'?"),
    ("dst: pas_fait", "date_dst: 2026-01-01", "facts", "add date_contact"),
    ("missions: [amont]", "missions: [amon]", "expect › missions", "did you mean 'amont'?"),
    ("missions: [amont]", "mission: [amont]", "expect › mission", "did you mean 'missions'?"),
    (", missions: [amont]", "", "expect", "'missions' is missing"),
    ("missions: [amont]", "missions: amont", "expect › missions", "a list is needed"),
    ("status: settled", "status: fixed", "expect › status", "known: "),
    ("missions: [amont]", "missions: [amont], reasons: [71]", "expect", "there is no statement 71"),
    ("title: Un cas", "titre: Un cas", "cases[0] › titre", "did you mean 'title'?"),
    ("title: Un cas", "title: Un cas\n    question: Q-Z", "question", "'Q-Z' is not known here"),
    (
        "title: Un cas",
        "title: Un cas\n    territory: {pause_month: 2}",
        "territory › pause_month",
        "did you mean 'pause_months'?",
    ),
    ("title: Un cas", "title: Un cas\n    territory: {option_n1: 1}", "territory › option_n1", "1 is not a bool"),
]


@pytest.mark.parametrize(("old", "new", "path", "words"), FAULTS, ids=[f[1][:40] or "no missions" for f in FAULTS])
def test_a_case_that_cannot_be_read_names_its_file_its_place_and_a_remedy(tmp_path, old, new, path, words):
    file = tmp_path / "cas.yaml"
    file.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(RulesetError) as refused:
        load_cases(file, RULESET)
    assert refused.value.file.endswith("cas.yaml")
    assert path in refused.value.path
    assert words in str(refused.value)


def test_an_empty_place_is_refused_and_a_folder_is_read_whole(tmp_path):
    with pytest.raises(RulesetError, match="no case here"):
        load_cases(tmp_path, RULESET)
    with pytest.raises(RulesetError, match="no such file"):
        load_cases(tmp_path / "absent", RULESET)
    inner = tmp_path / "coordination"
    inner.mkdir()
    for folder in (tmp_path, inner):
        (folder / "a.yaml").write_text(GOOD, encoding="utf-8")
    found = load_cases(tmp_path, RULESET)
    assert [case.said_by for case in found] == [TEXT, TEXT]


def test_an_answer_that_rests_on_a_convention_says_who_decided_it():
    case = next(c for c in CASES if c.title == "Trois mois de pause, là où le territoire en demande trois")
    advice = {a.message: a.params for a in judge(COMPILED, case).finding.advice}
    assert {"territory.pause_months", "territory.option_n1.oui"} <= advice.keys()
    assert advice["territory.pause_months"]["by"] == case.said_by
    text_alone = replace(case, territory={"option_n1": True})
    assert judge(COMPILED, text_alone).finding.status == "referred"


@pytest.mark.parametrize("statement", [34, 35, 36, 37, 38, 39, 41, 42, 53, 57])
def test_an_open_question_of_the_text_is_reached_as_a_referral(statement):
    referred = [v for v in (judge(COMPILED, case) for case in CASES) if v.finding.status == "referred"]
    assert any(statement in {r.statement for r in v.finding.reasons} for v in referred)
