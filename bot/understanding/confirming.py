"""What was understood, said back for the visitor to confirm: each fact beside the words that it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bot.messages import Text

if TYPE_CHECKING:
    from bot.understanding.understand import Understood

_ENDS = {
    frozenset({"from", "to"}): "understanding.between",
    frozenset({"to"}): "understanding.at_the_latest",
    frozenset({"from"}): "understanding.at_the_earliest",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One fact to confirm: its id, and the sentence « D'après … »."""

    fact: str
    said: Text


def lines(text: str, understood: Understood) -> tuple[Line, ...]:
    """A line for each fact that is filled, in the order in which the text tells them."""
    words = {fact: understood.words(text, fact) for fact in in_order(understood)}
    return tuple(Line(fact, line(fact, understood.facts[fact], words[fact])) for fact in words)


def in_order(understood: Understood) -> list[str]:
    """The facts that are filled, as the text tells them."""
    return sorted(understood.facts, key=lambda fact: understood.spans[fact][0].start)


def line(fact: str, value: object, words: str) -> Text:
    """« D’après … » : a fact and its value, beside the words that it came from. ``given``: the fact."""
    return Text("understanding.line", {"words": words, "fact": said(fact, value), "given": fact})


def said(fact: str, value: object) -> Text:
    """A fact and its value."""
    return Text("understanding.fact", {"name": Text(f"fact.{fact}"), "value": value_said(fact, value)})


def remarks(text: str, understood: Understood) -> tuple[Text, ...]:
    """Why something, or everything, was not filled: another language, several households, a clash, nothing sure."""
    if not understood.french:
        return (Text("understanding.other_language"),)
    if understood.several:
        return (Text("understanding.several"),)
    clashes = tuple(
        Text("understanding.clash", {"words": understood.words(text, fact), "name": Text(f"fact.{fact}")})
        for fact in sorted(understood.clashes)
    )
    if clashes or understood.facts:
        return clashes
    return (Text("understanding.nothing"), Text("understanding.nothing.example"))


def value_said(fact: str, value: object) -> Text:
    """The value of a fact, as the contract writes it, in words."""
    if isinstance(value, Mapping):
        if fact.startswith("date_"):
            ends = {"from": "first", "to": "last"}
            days = {ends[end]: date.fromisoformat(str(day)) for end, day in value.items()}
            return Text(_ENDS[frozenset(value)], days)
        return Text("understanding.at_least", {"count": value["from"]})
    if fact.startswith("date_"):
        return Text("understanding.day", {"day": date.fromisoformat(str(value))})
    if isinstance(value, int) and not isinstance(value, bool):
        return Text("understanding.count", {"count": value})
    return Text(f"value.{fact}.{str(value).lower()}")
