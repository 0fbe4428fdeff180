"""Asking the household what the visitor does not know: one question of the interview, and what its answer says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.messages import Text
from rules.model import Choice


class HouseholdDesk(Protocol):
    """What a conversation needs of the household cases, in its own transaction."""

    def known(self, token: str) -> str | None:
        """The reference of the case that a token of its visitor names, or None."""

    def ask(self, reference: str, question: str, dialogue: str) -> Text:
        """Send a question to the household for an interview (the key of its dialogue). What to tell the visitor."""


class NoHouseholds:
    """Where there are no cases."""

    def known(self, token: str) -> str | None:
        return None

    def ask(self, reference: str, question: str, dialogue: str) -> Text:
        return Text("chat.unknown_household")


NO_HOUSEHOLDS = NoHouseholds()


def choice_said(choices: Sequence[Choice], facts: Mapping[str, object]) -> str | None:
    """The one choice that is surely meant by these facts: each of its own values or ranges holds what they say.

    None where no choice is sure: a range that overlaps two choices is neither.
    """
    sure = [one.id for one in choices if all(_holds(one.facts.get(fact), said) for fact, said in facts.items())]
    return sure[0] if len(sure) == 1 else None


def _holds(wide: object, said: object) -> bool:
    if not isinstance(said, Mapping) or not isinstance(wide, Mapping):
        return wide == said
    first, last = str(said.get("from") or ""), str(said.get("to") or "9999")
    return str(wide.get("from") or "") <= first and last <= str(wide.get("to") or "9999")
