"""The order of the questions changes how long the interview is, and never what it answers."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rules.asking import next_question
from rules.engine import examine, look
from rules.errors import RulesetError
from rules.interview import UNKNOWN, Interviewer
from rules.load import SLIME_PLUS, load_ruleset
from rules.order import QuestionOrder
from rules.situation import parse
from tests.rules.situations import COMPILED, TODAY, facts, situation

EXAMPLES = settings(max_examples=60, deadline=None)
FIRST = COMPILED.ruleset.questions[:6]
INTERVIEWER = Interviewer(COMPILED)
cases = st.fixed_dictionaries({q.id: st.sampled_from(INTERVIEWER.all_choices(q, TODAY)) for q in FIRST})
IDS = [q.id for q in FIRST]
SOME_ORDERS = (IDS, IDS[::-1], IDS[3:] + IDS[:3], IDS[1::-1] + IDS[2:])
orders = st.sampled_from([QuestionOrder(tuple(ids)) for ids in SOME_ORDERS])


@cache
def _in(order):
    return replace(COMPILED, ruleset=replace(COMPILED.ruleset, order=order), kept={})


def _led(compiled, case):
    """The finding at the end of the interview when the case is answered."""
    said = {fact: value for choice in case.values() for fact, value in choice.facts.items()}
    raw, asked = {}, frozenset()
    while (name := next_question(look(compiled, _parsed(raw)), asked)) is not None:
        choices = INTERVIEWER.all_choices(INTERVIEWER.question(name), TODAY)
        true = next(c for c in choices if all(said.get(f) == v for f, v in c.facts.items()))
        raw, asked = {**raw, **true.facts}, asked | {name, *true.facts}
    return examine(compiled, _parsed(raw), final=True)


def _parsed(raw):
    return parse(COMPILED.ruleset.vocabulary, raw, TODAY, ranges=True)


@EXAMPLES
@given(cases, orders)
def test_any_order_of_the_questions_gives_the_same_answer(case, order):
    known = look(COMPILED, _parsed({f: v for choice in case.values() for f, v in choice.facts.items()}))
    assume(known.still.answers)
    pinned, other = _led(COMPILED, case), _led(_in(order), case)
    assert (pinned.status, pinned.missions, pinned.open) == (other.status, other.missions, other.open)
    assert not pinned.missing


@settings(max_examples=30, deadline=None)
@given(facts, orders)
def test_the_order_never_changes_a_finding_but_for_the_question_it_names(said, order):
    asked = situation(said)
    assume(asked is not None)
    pinned, other = examine(COMPILED, asked), examine(_in(order), asked)
    assert replace(pinned.conclusion, next_question=None) == replace(other.conclusion, next_question=None)
    assert pinned.flips == other.flips
    assert (pinned.next_question is None) == (other.next_question is None)


@settings(max_examples=10, deadline=None)
@given(cases, st.sets(st.sampled_from([q.id for q in FIRST]), min_size=1, max_size=3))
def test_the_interview_ends_only_where_nothing_that_is_left_to_ask_would_settle_it(case, unknown):
    interview = INTERVIEWER.start(TODAY)
    while (step := INTERVIEWER.step(interview)).question is not None:
        wanted = case.get(step.question.id)
        offered = {c.id for c in step.choices}
        known = wanted is not None and step.question.id not in unknown and wanted.id in offered
        interview = INTERVIEWER.answer(interview, wanted.id if known else UNKNOWN)
    assume(step.finding.status == "referred" and step.finding.missing)
    asked = {a.question for a in interview.answers}
    vain = {f for a in interview.answers if a.choice == UNKNOWN for f in INTERVIEWER.question(a.question).facts}
    more = {f: v for q, c in case.items() if q not in asked | unknown for f, v in c.facts.items() if f not in vain}
    later = _parsed({**step.situation.record(), **more})
    assert len(look(COMPILED, later).still.answers) != 1


def test_what_only_narrows_the_candidates_is_not_asked_after_i_do_not_know():
    interview = INTERVIEWER.start(TODAY)
    for choice in ("aide_dossier", "sr_en_cours", UNKNOWN):
        interview = INTERVIEWER.answer(interview, choice)
    found = INTERVIEWER.step(interview).finding
    assert found is not None
    assert "accompagnement_continu" in found.missing


def test_what_can_settle_all_the_same_is_asked_after_i_do_not_know():
    interview = INTERVIEWER.start(TODAY)
    for choice in ("bilan", "accompagner", "sans_sr", "m12_"):
        interview = INTERVIEWER.answer(interview, choice)
    other = Interviewer(_in(QuestionOrder(("action", "but", "dst", "accompagnement_continu", "option_n1"))))
    assert other.step(interview).question.id == "option_n1"
    assert other.step(other.answer(interview, UNKNOWN)).question.id == "issue_contact"


def test_a_question_that_says_a_part_comes_in_the_place_of_the_one_that_says_all():
    asked = situation({"action": "conseil", "but": "les_deux", "cadre_contact": "evaluation"})
    assert examine(COMPILED, asked).next_question == "option_evaluation"
    ids = [q.id for q in COMPILED.ruleset.order.sorted(COMPILED.ruleset.questions, asked)]
    assert ids.index("option_evaluation") == ids.index("option_n1") + 1


@pytest.fixture
def ordered(tmp_path):
    folder = tmp_path / "rules"
    shutil.copytree(SLIME_PLUS, folder)

    def write(text):
        (folder / "order.yaml").write_text(text, encoding="utf-8")
        return folder

    return write


def test_the_order_is_no_part_of_the_version(ordered):
    folder = ordered("order: [dst, but]")
    assert load_ruleset(folder).id == COMPILED.ruleset.id
    assert load_ruleset(folder).order.default == ("dst", "but")
    (folder / "order.yaml").unlink()
    assert load_ruleset(folder).id == COMPILED.ruleset.id
    assert load_ruleset(folder).order == QuestionOrder()


# What the file says, and the words of the refusal.
FAULTS = [
    ("order: [action, bu]", "order.yaml › order[1]: 'bu' is not known here; did you mean 'but'?"),
    ("order: [action, but, action]", "order.yaml › order[2]: 'action' is written twice; keep one of the two"),
    ("order: []", "order.yaml › order: the list is empty; known: action, but"),
    ("orders: [action]", "order.yaml › orders: unknown key 'orders'; did you mean 'order'?"),
    ("order: action", "order.yaml › order: a list is needed, not 'action'"),
    ("after: []", "order.yaml › : 'order' is missing"),
    (
        "order: [action]\nafter: [{when: {action: [bilam]}, order: [but]}]",
        "order.yaml › after[0] › when › action[0]: 'bilam' is not known here; did you mean 'bilan'?",
    ),
    (
        "order: [action]\nafter: [{when: {actio: [bilan]}, order: [but]}]",
        "order.yaml › after[0] › when: 'actio' is not known here; did you mean 'action'?",
    ),
    (
        "order: [action]\nafter: [{when: {option_n1: [oui]}, order: [but]}]",
        "order.yaml › after[0] › when › option_n1: not a fact with a list of values; use such a fact, as action",
    ),
    (
        "order: [action]\nafter: [{when: {}, order: [but]}]",
        "order.yaml › after[0] › when: one fact with its values, not {}; write it as action: [bilan, conseil]",
    ),
    (
        "order: [action]\n"
        "after: [{when: {action: [bilan]}, order: [but]}, {when: {action: [conseil, bilan]}, order: [dst]}]",
        "order.yaml › after[1] › when: 'action' may be answered by after[0] as well; one fact decides the order",
    ),
]


@pytest.mark.parametrize(("text", "words"), FAULTS, ids=[words.split(":")[0] + words[-14:] for _, words in FAULTS])
def test_a_wrong_order_is_refused_with_its_place_and_a_hint(ordered, text, words):
    with pytest.raises(RulesetError) as refused:
        load_ruleset(ordered(text))
    assert str(refused.value).startswith(words)
