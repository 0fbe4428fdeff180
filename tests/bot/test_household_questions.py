"""What a household can be asked: each choice says a fact that the interview takes, cut where the interview cuts."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.followup.catalog import catalog, household_languages
from bot.followup.page_keys import PAGE, page_key
from bot.followup.page_words import SLOTS, page_text
from bot.followup.questions import FILE, household_questions, load_questions
from bot.followup.reading import passages
from bot.followup.templates import templates
from rules.errors import RulesetError
from rules.interview import UNKNOWN, Interviewer
from rules.situation import parse
from tests.rules.situations import COMPILED

INTERVIEWER = Interviewer(COMPILED)
QUESTIONS = household_questions()
DAY = date(2026, 11, 25)
DELAYS = [question.id for question in QUESTIONS.values() if question.kind == "delay"]


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_choice_fills_its_one_fact_or_leaves_it_unknown(name):
    question, vocabulary = QUESTIONS[name], INTERVIEWER.compiled.ruleset.vocabulary
    assert list(question.choices)[-1] == UNKNOWN
    assert dict(question.facts_on(UNKNOWN, DAY)) == {}
    told = [question.facts_on(choice, DAY) for choice in question.choices]
    assert {fact for facts in told for fact in facts} == {question.fact}
    for facts in told:
        assert set(parse(vocabulary, facts, DAY, ranges=True).record()) >= set(facts)


@pytest.mark.parametrize("name", DELAYS)
def test_a_delay_is_cut_on_every_day_where_the_interview_cuts_it(name):
    question, asked = QUESTIONS[name], INTERVIEWER.question(name)
    for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(366 + 31)):
        theirs = [choice.facts[name] for choice in INTERVIEWER.all_choices(asked, day)]
        ours = [dict(question.facts_on(choice, day)[name]) for choice in question.choices if choice != UNKNOWN]
        assert ours == theirs, day


def test_three_of_the_questions_are_those_of_the_interview():
    interview = {question.id for question in INTERVIEWER.compiled.ruleset.questions}
    assert interview & QUESTIONS.keys() == {"dst", "date_derniere_visite", "date_dernier_accompagnement"}


def test_a_choice_that_is_not_offered_is_refused():
    with pytest.raises(KeyError):
        QUESTIONS["demenage"].facts_on("peut_etre", DAY)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("questions: {demenage: {kind: boul, choices: {}}}", "unknown 'boul'"),
        ("questions: {demenage: {kind: bool, choices: {oui: {occupation: x}}}}", "occupation"),
        ("questions: {demenage: {kind: bool, choices: {inconnu: {}}}}", "cannot be a choice's id"),
        ("questions: {date_dst: {kind: delay, choices: {a: {months: [4, 1]}}}}", "two numbers of months"),
        ("questions: []", "a mapping is needed"),
    ],
)
def test_a_wrong_file_is_refused_by_its_path(text: str, named: str, tmp_path: Path):
    (tmp_path / FILE).write_text(text)
    with pytest.raises(RulesetError, match=named):
        load_questions(tmp_path)


@pytest.mark.parametrize("language", household_languages())
def test_the_words_around_a_message_have_no_slot_left_open(language):
    words = catalog(language)
    for name in PAGE:
        said = page_text(name, words, SLOTS[name].example) if name in SLOTS else page_text(name, words)
        assert said and "{" not in said
    assert page_text("letter_call", words, "0123456789").count("01 23 45 67 89") == 1


def test_a_reader_sees_the_words_around_a_message_with_example_values():
    shown = {p.key: p for p in passages("page", catalog("ar"), catalog("fr"), templates())}
    assert "01 23 45 67 89" in shown[page_key("letter_call")].translated
    assert "{" not in "".join(p.french + p.translated for p in shown.values())
