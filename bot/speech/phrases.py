"""What can be said for each choice of a question: its label, other ways of saying it, delays and months in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from babel import Locale
from babel.dates import get_month_names
from dateutil.relativedelta import relativedelta

from bot.followup.asking import choice_said
from bot.showing import label
from bot.speech.spoken import as_said
from bot.wording import LOCALES, Wording
from rules.interview import UNKNOWN, Step

YES, NO = "yes", "no"
LONGEST_MONTHS, LONGEST_WEEKS, LONGEST_YEARS = 24, 8, 3
# What a number of weeks, months or years says, at the least: « trois mois » may be a few days less, or more.
SLACK = {"weeks": timedelta(days=3), "months": timedelta(days=10), "years": timedelta(days=45)}


def spoken_choices(step: Step, words: Wording) -> Mapping[str, str | None]:
    """What can be said now -> the id of its choice, None where it would fit two: that is for the buttons.

    Empty where a language has no phrases, or nothing is asked.
    """
    own = _phrases(words.language)
    if step.question is None or not own:
        return {}
    said: dict[str, set[str | None]] = {}
    for phrase, choice in _all(step, words, own):
        said.setdefault(phrase, set()).add(choice)
    return {phrase: choices.pop() if len(choices) == 1 else None for phrase, choices in said.items()}


def spoken_confirmations(language: str) -> Mapping[str, str]:
    """What can be said to « is that right? » -> YES or NO."""
    own = _phrases(language)
    return {plain(phrase): answer for answer in (YES, NO) for phrase in own.get(answer, ())}


def plain(text: str) -> str:
    """Small letters and blanks alone, as an engine is given a phrase."""
    kept = re.sub(r"[^\w' -]", " ", text.lower().replace("’", "'"))
    return re.sub(r"\s+", " ", kept).strip()


def _all(step: Step, words: Wording, own: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    assert step.question is not None  # noqa: S101  (told by the caller)
    offered = {choice.id for choice in step.choices}
    for choice in step.choices:
        yield plain(as_said(words.say(label(step.question, choice)), words.language)), choice.id
    for choice, phrases in own.get("questions", {}).get(step.question.id, {}).items():
        if choice in offered:
            yield from ((plain(phrase), choice) for phrase in phrases)
    yield from ((plain(phrase), UNKNOWN) for phrase in own["unknown"])
    if step.question.delay:
        for phrase, first, last in _times(_contact(step), words.language):
            facts = {step.question.delay: {"from": first.isoformat(), "to": last.isoformat()}}
            yield plain(phrase), choice_said(step.choices, facts)


def _contact(step: Step) -> date:
    said = step.situation.get("date_contact") or step.situation.get("aujourdhui")
    assert isinstance(said, date)  # noqa: S101  (a situation always has its day)
    return said


def _times(contact: date, language: str) -> Iterator[tuple[str, date, date]]:
    """Delays before the contact, and months of the year before it: a phrase, its first and its last day."""
    for unit, longest in (("weeks", LONGEST_WEEKS), ("months", LONGEST_MONTHS), ("years", LONGEST_YEARS)):
        for count in range(1, longest + 1):
            day, slack = contact - relativedelta(**{unit: count}), SLACK[unit]
            yield _delay(unit, count, language), day - slack, min(day + slack, contact)
    for month, name in get_month_names("wide", locale=Locale.parse(language, sep="-")).items():
        year = contact.year if month < contact.month else contact.year - 1
        first = date(year, month, 1)
        yield f"en {name}" if language == "fr" else f"in {name}", first, first + relativedelta(months=1, days=-1)


def _delay(unit: str, count: int, language: str) -> str:
    said = _phrases(language)["delays"][unit]
    return said["one" if count == 1 else "other"].format(count=count)


@cache
def _phrases(language: str) -> Mapping[str, Any]:
    file = Path(LOCALES) / language / "phrases.yaml"
    return yaml.safe_load(file.read_text("utf-8")) if file.is_file() else {}
