"""What holds for every situation, whatever the rules say."""

from __future__ import annotations

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rules.engine import examine
from rules.errors import SituationError
from rules.situation import parse
from tests.rules.situations import COMPILED, TODAY, VOCABULARY, facts, situation

EXAMPLES = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
STRENGTH = {"open": 0, "inferred": 1, "stated": 2}


@EXAMPLES
@given(facts, facts)
def test_a_settled_answer_never_changes_when_more_facts_agree(said, more):
    before, after = situation(said), situation({**more, **said})
    assume(before is not None and after is not None)
    first, then = examine(COMPILED, before), examine(COMPILED, after)
    if first.status == "settled" and (then.open is None or then.open.reason != "facts_contradictory"):
        named = then.open is not None and any(r.message.startswith("contradiction.") for r in then.reasons)
        assert named or (then.status, then.missions) == ("settled", first.missions)
        assert named or STRENGTH[then.certainty] >= STRENGTH[first.certainty]


@EXAMPLES
@given(facts, st.randoms())
def test_the_order_of_the_facts_does_not_matter(said, random):
    shuffled = list(said.items())
    random.shuffle(shuffled)
    one, other = situation(said), situation(dict(shuffled))
    assume(one is not None)
    assert examine(COMPILED, one) == examine(COMPILED, other)


@EXAMPLES
@given(facts, st.text(min_size=1).filter(lambda name: name not in VOCABULARY.facts))
def test_no_fact_outside_the_contract_matters(said, name):
    assume(situation(said) is not None)
    try:
        parse(VOCABULARY, {**said, name: True}, TODAY)
    except SituationError as error:
        assert {e.code for e in error.errors} == {"unknown_fact"}
    else:
        raise AssertionError(f"{name!r} was taken in")


def test_a_fact_that_decides_only_through_another_is_missing():
    said = {"dst": "fait", "sr": "termine", "date_fin_sr": "2026-05-04", "but": "accompagner"}
    more = {"cadre_contact": "suivi", "action": "bilan", "option_n1": True, "issue_contact": "joint"}
    asked = situation({**said, **more})
    found = examine(COMPILED, asked)
    assert found.missing == ("accompagnement_continu",)
    assert found.next_question == "accompagnement_continu"


@EXAMPLES
@given(facts)
def test_what_is_not_settled_or_decided_by_somebody_says_what_is_missing(said):
    asked = situation(said)
    assume(asked is not None)
    found = examine(COMPILED, asked)
    if found.status == "asking":
        assert found.missing
        assert found.next_question in found.missing


@EXAMPLES
@given(facts)
def test_every_answer_has_a_reason_with_a_source(said):
    asked = situation(said)
    assume(asked is not None)
    found = examine(COMPILED, asked, final=True)
    if not found.missing and not (found.open and found.open.question == "ask.facts_contradictory"):
        assert found.reasons
    for reason in (*found.reasons, *(r for e in found.excluded for r in e.reasons)):
        assert COMPILED.ruleset.statements[reason.statement].provenance.passage


@EXAMPLES
@given(facts)
def test_every_flip_really_changes_the_answer_as_it_says(said):
    asked = situation(said)
    assume(asked is not None)
    found = examine(COMPILED, asked, final=True)
    for flip in found.flips:
        after = examine(COMPILED, asked.with_facts(flip.change), final=True)
        assert after.missions == flip.missions
        assert (after.status, after.missions, after.open) != (found.status, found.missions, found.open)


@EXAMPLES
@given(facts)
def test_an_excluded_mission_is_never_answered_nor_a_candidate(said):
    asked = situation(said)
    assume(asked is not None)
    found = examine(COMPILED, asked)
    ruled_out = {e.mission for e in found.excluded}
    assert not ruled_out & {*found.missions, *found.candidates}


@EXAMPLES
@given(facts)
def test_what_is_settled_says_why_it_is_none_of_the_other_follow_up_missions(said):
    asked = situation(said)
    assume(asked is not None)
    found = examine(COMPILED, asked)
    if found.status == "settled":
        accounted = {*found.missions, *(e.mission for e in found.excluded)}
        wanted = {"soutien_renforce", "suivi_n1"}
        assert wanted <= accounted, (said, wanted - accounted)


@EXAMPLES
@given(facts)
def test_the_box_ticked_in_solidiag_never_decides(said):
    free = {k: v for k, v in said.items() if k != "orientation_cochee_terminee"}
    answers = set()
    for ticked in (True, False, None):
        asked = situation({**free, "orientation_cochee_terminee": ticked})
        assume(asked is not None)
        found = examine(COMPILED, asked)
        answers.add(repr((found.status, found.missions, found.certainty, found.open)))
    assert len(answers) == 1
