"""The open questions in words: the same for the page and for the documents to send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from babel.dates import format_date, format_skeleton

from api.pages.facts_in_words import facts_line
from api.pages.open_point_in_words import question_alone
from api.review.open_questions import Group, Occurred
from bot.wording import Wording
from rules.model import Ruleset


@dataclass(frozen=True, slots=True)
class Question:
    """One open question. ``about``: who decides and why it is open; ``passages``: what the text says and where."""

    question: str
    about: str
    counted: str
    passages: tuple[str, ...]
    examples: tuple[str, ...]
    meanwhile: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """Questions that touch the same questions of the text; ``asked``: those, in the text's own terms."""

    title: str
    asked: tuple[str, ...]
    questions: tuple[Question, ...]


def chapters(groups: Sequence[Group], ruleset: Ruleset, words: Wording) -> list[Chapter]:
    return [_chapter(group, ruleset, words) for group in groups]


def _chapter(group: Group, ruleset: Ruleset, words: Wording) -> Chapter:
    touched = [s for s in ruleset.statements.values() if s.question in group.questions]
    asked = tuple(f"{s.question} : {words(f'statement.{s.number}')}" for s in touched)
    name = ", ".join(group.questions)
    title = (
        words("cler.group", questions=name, count=group.count) if name else words("cler.group.none", count=group.count)
    )
    return Chapter(title, asked, tuple(_question(zone, ruleset, words) for zone in group.zones))


def _question(zone: Occurred, ruleset: Ruleset, words: Wording) -> Question:
    who, why = words(f"replay.decider.{zone.point.decider}"), words(f"open_reason.{zone.point.reason}")
    last = format_skeleton("yMMMM", zone.last, locale=words.locale)
    counted = words("cler.counted", count=zone.count, territories=zone.territories, last=last, sent=zone.to_cler)
    return Question(
        question=question_alone(zone.point, words),
        about=words("cler.about", who=who, why=why),
        counted=counted,
        passages=tuple(_passage(number, ruleset, words) for number in zone.statements),
        examples=tuple(line for facts in zone.examples if (line := facts_line(facts, words))),
        meanwhile=tuple(_meanwhile(one.said, one.decided_on, words) for one in zone.doctrines),
    )


def _passage(number: int, ruleset: Ruleset, words: Wording) -> str:
    where = ruleset.statements[number].provenance
    said = words(f"statement.{number}")
    return words("cler.passage", number=number, said=said, document=where.document, passage=where.passage)


def _meanwhile(said: str, day: object, words: Wording) -> str:
    return words("cler.meanwhile", said=said, on=format_date(day, "long", words.locale))  # type: ignore[arg-type]
