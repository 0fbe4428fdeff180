"""Why, why not, what if: what holds for every situation, and a few that were looked at."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

from rules.cases import situation_of, territory_of
from rules.conditions import holds
from rules.engine import examine
from rules.explaining.explain import explain
from rules.explaining.flips_of_two import find_flips_of_two
from rules.explaining.steps import Ground, steps
from rules.explaining.trace import part, trace
from tests.rules.situations import COMPILED, facts, situation
from tests.rules.test_cases import CASES

EXAMPLES = settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.filter_too_much],
)
MISSIONS = set(COMPILED.ruleset.missions)


def _outcome(finding):
    return finding.status, finding.missions, finding.open


@EXAMPLES
@given(facts)
def test_every_flip_of_two_changes_the_answer_as_it_says_and_neither_fact_does_so_alone(said):
    asked = situation(said)
    assume(asked is not None)
    before = examine(COMPILED, asked, final=True)
    found = find_flips_of_two(COMPILED, asked, None)
    for flip in found:
        assert len(flip.change) == 2
        after = examine(COMPILED, asked.with_facts(flip.change), final=True)
        assert after.missions == flip.missions
        assert _outcome(after) != _outcome(before)
        for fact, value in flip.change.items():
            alone = examine(COMPILED, asked.with_facts({fact: value}), final=True)
            assert _outcome(alone) != _outcome(after)


@EXAMPLES
@given(facts)
def test_no_flip_of_two_leads_where_another_flip_leads(said):
    asked = situation(said)
    assume(asked is not None)
    found = find_flips_of_two(COMPILED, asked, None)
    outcomes = [_outcome(examine(COMPILED, asked.with_facts(f.change), final=True)) for f in found]
    assert len(outcomes) == len({repr(o) for o in outcomes})
    by_one = {f.missions for f in examine(COMPILED, asked, final=True).flips if f.missions}
    assert not by_one & {f.missions for f in found}
    assert [bool(f.missions) for f in found] == sorted((bool(f.missions) for f in found), reverse=True)


@EXAMPLES
@given(facts)
def test_every_other_mission_is_accounted_for_and_its_nearest_change_leads_to_it(said):
    asked = situation(said)
    assume(asked is not None)
    explanation = explain(COMPILED, asked)
    others = {o.mission: o for o in explanation.others}
    assert others.keys() == MISSIONS - set(explanation.finding.missions)
    assert {m for m, o in others.items() if o.reasons} == {e.mission for e in explanation.finding.excluded}
    for other in others.values():
        assert not (other.reasons and other.still_possible)
        if other.nearest is not None:
            after = examine(COMPILED, asked.with_facts(other.nearest.change), final=True)
            assert other.mission in after.missions == other.nearest.missions
            for fact in other.nearest.change:
                less = {f: v for f, v in other.nearest.change.items() if f != fact}
                assert other.mission not in examine(COMPILED, asked.with_facts(less), final=True).missions


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_from_every_case_a_change_to_every_other_mission_is_found(case):
    explanation = explain(COMPILED, situation_of(case, COMPILED.ruleset), territory_of(case))
    assert [o.mission for o in explanation.others if o.nearest is None and not case.territory] == []


def _case(title):
    case = next(c for c in CASES if c.title == title)
    return situation_of(case, COMPILED.ruleset), territory_of(case)


def test_what_keeps_a_continuous_support_from_being_an_n1_is_the_pause():
    asked, territory = _case("Un an après le DST, mais le ménage n'a jamais été lâché")
    n1 = next(o for o in explain(COMPILED, asked, territory).others if o.mission == "suivi_n1")
    assert [r.statement for r in n1.reasons] == [21]
    assert n1.nearest.change["accompagnement_continu"] is False
    assert n1.nearest.missions == ("suivi_n1",)


def test_two_facts_make_an_n1_of_a_support_that_goes_on():
    asked, territory = _case("Un an après le DST, mais le ménage n'a jamais été lâché")
    asked = asked.with_facts({"sr": "termine"})
    flips = {f.missions: f.change for f in find_flips_of_two(COMPILED, asked, territory) if f.missions}
    one_fact = {f.missions for f in examine(COMPILED, asked, territory).flips}
    assert ("suivi_n1",) in flips.keys() | one_fact


def test_a_day_is_moved_to_the_nearest_day_of_the_other_zone():
    asked = situation({"date_contact": "2026-11-16", "date_dernier_accompagnement": "2026-09-01"})
    moves = {s.value: s.change["date_dernier_accompagnement"] for s in steps(Ground(COMPILED, asked, None), "pause")}
    assert moves["un_mois_ou_moins"] == date(2026, 10, 16)
    assert moves["quelques_mois"] == date(2026, 7, 16)
    assert "a_trancher" not in moves


def test_what_a_territory_decided_is_no_step():
    asked, territory = _case("Le N+1 dans un territoire qui n'a pas pris l'option")
    assert list(steps(Ground(COMPILED, asked, territory), "option_n1")) == []
    n1 = next(o for o in explain(COMPILED, asked, territory).others if o.mission == "suivi_n1")
    assert (n1.nearest, [r.statement for r in n1.reasons]) == (None, [13, 33])


@EXAMPLES
@given(facts)
def test_the_trace_says_of_every_condition_what_the_engine_says(said):
    asked = situation(said)
    assume(asked is not None)
    found = trace(COMPILED, asked)
    known = {t.id: frozenset(t.possible) for t in found.traits}
    for traced, rule in zip(found.rules, COMPILED.ruleset.rules, strict=True):
        assert (traced.id, traced.condition.verdict) == (rule.id, holds(rule.when, known))
        assert _sound(traced.condition)
    finding = examine(COMPILED, asked, final=True)
    if finding.status == "settled":
        assert found.answers == (("settled", *finding.missions),)
        assert all(asked.followed for asked in found.path)


def _sound(node):
    """Whether the parts that decide are enough for the verdict of the whole."""
    if node.kind == "is":
        return True
    deciding = [p for p in node.parts if p.decides]
    if node.decides and node.parts:
        wanted = None if node.verdict is None else node.verdict != (node.kind == "not")
        assert deciding and all(p.verdict is wanted for p in deciding)
    return all(_sound(p) for p in node.parts)


def test_a_term_is_named_where_a_rule_uses_it():
    known = {t.id: frozenset(t.domain) for t in COMPILED.ruleset.traits.values()}
    names = {condition: name for name, condition in COMPILED.ruleset.terms.items()}
    rule = next(r for r in COMPILED.ruleset.rules if r.id == "sr_en_continu")
    whole = part(rule.when, known, names)
    assert {"apres_dst", "continuite"} <= {p.term for p in whole.parts}
