"""The written situations of tests/understanding, and how what was understood is held against them."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import yaml

from bot.understanding.understand import Understood, understand

FOLDER = Path(__file__).parent.parent / "understanding"
SETS = ("development", "held_out", "control", "second_control", "third_control", "fourth_control")
LITTLE = timedelta(days=62)  # « il y a deux ans » may be two months off; nothing may be more
Ends = tuple[date | None, date | None]


@dataclass(frozen=True)
class Situation:
    """A text, the day it is told, and the facts it truly states."""

    text: str
    today: date
    facts: Mapping[str, object]


@dataclass
class Score:
    """How many facts were filled, how many of them wrong; how many were stated, how many of them found."""

    filled: int = 0
    stated: int = 0
    found: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


def situations(name: str) -> list[Situation]:
    raw = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    listed = [{"text": s, "facts": {}} if isinstance(s, str) else s for s in raw["situations"]]
    return [Situation(s["text"], raw["today"], s["facts"]) for s in listed]


def score(name: str) -> Score:
    """All situations of a set, read and compared."""
    total = Score()
    for situation in situations(name):
        understood = understand(situation.text, situation.today)
        total.filled += len(understood.facts)
        total.stated += len(situation.facts)
        for fact, value in understood.facts.items():
            if is_right(fact, situation.facts.get(fact), value):
                total.found += 1
            else:
                total.wrong.append(_told(situation, understood, fact))
        total.missed += [f"{fact} — {situation.text}" for fact in situation.facts.keys() - understood.facts.keys()]
    return total


def _told(situation: Situation, understood: Understood, fact: str) -> str:
    words = understood.words(situation.text, fact)
    return f"{fact}: {understood.facts[fact]} from « {words} », not {situation.facts.get(fact)} — {situation.text}"


def is_right(fact: str, gold: object, value: object) -> bool:
    """A day must be that day. An interval must hold all that is stated, and reach little beyond."""
    if gold is None:
        return False
    if fact.startswith("date_"):
        return _holds(_stated(gold), _filled(value))
    if value == {"from": 1}:
        return gold == "from 1" or (isinstance(gold, int) and gold >= 1)
    return gold == value


def _holds(stated: Ends, filled: Ends) -> bool:
    (first, last), (low, high) = stated, filled
    if first == last or low is None or high is None or first is None or last is None:
        return stated == filled
    return first - LITTLE <= low <= first and last <= high <= last + LITTLE


def _stated(gold: object) -> Ends:
    if isinstance(gold, date):
        return gold, gold
    text = str(gold)
    if "/" in text:
        first, last = (date.fromisoformat(end) if end else None for end in text.split("/"))
        return first, last
    year, month = map(int, text.split("-"))
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _filled(value: object) -> Ends:
    if isinstance(value, Mapping):
        first, last = (date.fromisoformat(value[end]) if end in value else None for end in ("from", "to"))
        return first, last
    day = date.fromisoformat(str(value))
    return day, day
