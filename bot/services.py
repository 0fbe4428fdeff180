"""What a conversation needs of the world: given by whoever opened the unit of work around one event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from bot.coordination import NO_COORDINATION, Coordination
from bot.followup.asking import NO_HOUSEHOLDS, HouseholdDesk
from bot.journal import Journal
from bot.membership import OPEN, Membership
from rules.compile import CompiledRuleset
from rules.model import Territory


@dataclass(frozen=True)
class Services:
    """``key``: a keyed hash; ``token``: a new unguessable name.

    ``current``: the rules in force, for new questions. ``compiled``: a version for what began under it, or None where
    it was not kept. ``superseded``: the day from which a version was in force that no longer is, else None.
    """

    current: CompiledRuleset
    compiled: Callable[[str], CompiledRuleset | None]
    superseded: Callable[[str], date | None]
    journal: Journal
    territory: Callable[[str | None], Territory | None]
    key: Callable[[str], str]
    token: Callable[[], str]
    now: Callable[[], datetime]
    default_territory: str | None = None
    households: HouseholdDesk = NO_HOUSEHOLDS
    membership: Membership = OPEN
    coordination: Coordination = NO_COORDINATION
