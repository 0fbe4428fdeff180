"""What the text leaves open, as it occurred: grouped by the text's own questions, for whoever can answer them.

An example tells nothing that could name somebody: no day, no token, no territory, and no household has a name here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from api.storage.doctrines import IN_FORCE, Doctrine, doctrines_of
from api.storage.open_questions import Count, Span, count_zones, examples
from api.storage.review_schema import reviews
from api.storage.store import Store
from rules.doctrine import grey_zones
from rules.model import OpenPoint, Ruleset

EXAMPLES = 3
LEFT_OUT = frozenset({"aujourdhui", "date_contact", "occupation", "meme_visiteur", "demenage"})


@dataclass(frozen=True, slots=True)
class Occurred:
    """A zone as it occurred. ``examples``: facts, days as months; ``doctrines``: what territories do meanwhile."""

    zone: str
    point: OpenPoint
    statements: tuple[int, ...]
    count: int
    territories: int
    last: datetime
    to_cler: int
    examples: tuple[Mapping[str, object], ...]
    doctrines: tuple[Doctrine, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The zones that touch the same questions of the text; ``questions``: their ids, none where the text asks none."""

    questions: tuple[str, ...]
    zones: tuple[Occurred, ...]

    @property
    def count(self) -> int:
        return sum(zone.count for zone in self.zones)


def open_questions(store: Store, ruleset: Ruleset, span: Span) -> list[Group]:
    """Every open question that occurred, the most frequent group first."""
    zones = grey_zones(ruleset)
    with store.engine.connect() as connection:
        counted = count_zones(connection, tuple(zones), span)
        shown = {one.zone: examples(connection, one.zone, span, EXAMPLES) for one in counted}
        said = [one for one in doctrines_of(connection, span.territory) if one.state == IN_FORCE]
    found: dict[tuple[str, ...], list[Occurred]] = {}
    for one in counted:
        occurred = _occurred(one, zones[one.zone], ruleset, shown[one.zone], said)
        found.setdefault(questions_of(ruleset, occurred.statements), []).append(occurred)
    groups = [Group(questions, tuple(zones)) for questions, zones in found.items()]
    return sorted(groups, key=lambda group: (-group.count, group.questions))


def territories_asking(store: Store) -> list[str]:
    """The territories whose questions are logged, by id."""
    with store.engine.connect() as connection:
        names = connection.scalars(select(reviews.c.territory).where(reviews.c.territory.is_not(None)).distinct())
        return sorted(names)


def statements_of(ruleset: Ruleset, zone: str) -> tuple[int, ...]:
    """The statements that a zone cites, each once."""
    cited = {rule.id: [said.reason.statement for said in rule.reasons] for rule in ruleset.rules}
    cited |= {clash.id: [reason.statement for reason in clash.reasons] for clash in ruleset.contradictions}
    return tuple(dict.fromkeys(cited.get(zone, ())))


def questions_of(ruleset: Ruleset, statements: Sequence[int]) -> tuple[str, ...]:
    """The text's own questions (Q-A…) that these statements ask."""
    asked = (ruleset.statements[number].question for number in statements)
    return tuple(sorted({question for question in asked if question}))


def _occurred(
    one: Count, point: OpenPoint, ruleset: Ruleset, facts: list[Mapping[str, Any]], said: list[Doctrine]
) -> Occurred:
    return Occurred(
        zone=one.zone,
        point=point,
        statements=statements_of(ruleset, one.zone),
        count=one.count,
        territories=one.territories,
        last=one.last,
        to_cler=one.to_cler,
        examples=tuple(anonymous(record) for record in facts),
        doctrines=tuple(doctrine for doctrine in said if doctrine.zone == one.zone),
    )


def anonymous(facts: Mapping[str, Any]) -> Mapping[str, object]:
    """Facts with days as months (« 2026-04 »), and without what says more of a household than the question needs."""
    return {name: _month(value) for name, value in facts.items() if name not in LEFT_OUT}


def _month(value: Any) -> object:
    if isinstance(value, Mapping) and set(value) <= {"from", "to"}:
        return {bound: str(day)[:7] for bound, day in value.items() if day}
    text = str(value)
    return text[:7] if len(text) == 10 and text[4:5] == text[7:8] == "-" else value
