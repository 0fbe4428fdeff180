"""What can be said covers every choice of every question, and chooses one or says that it fits several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from itertools import chain

import pytest

from bot.speech.own_words import own_words, plain
from bot.speech.phrases import NO, YES, spoken_choices, spoken_confirmations
from bot.speech.spoken import as_said
from bot.wording import wording
from rules.interview import UNKNOWN, Interviewer, Step
from rules.situation import parse
from tests.rules.situations import COMPILED

INTERVIEWER = Interviewer(COMPILED)
QUESTIONS = {question.id: question for question in COMPILED.ruleset.questions}
TODAY = date(2026, 4, 21)
DELAYS = sorted(name for name, question in QUESTIONS.items() if question.delay)
LANGUAGES = ("fr", "en")


def step(question: str, today: date = TODAY) -> Step:
    """The question with all its choices, nothing known before."""
    asked = QUESTIONS[question]
    situation = parse(COMPILED.ruleset.vocabulary, {}, today, ranges=True)
    return Step(situation, asked, INTERVIEWER.all_choices(asked, today), None)


def said(question: str, language: str = "fr", today: date = TODAY) -> Mapping[str, str | None]:
    return spoken_choices(step(question, today), wording(language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("question", QUESTIONS)
def test_every_choice_has_at_least_two_phrases(question: str, language: str) -> None:
    found = said(question, language)
    ways = Counter(found.values())
    assert {choice.id for choice in step(question).choices} | {UNKNOWN} <= set(ways)
    assert min(ways[choice.id] for choice in step(question).choices) >= 2, ways
    assert all(phrase == plain(phrase, language) == plain(as_said(phrase, language), language) for phrase in found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_of_the_file_serves_two_choices_or_one_that_is_not_there(language: str) -> None:
    own = own_words(language)
    assert set(own["questions"]) == {name for name, question in QUESTIONS.items() if question.choices}
    for question, choices in own["questions"].items():
        assert set(choices) == {choice.id for choice in QUESTIONS[question].choices}, question
        phrases = [plain(one, language) for one in [*own["unknown"], *chain(*choices.values())]]
        assert [phrase for phrase, count in Counter(phrases).items() if count > 1] == [], question


@pytest.mark.parametrize(
    ("question", "phrase", "choice"),
    [
        ("dst", "le 2", "en_cours"),
        ("dst", "le numéro trois", "sans_orientation"),
        ("dst", "La deuxième.", "en_cours"),
        ("dst", "la dernière", "sr_termine"),
        ("but", "les deux", "suivi_et_mesure"),
        ("but", "le deux", None),
        ("option_n1", "le numéro deux", "n1"),
        ("accompagnement_continu", "le deux", "m0_1"),
        ("accompagnement_continu", "deux mois", "m1_4"),
        ("accompagnement_continu", "2 mois", "m1_4"),
        ("accompagnement_continu", "il y a six mois", "m4_12"),
        ("accompagnement_continu", "deux ans", "m12_"),
        ("accompagnement_continu", "plus d'un an", "m12_"),
        ("accompagnement_continu", "moins d'un mois", "m0_1"),
        ("accompagnement_continu", "Trois semaines", "m0_1"),
        ("accompagnement_continu", "quatre mois", None),
        ("accompagnement_continu", "en octobre", "m4_12"),
        ("accompagnement_continu", "en février", "m1_4"),
        ("date_fin_sr", "je ne sais pas", UNKNOWN),
    ],
)
def test_a_place_a_delay_and_a_month_choose_what_they_say(question: str, phrase: str, choice: str | None) -> None:
    assert said(question)[plain(phrase, "fr")] == choice


@pytest.mark.parametrize(
    ("question", "phrase", "choice"),
    [
        ("dst", "number two", "en_cours"),
        ("dst", "The third one.", "sans_orientation"),
        ("dst", "the last one", "sr_termine"),
        ("dst", "the fifth one", None),
        ("but", "both", "suivi_et_mesure"),
        ("issue_contact", "the household said no", "refuse"),
        ("accompagnement_continu", "two months", "m1_4"),
        ("accompagnement_continu", "2 months ago", "m1_4"),
        ("accompagnement_continu", "for six months", "m4_12"),
        ("accompagnement_continu", "a week", "m0_1"),
        ("accompagnement_continu", "one week ago", "m0_1"),
        ("accompagnement_continu", "two years", "m12_"),
        ("accompagnement_continu", "more than a year ago", "m12_"),
        ("accompagnement_continu", "a year and a half", "m12_"),
        ("accompagnement_continu", "less than a month", "m0_1"),
        ("accompagnement_continu", "four months", None),
        ("accompagnement_continu", "in October", "m4_12"),
        ("accompagnement_continu", "since February", "m1_4"),
        ("date_fin_sr", "I don’t know", UNKNOWN),
    ],
)
def test_a_place_a_delay_and_a_month_choose_what_they_say_in_english(
    question: str, phrase: str, choice: str | None
) -> None:
    assert said(question, "en")[plain(phrase, "en")] == choice


@pytest.mark.parametrize("question", DELAYS)
def test_the_month_of_the_contact_may_be_that_of_a_year_ago(question: str) -> None:
    assert said(question)["en avril"] is None
    assert said(question, today=date(2026, 5, 2))["en avril"] is None
    assert said(question, today=date(2026, 5, 31))["en avril"] is None
    assert said(question, today=date(2026, 6, 15))["en avril"] == "m1_4"


def test_a_yes_is_never_a_no() -> None:
    answers = spoken_confirmations("fr")
    assert (answers["oui"], answers["non"]) == (YES, NO)
    assert answers[plain("Non, ce n’est pas ça.", "fr")] == NO
    answers = spoken_confirmations("en")
    assert (answers["yes"], answers["no"], answers[plain("No, that’s not it.", "en")]) == (YES, NO, NO)


def test_a_language_without_phrases_says_nothing() -> None:
    assert own_words("pt") == {}
    assert spoken_confirmations("pt") == {}
