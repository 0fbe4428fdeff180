"""« Deux ou trois mois », « un an et demi », « plus de six semaines »: durations, as loosely as they are said."""

from __future__ import annotations

import re

from bot.understanding.intervals import Amount, Duration
from bot.understanding.numbers import NUMBER, number

_ABOUT = "environ|a peu pres|autour de|plus ou moins|grosso modo"
_NEARLY = "presque|pres de|bientot|quasi|quasiment|pas loin de"
_OVER, _UNDER = "plus de|plus d|au moins|au dela de|bien plus de", "moins de|moins d|au plus|a peine|meme pas"
_UNIT = "jours?|semaines?|mois|ans?|annees?|trimestres?|semestres?"
_GROUPS = {"dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30}

DURATION = (
    rf"(?:(?P<how>{_ABOUT}|{_NEARLY}|{_OVER}|{_UNDER}) )?"
    rf"(?:(?P<n>{NUMBER})(?: (?:ou|a|voire) (?P<m>{NUMBER}))?|une (?P<group>{'|'.join(_GROUPS)}) de)"
    rf" (?P<unit>{_UNIT})\b(?P<half> et demie?)?(?: (?P<after>environ|a peu pres|max|maximum)\b)?"
)

Count = tuple[int, int, int]  # months, days, and how many days it may be off


def duration(found: re.Match[str]) -> Duration | None:
    """What a match of DURATION says; None where it says no number of days that can be counted."""
    low = _GROUPS[found["group"]] if found["group"] else number(found["n"])
    high = number(found["m"]) if found["m"] else low
    if not 0 < low <= high or high > 400:
        return None
    half = bool(found["half"])
    return _between(_count(low, found["unit"], half), _count(high, found["unit"], half), found["how"], found["after"])


def _between(least: Count, most: Count, how: str | None, after: str | None) -> Duration:
    how = how or ""
    if re.fullmatch(_OVER, how):
        return Duration(Amount(most[0], most[1]), None)
    if re.fullmatch(_UNDER, how) or after in ("max", "maximum"):
        return Duration(None, Amount(most[0], most[1]))
    loose = 2 if re.fullmatch(_ABOUT, how) or after else 1
    under = loose * least[2]
    if re.fullmatch(_NEARLY, how):
        under = max(3 * least[2] // 2, (30 * least[0] + least[1]) // 5)
    return Duration(Amount(least[0], least[1] - under), Amount(most[0], most[1] + loose * most[2]))


def _count(n: int, unit: str, half: bool) -> Count:
    if unit.startswith("jour"):
        return 0, n, 0 if n <= 3 else 1 if n < 8 else 2 if n == 8 else max(3, n // 7)
    if unit.startswith("semaine"):
        return 0, 7 * n + (3 if half else 0), 2 if n == 1 else 2 + n // 2
    if unit == "mois":
        return n, 15 if half else 0, 10 if half else 15 if n < 10 else 20
    months = n * {"t": 3, "s": 6}.get(unit[0], 12) + (6 if half and unit[0] == "a" else 0)
    return months, 0, 20 if months < 12 else 45 if months < 24 else 60
