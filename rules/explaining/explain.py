"""Why this answer, why none of the other missions, and what would change it: a Finding and all that goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rules.compile import CompiledRuleset
from rules.engine import MISSION_ORDER, examine
from rules.explaining.flips_of_two import find_flips_of_two
from rules.explaining.nearest import nearest_changes
from rules.explaining.steps import Ground
from rules.model import Finding, Flip, Reason, Territory
from rules.situation import Situation

CARRYING = 2


@dataclass(frozen=True, slots=True)
class OtherMission:
    """A mission that is not the answer.

    ``reasons``: why the text rules it out here; none where the text does not. ``still_possible``: the answer is open
    and this is one of its candidates. ``nearest``: the nearest change that leads to it; None where none was found.
    """

    mission: str
    reasons: tuple[Reason, ...]
    still_possible: bool
    nearest: Flip | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A Finding explained. ``finding.flips`` are the changes of one fact; ``flips_of_two`` those of two.

    ``carrying``: the one or two reasons that carry the answer, the first of ``finding.reasons``.
    """

    situation: Situation
    territory: Territory | None
    finding: Finding
    carrying: tuple[Reason, ...]
    others: tuple[OtherMission, ...]
    flips_of_two: tuple[Flip, ...]


def explain(
    compiled: CompiledRuleset, situation: Situation, territory: Territory | None = None, *, final: bool = True
) -> Explanation:
    """The explanation of a situation's answer. ``final``: as for `examine`."""
    finding = examine(compiled, situation, territory, final=final)
    two = find_flips_of_two(compiled, situation, territory)
    return Explanation(
        situation=situation,
        territory=territory,
        finding=finding,
        carrying=finding.reasons[:CARRYING],
        others=other_missions(Ground(compiled, situation, territory), finding, two),
        flips_of_two=two,
    )


def other_missions(ground: Ground, finding: Finding, two: Sequence[Flip]) -> tuple[OtherMission, ...]:
    """Every mission that is not the answer, each with its nearest change: of one fact, of two, else of more."""
    excluded = {e.mission: e.reasons for e in finding.excluded}
    shorter = [f for f in (*finding.flips, *two) if None not in f.change.values()]
    by_flip = {m: flip for flip in reversed(shorter) for m in flip.missions}
    others = [m for m in MISSION_ORDER if m in ground.compiled.ruleset.missions and m not in finding.missions]
    nearest = {**by_flip, **nearest_changes(ground, [m for m in others if m not in by_flip])}
    return tuple(
        OtherMission(
            mission=mission,
            reasons=excluded.get(mission, ()),
            still_possible=mission in finding.candidates,
            nearest=nearest[mission],
        )
        for mission in others
    )
