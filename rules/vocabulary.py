"""The vocabulary of facts, and the zones of a delay: what `facts.yaml` says, as values."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the contract. ``kind``: date, bool, integer, choice or orientations."""

    id: str
    kind: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Range:
    """A value known only to lie between two bounds, both included; None is unbounded. Of dates or of integers."""

    earliest: date | int | None
    latest: date | int | None


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone of delay: from ``over`` calendar months before the contact up to ``under``.

    ``closed`` tells which zone the bound ``under`` belongs to: this one (« un mois ou moins ») or the next.
    """

    id: str
    under: int | None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """A day told from the day of the contact: that many calendar months before it, then that many days on."""

    months: int
    days: int

    def day(self, contact: date) -> date:
        return months_before(contact, self.months) + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Delays:
    """The zones in growing order, as the ruleset and the territory's convention cut them."""

    zones: tuple[Zone, ...]

    def zone(self, day: date, contact: date) -> str:
        """The zone of the delay between ``day`` and the contact, in calendar months."""
        for zone in self.zones:
            if zone.under is None:
                return zone.id
            bound = months_before(contact, zone.under)
            if day > bound or (zone.closed and day == bound):
                return zone.id
        return self.zones[-1].id

    def between(self, earliest: date | None, latest: date | None, contact: date) -> frozenset[str]:
        """The zones that a day between the two bounds may lie in."""
        names = [z.id for z in self.zones]
        first = names.index(self.zone(latest, contact)) if latest else 0
        last = names.index(self.zone(earliest, contact)) if earliest else len(names) - 1
        return frozenset(names[first : last + 1])

    def dates(self, zone: str, contact: date) -> Range:
        """The days whose delay lies in the zone."""
        earliest, latest = self.ends(zone)
        return Range(earliest.day(contact) if earliest else None, latest.day(contact))

    def ends(self, zone: str) -> tuple[End | None, End]:
        """The earliest and the latest day of a zone, whatever the day of the contact."""
        index = [z.id for z in self.zones].index(zone)
        here, before = self.zones[index], self.zones[index - 1] if index else None
        earliest = None if here.under is None else End(here.under, 0 if here.closed else 1)
        if before is None or before.under is None:
            return earliest, End(0, 0)
        return earliest, End(before.under, -1 if before.closed else 0)

    def with_convention(self, months: int, short: str, long: str, between: tuple[str, str]) -> Delays:
        """The zones once a territory has said how many months are « quelques mois ».

        The text's own zones outside ``between`` stand; inside, shorter than the convention is ``short``, and
        what the convention alone makes a pause is ``long``.
        """
        open_zone, _ = between
        names = [z.id for z in self.zones]
        text_bound = self.zones[names.index(open_zone)].under or 0
        kept: list[Zone] = []
        for zone in self.zones:
            if zone.id != open_zone:
                kept.append(zone)
                continue
            kept.append(Zone(short, months))
            if months < text_bound:
                kept.append(Zone(long, text_bound))
        return Delays(tuple(kept))


def months_before(day: date, months: int) -> date:
    """The day that many calendar months earlier (31 March less one month is the last of February)."""
    year, month = divmod(12 * day.year + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Facts by id, and the pairs of dates that must come in order."""

    facts: Mapping[str, Fact]
    date_order: tuple[tuple[str, str], ...]
