"""The times that a French text tells: stretches of days seen from a given day, each with the words that say it.

Our own grammar: what it is not sure of it leaves out. « Je » is never Thursday.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.understanding.durations import DURATION, duration
from bot.understanding.folding import Folded, Span, fold
from bot.understanding.found import Found, Kind
from bot.understanding.intervals import Duration, Interval, Times, month
from bot.understanding.joining import joined
from bot.understanding.moments import MOMENTS
from bot.understanding.month_names import MISSPELT, MONTH, month_number


@dataclass(frozen=True, slots=True)
class Reading:
    """A time that the text tells, in the words at ``span``.

    ``kind``: ``at`` when something is; ``since``, ``until`` since or until when; ``between`` from ``past.first`` on, to
    ``last``; ``for`` how long; ``after``, ``before`` how long after or before something told elsewhere.
    ``past``, ``future``: the days that it means when it is told of the past, of what is to come.
    """

    kind: Kind
    span: Span
    past: Interval | None = None
    future: Interval | None = None
    duration: Duration | None = None
    last: Interval | None = None

    @property
    def interval(self) -> Interval | None:
        """The days, where they are the same whatever the tense."""
        return self.past if self.past == self.future else None


def read(text: str, today: date) -> tuple[Reading, ...]:
    """The times told by a French text, in order. ``today``: the day on which it is told."""
    folded = fold(text).respelt(MISSPELT)
    return tuple(
        Reading(f.kind, folded.span(f.start, f.end), f.times.past, f.times.future, f.duration, f.last)
        for f in times_in(folded, today)
    )


def times_in(folded: Folded, today: date) -> tuple[Found, ...]:
    """The same, by their places in a folded text."""
    text = folded.text
    found = _longest([*_durations(text, today), *_from_month_to_month(text, today), *_moments(text, today)])
    return tuple(joined(text, [_prefixed(text, f, today) for f in found if not _in_an_address(text, f)]))


def _moments(text: str, today: date) -> list[Found]:
    found = []
    for moment in MOMENTS:
        for match in moment.pattern.finditer(text):
            times = moment.times(match, today)
            if times is not None:
                found.append(Found(match.start(), match.end(), "at", times))
    return found


_STREET = re.compile(
    r"\b(?:rue|place|avenue|boulevard|impasse|allees?|cours|quai|square|bd|av)(?: du| de| le| des)? ?$"
)


def _in_an_address(text: str, found: Found) -> bool:
    """« Rue du 4 septembre », « place du 8 mai 1945 » name no day."""
    return bool(_STREET.search(text[: found.start]) or re.match(r" 1[89]\d\d\b", text[found.end :]))


_AGO = re.compile(rf"\b(?:il y a|y a|voila|voici) (?:de cela |deja )?{DURATION}(?P<that> (?:que|sans)\b)?")
_IT_HAS_BEEN = re.compile(rf"\b(?:ca|cela|sa|ca va|cela va|ca) (?:fait|faire|fera) (?:deja |maintenant )?{DURATION}")
_SINCE = re.compile(rf"\b(?:depuis|de puis) (?:deja |maintenant |bien )?{DURATION}")
_IN = re.compile(rf"\b(?:dans|d ici|sous)(?: les)? {DURATION}(?: qui viennent)?")
_AFTER = re.compile(rf"{DURATION} (?P<way>apres|plus tard|avant|auparavant|plus tot)\b(?! (?:aujourd|demain))")
_FOR = re.compile(rf"\b{DURATION}")


def _durations(text: str, today: date) -> list[Found]:
    found = []
    for pattern in (_AGO, _IT_HAS_BEEN, _SINCE, _IN, _AFTER, _FOR):
        for match in pattern.finditer(text):
            told = duration(match)
            if told is not None:
                found.append(_told(pattern, match, told, today))
    return found


def _told(pattern: re.Pattern[str], match: re.Match[str], told: Duration, today: date) -> Found:
    start, end = match.span()
    if pattern is _AGO and not match["that"]:
        return Found(start, end, "at", Times.fixed(told.before(today)), told)
    if pattern is _AGO:
        return Found(start, match.start("that"), "since", Times(told.before(today), None), told)
    if pattern in (_SINCE, _IT_HAS_BEEN):
        future = "fera" in match[0] or "faire" in match[0]
        return Found(
            start, end, "for" if future else "since", Times(None if future else told.before(today), None), told
        )
    if pattern is _IN:
        by = match[0].startswith(("d ici", "sous", "dans les"))
        return Found(
            start, end, "at", Times.fixed(replace(told.after(today), first=today) if by else told.after(today))
        )
    if pattern is _AFTER:
        return Found(
            start, end, "after" if match["way"] in ("apres", "plus tard") else "before", Times(None, None), told
        )
    return Found(start, end, "for", Times(None, None), told)


def _longest(found: list[Found]) -> list[Found]:
    """Those that do not overlap, the longest first."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: (f.start - f.end, f.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda f: f.start)


