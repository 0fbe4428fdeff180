"""Which year is meant: the one named, « dernier », « prochain », else the nearest on either side of today."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from bot.understanding.intervals import Interval, Times, nearest

LAST, NEXT = r"derniere?|passee?|ecoulee?", r"prochaine?|suivante?|qui vient"
YEAR = r"20\d\d"
OF_YEAR = (
    r",? (?:de )?(?P<lastyear>l an(?:nee)? (?:derniere?|passee?))| (?P<thisyear>(?:de )?cette annee)"
    rf"| (?P<nextyear>(?:de )?l an(?:nee)? prochaine?)| (?P<way>{LAST}|{NEXT})\b"
)


def named_year(found: re.Match[str], today: date) -> int | None:
    """The year that the words name, if they do."""
    groups = found.groupdict()
    if groups.get("year"):
        said = groups["year"]
        return int(said) if len(said) == 4 else 2000 + int(said)
    for group, step in (("lastyear", -1), ("thisyear", 0), ("nextyear", 1)):
        if groups.get(group):
            return today.year + step
    return None


def which(candidates: Callable[[int], Interval | None], found: re.Match[str], today: date) -> Times | None:
    """The one of the named year, else the nearest on either side, else « dernier » or « prochain »."""
    named = named_year(found, today)
    if named is not None:
        one = candidates(named)
        return Times.fixed(one) if one else None
    around = [candidates(today.year + step) for step in (-2, -1, 0, 1, 2)]
    way = found.groupdict().get("way")
    if not way:
        times = nearest(around, today)
        return times if times.past or times.future else None
    known = [c for c in around if c and c.first and c.last]
    if re.fullmatch(LAST, way):
        over = [c for c in known if c.last and c.last < today]
        return Times(over[-1], over[-1]) if over else None
    coming = [c for c in known if c.first and c.first > today]
    return Times(coming[0], coming[0]) if coming else None
