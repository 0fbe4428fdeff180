"""Grey zones and changes in words, for the pages of doctrines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.pages.facts_in_words import facts_line
from api.pages.open_point_in_words import question_alone
from api.replay_report import outcome_words
from api.review.open_questions import statements_of
from api.review.replays import Change
from bot.wording import Wording, wording
from rules.doctrine import grey_zones
from rules.model import OpenPoint, Ruleset


@dataclass(frozen=True, slots=True)
class Zone:
    """``question``: what is put to whoever decides; ``decider``, ``reason``: in words; ``statements``: those cited.

    ``known``: False for a zone that the rules in force do not have any more.
    """

    id: str
    question: str
    decider: str
    reason: str
    statements: tuple[int, ...]
    known: bool = True


@dataclass(frozen=True, slots=True)
class ShownChange:
    """``signed``: whether it was seen with as many questions as now. ``examples``: the facts of the first ones."""

    key: str
    was: str
    count: int
    signed: bool
    examples: tuple[str, ...]


def zones_shown(ruleset: Ruleset, language: str) -> list[Zone]:
    """Every grey zone, those of the national operator first."""
    words = wording(language)
    found = [_zone(ruleset, zone, point, words) for zone, point in grey_zones(ruleset).items()]
    return sorted(found, key=lambda zone: zone.decider)


def zone_shown(ruleset: Ruleset, zone: str, language: str) -> Zone:
    """One of them; one that the rules do not have any more says so."""
    words = wording(language)
    point = grey_zones(ruleset).get(zone)
    if point is None:
        return Zone(zone, words("doctrine.zone.gone", zone=zone), "", "", (), known=False)
    return _zone(ruleset, zone, point, words)


def change_shown(change: Change, seen: Mapping[str, int], language: str) -> ShownChange:
    words = wording(language)
    examples = tuple(facts_line(past.facts, words) for past in change.examples)
    return ShownChange(
        change.key, outcome_words(change.was, words), change.count, seen.get(change.key) == change.count, examples
    )


def _zone(ruleset: Ruleset, zone: str, point: OpenPoint, words: Wording) -> Zone:
    return Zone(
        zone,
        question_alone(point, words),
        words(f"replay.decider.{point.decider}"),
        words(f"open_reason.{point.reason}"),
        statements_of(ruleset, zone),
    )