_NEAR = r"(?:le |la |les |l |au |aux |a la |a l |du |de la |de l |en |un |une )?"
_BEFORE = re.compile(
    rf"\b(?:(?P<since>depuis|a compter de|a partir de|des) (?:le mois de |le debut )?{_NEAR}"
    rf"|(?P<until>jusqu) (?:a |au |en |a la |a l |aux |vers )?{_NEAR}"
    rf"|(?:juste )?(?P<before>avant) {_NEAR}|(?P<after>apres) {_NEAR}"
    rf"|(?P<by>d ici) {_NEAR}(?:a )?"
    rf"|(?P<about>vers|autour de|aux alentours de|courant|aux environs de) {_NEAR}"
    rf"|(?:en|au|aux|a|le|la|du|de|pour|au mois de|du mois de) {_NEAR}|(?:d|l|au mois d|du mois d|pour l) )$"
)


def _prefixed(text: str, found: Found, today: date) -> Found:
    """With the words before it that say how the time is meant."""
    if found.kind != "at":
        return found
    before = _BEFORE.search(text, max(0, found.start - 40), found.start)
    if before is None:
        return found
    wider = replace(found, start=before.start())
    past, future = found.times.past, found.times.future
    if before["since"]:
        return replace(wider, kind="since") if text[before.start() :].startswith("depuis") else wider
    if before["until"]:
        return replace(wider, kind="until")
    if before["before"]:
        return replace(wider, times=Times(_up_to(past, None), _up_to(future, today)))
    if before["by"]:
        return replace(wider, times=Times(None, Interval(today, future.last) if future else None))
    if before["after"]:
        first = past.last + timedelta(days=1) if past and past.last else None
        return replace(wider, times=Times(Interval(first, today) if first and first <= today else None, None))
    if before["about"] and not before[0].startswith("courant"):
        return replace(wider, times=Times(_wider(past), _wider(future)))
    return wider


def _up_to(interval: Interval | None, first: date | None) -> Interval | None:
    """Before its first day."""
    if interval is None or interval.first is None:
        return None
    last = interval.first - timedelta(days=1)
    return Interval(first, last) if first is None or first <= last else None


def _wider(interval: Interval | None) -> Interval | None:
    if interval is None or interval.first is None or interval.last is None:
        return interval
    more = timedelta(days=min(15, 4 + (interval.last - interval.first).days // 2))
    return Interval(interval.first - more, interval.last + more)


_MONTHS = re.compile(
    rf"\b(?:entre|d|de|depuis) (?P<one>{MONTH})(?: (?P<y1>20\d\d|[1-4]\d))?"
    rf" (?:et|a|jusqu en|jusqu a|>|-) (?:fin |debut |mi )?(?P<other>{MONTH})(?: (?P<y2>20\d\d|[1-4]\d)\b)?"
)


def _from_month_to_month(text: str, today: date) -> list[Found]:
    found = []
    for match in _MONTHS.finditer(text):
        one, other = month_number(match["one"]), month_number(match["other"])
        end = int(match["y2"]) % 100 + 2000 if match["y2"] else today.year - (other >= today.month)
        start = int(match["y1"]) % 100 + 2000 if match["y1"] else end - (one > other)
        first, last = month(start, one), month(end, other)
        if first.first and last.last and first.first < last.last:
            found.append(Found(*match.span(), "between", Times(first, None), last=last))
    return found
