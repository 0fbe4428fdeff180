"""Which questions a coordinator sees first: those referred, then those contested, then those near another answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.journal import Enquiry

REFERRED, CONTESTED, NEAR, OTHER = RANKS = range(4)


def rank(enquiry: Enquiry) -> int:
    """The place of a question just logged; a visitor's correction contests what it replaces."""
    answer: Mapping[str, Any] = enquiry.answer
    if answer["status"] == "referred":
        return REFERRED
    if enquiry.replaces is not None:
        return CONTESTED
    return NEAR if turning_facts(answer) else OTHER


def turning_facts(answer: Mapping[str, Any]) -> list[str]:
    """The facts of which one alone, said otherwise, gives another mission: where an answer is worth a second look.

    What would only refer the question does not count: nearly every answer has such a fact.
    """
    others = (flip for flip in answer.get("flips", ()) if flip["missions"])
    turning = (flip for flip in others if set(flip["missions"]) != set(answer["missions"]))
    return list(dict.fromkeys(next(iter(flip["change"])) for flip in turning))
