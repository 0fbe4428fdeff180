"""What a table is cut by: the traits with their values, and the zones of delay. Two frames have a common one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rules.algebra import NONE, Reader, Space
from rules.model import Ruleset
from rules.vocabulary import Zone


@dataclass(frozen=True, slots=True)
class Frame:
    """``domains``: the values of each trait; ``read``: how each is read from facts (« delay date_dst »).

    ``conventions``: the two zones that a territory's convention makes, then the two that they lie between.
    """

    domains: Mapping[str, tuple[str, ...]]
    read: Mapping[str, str]
    zones: tuple[Zone, ...]
    conventions: tuple[str, ...]

    def delayed(self, trait: str) -> bool:
        """Whether the trait is a delay, cut into the zones."""
        return self.read[trait].startswith("delay ")


@dataclass(frozen=True, slots=True)
class Common:
    """The space that tells apart all that either frame does, and how each side's conditions read in it.

    ``unheard_of``: for each side, the cells with a value that it does not know.
    """

    space: Space
    readers: tuple[Reader, Reader]
    unheard_of: tuple[int, int]


def frame_of(ruleset: Ruleset) -> Frame:
    """A ruleset's frame."""
    traits = ruleset.traits.values()
    return Frame(
        domains={t.id: t.domain for t in traits},
        read={t.id: f"{t.kind} {','.join(t.facts)}" for t in traits},
        zones=ruleset.delays.zones,
        conventions=(*ruleset.convention_zones, *ruleset.convention_between),
    )


def common(old: Frame, new: Frame) -> Common:
    """Both frames in one: all traits and values of either, and the delays cut wherever one of them cuts."""
    order = [*new.domains, *(t for t in old.domains if t not in new.domains)]
    names, meanings = _segments(old, new)
    domains: dict[str, tuple[str, ...]] = {}
    read: tuple[dict[str, dict[str, frozenset[str]]], ...] = ({}, {})
    for trait in order:
        sides = [side for side in (new, old) if trait in side.domains]
        values = dict.fromkeys(v for side in sides for v in side.domains[trait])
        if any(side.delayed(trait) for side in sides):
            zones = {z.id for side in (old, new) for z in side.zones}
            values = dict.fromkeys([*names, *(v for v in values if v not in zones)])
            for meaning, zoned in zip(read, meanings, strict=True):
                meaning[trait] = {v: zoned.get(v, frozenset({v})) for v in (*zoned, *values)}
        domains[trait] = tuple(values)
    space = Space(order, domains)
    readers = Reader(space, read[0]), Reader(space, read[1])
    unheard = tuple(_unheard_of(space, side, meaning) for side, meaning in zip((old, new), read, strict=True))
    return Common(space, readers, (unheard[0], unheard[1]))


def _unheard_of(space: Space, side: Frame, meaning: Mapping[str, Mapping[str, frozenset[str]]]) -> int:
    found = NONE
    for trait, domain in side.domains.items():
        known = frozenset().union(*(meaning[trait][v] if trait in meaning else {v} for v in domain))
        found = space.either(found, space.test(trait, set(space.domains[trait]) - known))
    return found


def _segments(old: Frame, new: Frame) -> tuple[list[str], list[dict[str, frozenset[str]]]]:
    """The pieces of time that the cuts of both make, in growing order, and each side's zones as such pieces."""
    if old.zones == new.zones:
        return [z.id for z in new.zones], [{z.id: frozenset({z.id}) for z in new.zones}] * 2
    cuts = sorted({_cut(z) for side in (old, new) for z in side.zones if z.under is not None})
    bounds = [*cuts, None]
    names = [_named(before, after) for before, after in zip([None, *cuts], bounds, strict=True)]
    meanings = []
    for side in (old, new):
        zoned: dict[str, set[str]] = {}
        for name, bound in zip(names, bounds, strict=True):
            zoned.setdefault(_zone_at(side, bound), set()).add(name)
        meanings.append({zone.id: frozenset(zoned.get(zone.id, ())) for zone in side.zones})
    return names, meanings


def _cut(zone: Zone) -> tuple[int, bool]:
    """Where a zone ends. Closed, it ends after the day itself."""
    return zone.under or 0, zone.closed


def _zone_at(side: Frame, bound: tuple[int, bool] | None) -> str:
    """The zone that holds the time just before the bound."""
    if bound is None:
        return side.zones[-1].id
    return next(z.id for z in side.zones if z.under is None or _cut(z) >= bound)


def _named(before: tuple[int, bool] | None, after: tuple[int, bool] | None) -> str:
    """« >1,<4 »: more than one month, less than four."""
    low = "" if before is None else f"{'>' if before[1] else '>='}{before[0]}"
    high = "" if after is None else f"{'<=' if after[1] else '<'}{after[0]}"
    return ",".join(part for part in (low, high) if part)


def zone_names(frame: Frame) -> dict[str, str]:
    """Each zone of a frame by its bounds in months, as the pieces of a common frame are named: « >1,<4 »."""
    ends = [None if zone.under is None else _cut(zone) for zone in frame.zones]
    return {z.id: _named(before, after) for z, before, after in zip(frame.zones, [None, *ends[:-1]], ends, strict=True)}
