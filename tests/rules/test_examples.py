"""The worked examples beside the rules, and what they must cover."""

from __future__ import annotations

from datetime import date

import pytest

from rules.engine import examine
from rules.model import Convention, Territory
from rules.situation import parse
from tests.rules.situations import COMPILED, VOCABULARY

EXAMPLES = COMPILED.ruleset.examples
YEAR_END = date(2026, 12, 31)


def _territory(said):
    if not said:
        return None
    decided = {k: Convention(v, "Comité de pilotage", date(2026, 1, 15)) for k, v in said.items()}
    return Territory("essai", "Territoire d'essai", {k: v for k, v in decided.items() if k != "pause_months"},
                     decided.get("pause_months"))  # fmt: skip


def _plain(facts):
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in facts.items()}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.title)
def test_a_worked_example_answers_as_it_says(example):
    asked = parse(VOCABULARY, _plain(example.facts), YEAR_END)
    found = examine(COMPILED, asked, _territory(example.territory))
    excluded = {e.mission: {r.statement for r in e.reasons} for e in found.excluded}
    cited = {r.statement for r in found.reasons}
    for key, wanted in example.expect.items():
        match key:
            case "reasons":
                assert set(wanted) <= cited
            case "excluded":
                assert all(set(numbers) <= excluded.get(m, set()) for m, numbers in wanted.items())
            case "open":
                assert {"reason": found.open.reason, "decider": found.open.decider} == wanted
            case _:
                got = getattr(found, key)
                assert (list(got) if isinstance(got, tuple) else got) == wanted


def test_an_answer_that_rests_on_a_convention_says_who_decided_it():
    facts = {
        "dst": "fait",
        "date_dst": "2026-01-10",
        "date_contact": "2026-04-21",
        "sr": "aucun",
        "but": "accompagner",
        "accompagnement_continu": False,
        "cadre_contact": "suivi",
        "action": "bilan",
        "issue_contact": "joint",
    }
    asked = parse(VOCABULARY, facts, YEAR_END)
    found = examine(COMPILED, asked, _territory({"pause_months": 3, "option_n1": True}))
    assert found.missions == ("suivi_n1",)
    assert {"territory.pause_months", "territory.option_n1.oui"} <= {a.message for a in found.advice}
    assert examine(COMPILED, asked, _territory({"option_n1": True})).status == "referred"


def test_every_question_of_the_report_but_sare_has_a_worked_example():
    asked = {e.question for e in EXAMPLES if e.question}
    assert asked == {f"Q-{letter}" for letter in "ABCDEFGH"}


def test_every_rule_is_reached_by_an_example():
    reached = set()
    for example in EXAMPLES:
        asked = parse(VOCABULARY, _plain(example.facts), YEAR_END)
        found = examine(COMPILED, asked, _territory(example.territory))
        reached |= {found.missions} if found.missions else {found.open.question}
    for rule in COMPILED.ruleset.rules:
        assert (rule.open.question if rule.open else rule.missions) in reached, rule.id


@pytest.mark.parametrize("statement", [34, 35, 36, 37, 38, 39, 41, 42, 53, 57])
def test_an_open_question_of_the_text_can_be_reached_as_a_referral(statement):
    rules = [r for r in COMPILED.ruleset.rules if r.open for c in r.reasons if c.reason.statement == statement]
    clashes = [c for c in COMPILED.ruleset.contradictions for r in c.reasons if r.statement == statement]
    assert rules or clashes
