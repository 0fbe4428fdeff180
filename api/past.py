"""The logged questions as a replay takes them, and the replay of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from api.storage.store import Store
from bot.journal import Enquiry
from rules.compile import CompiledRuleset
from rules.model import Territory
from rules.replay import Outcome, Past, Replayed, replayed


def past_of(enquiry: Enquiry, territory: Territory | None) -> Past:
    """A logged question, with its territory's settings as they are now."""
    asked_on, was = enquiry.asked_at.date(), _outcome(enquiry.answer)
    return Past(enquiry.token, enquiry.facts, asked_on, territory, was, enquiry.territory)


def replay_log(
    store: Store,
    settings_of: Callable[[str], Territory | None],
    compiled: CompiledRuleset,
    **filters: Any,
) -> Iterator[Replayed]:
    """Every logged question that the filters choose under the ruleset, newest first, never all in memory.

    ``settings_of``: a territory's settings by its id.
    """
    for enquiry in store.stream(**filters):
        here = settings_of(enquiry.territory) if enquiry.territory else None
        yield replayed(past_of(enquiry, here), compiled)


def _outcome(answer: Mapping[str, Any]) -> Outcome:
    asked = answer.get("open") or {}
    return Outcome(
        str(answer["status"]),
        tuple(answer.get("missions") or ()),
        str(answer.get("certainty") or "open"),
        asked.get("reason"),
        asked.get("decider"),
    )
