"""The answers an interview was made of, from the facts it came to. Pure; for those who read a logged question.

The log keeps facts, not answers. Asked again under the same rules, the interview takes the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from rules.errors import SituationError
from rules.interview import TYPED, UNKNOWN, Answer, Interview, Interviewer
from rules.model import Choice, Question

MOST_QUESTIONS = 40


@dataclass(frozen=True, slots=True)
class Recalled:
    """``interview``: the questions as they were asked, and answered, with what was told without a question;
    ``beside``: facts that came otherwise."""

    interview: Interview
    beside: Mapping[str, object]


def recalled(interviewer: Interviewer, facts: Mapping[str, object], asked_on: date) -> Recalled:
    """The interview that gives these facts (a record of a situation) on that day."""
    said = {name: _plain(value) for name, value in facts.items()}
    interview = interviewer.start(date.fromisoformat(str(said.get("aujourdhui", asked_on.isoformat()))))
    for _ in range(MOST_QUESTIONS):
        step = interviewer.step(interview)
        if step.question is None:
            break
        choice = _choice(step.question, step.choices, said)
        told = {fact: said[fact] for fact in step.question.facts if fact in said and fact not in interview.told}
        try:
            if choice == UNKNOWN and told:
                interview = interviewer.tell(interview, told)
            else:
                interview = interviewer.answer(interview, choice)
        except SituationError:  # a day that these answers do not allow: it was not typed here
            interview = replace(interview, answers=(*interview.answers, Answer(step.question.id, UNKNOWN)))
    told = {name: _plain(value) for name, value in interviewer.situation(interview).record().items()}
    days = ("aujourdhui", "date_contact")
    usual = all(said.get(day) in (None, interview.started.isoformat()) for day in days)
    left = {name: value for name, value in said.items() if told.get(name) != value and not (usual and name in days)}
    return Recalled(interview, left)


def _choice(question: Question, choices: tuple[Choice, ...], said: Mapping[str, object]) -> str:
    fitting = [one for one in choices if all(said.get(fact) == _plain(value) for fact, value in one.facts.items())]
    if fitting:
        return max(fitting, key=lambda one: len(one.facts)).id
    day = said.get(question.delay) if question.delay else None
    return f"{TYPED}{day}" if isinstance(day, str) else UNKNOWN


def _plain(value: object) -> object:
    """A value as a record has it."""
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
