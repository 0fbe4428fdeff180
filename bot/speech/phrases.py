"""What can be said for each choice of a question: its label, its place, other ways of saying it, delays and months."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from bot.followup.asking import choice_said
from bot.showing import label
from bot.speech.own_words import own_words, plain
from bot.speech.spoken import as_said
from bot.speech.times import times
from bot.wording import Wording
from rules.interview import UNKNOWN, Step
from rules.model import Question

YES, NO = "yes", "no"
MOST_PLACES = 6  # of more, an ear confuses too many: « le cinq » and « le sept », « la treizième » and « la troisième »
Said = Iterator[tuple[str, str | None]]


def spoken_choices(step: Step, words: Wording) -> Mapping[str, str | None]:
    """What can be said now -> the id of its choice, None where it would fit two: that is for the buttons.

    Empty where a language has no phrases, or nothing is asked.
    """
    own = own_words(words.language)
    if step.question is None or not own:
        return {}
    said: dict[str, set[str | None]] = {}
    for phrase, choice in _all(step, step.question, words, own):
        said.setdefault(plain(phrase, words.language), set()).add(choice)
    for phrase, other in own.get("sounds_like", {}).items():
        if phrase in said:
            said[phrase] |= said.get(other, set())
    return {phrase: choices.pop() if len(choices) == 1 else None for phrase, choices in said.items()}


def spoken_confirmations(language: str) -> Mapping[str, str]:
    """What can be said to « is that right? » -> YES or NO."""
    own = own_words(language)
    return {plain(phrase, language): answer for answer in (YES, NO) for phrase in own.get(answer, ())}


def _all(step: Step, question: Question, words: Wording, own: Mapping[str, Any]) -> Said:
    for choice in step.choices:
        yield as_said(words.say(label(question, choice)), words.language), choice.id
    phrases = own["questions"].get(question.id, {})
    for choice in step.choices:
        yield from ((phrase, choice.id) for phrase in phrases.get(choice.id, ()))
    yield from ((phrase, UNKNOWN) for phrase in own["unknown"])
    yield from _places(step, own)
    if question.delay:
        for phrase, first, last in times(_contact(step), own, words.language):
            days = {"from": first and first.isoformat(), "to": last.isoformat()}
            yield phrase, choice_said(step.choices, {question.delay: days})


def _places(step: Step, own: Mapping[str, Any]) -> Said:
    """The place of a choice in the list, as it is shown and typed."""
    for choice, number, rank in zip(step.choices[:MOST_PLACES], own["numbers"], own["ranks"], strict=False):
        yield from ((place.format(n=number, nth=rank), choice.id) for place in own["places"])
    yield from ((phrase, step.choices[-1].id) for phrase in own["last"])


def _contact(step: Step) -> date:
    said = step.situation.get("date_contact") or step.situation.get("aujourdhui")
    assert isinstance(said, date)  # noqa: S101  (a situation always has its day)
    return said
