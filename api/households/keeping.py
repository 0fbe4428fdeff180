"""What is recorded of a case and what ends it, in a transaction that is open; what is due follows at once."""

from __future__ import annotations

from datetime import date, datetime

from api.households.planning import Planning
from api.storage.households import Households
from bot.followup.timeline import ONE_DAY, Episode, timeline


def keep_episode(
    planning: Planning,
    households: Households,
    reference: str,
    kind: str,
    began: date,
    ended: date | None,
    now: datetime,
    *,
    still: bool = False,
) -> None:
    """Record an episode, or its end. One of a single day ends on it, but ``still``: it takes several visits.

    Raises EpisodeError where it cannot be beside the others.
    """
    if ended is None and kind in ONE_DAY and not still:
        ended = began
    one = Episode(kind, began, ended)
    lived = {(other.kind, other.began_on): other for other in households.episodes(reference)}
    others = (other for key, other in lived.items() if key != (kind, began))
    timeline([*others, one], now.astimezone(planning.values.timezone).date())
    households.keep_episode(reference, kind, began, ended)
    planning.refresh(households, reference, now)


def close(planning: Planning, households: Households, reference: str, now: datetime) -> None:
    """Nothing is planned any more nor leaves by itself. Nothing is erased."""
    households.change(reference, closed_at=now)
    planning.refresh(households, reference, now)


def reopen(planning: Planning, households: Households, reference: str, now: datetime) -> None:
    """The follow-up goes on as it stood."""
    households.change(reference, closed_at=None)
    planning.refresh(households, reference, now)


def erase(planning: Planning, households: Households, reference: str, now: datetime) -> None:
    """Destroy the case's key, and with it all that it holds, for ever."""
    households.erase(reference)
    planning.refresh(households, reference, now)
