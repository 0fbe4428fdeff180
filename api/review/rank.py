"""Which questions a coordinator sees first: those referred, then those contested, then those near another answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.journal import Enquiry

REFERRED, CONTESTED, NEAR, OTHER = range(4)


def rank(enquiry: Enquiry) -> int:
    """The place of a question just logged; a visitor's correction contests what it replaces."""
    answer: Mapping[str, Any] = enquiry.answer
    if answer["status"] == "referred":
        return REFERRED
    if enquiry.replaces is not None:
        return CONTESTED
    return NEAR if near_a_flip(enquiry) else OTHER


def near_a_flip(enquiry: Enquiry) -> bool:
    """Whether one thing that the visitor did not say would change the answer."""
    answer: Mapping[str, Any] = enquiry.answer
    return any(not set(flip["change"]) <= set(enquiry.facts) for flip in answer.get("flips", ()))
