"""The ways of naming a moment: a day, a week, a month, a season, a feast, a year. Pattern -> the days it means."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.understanding.intervals import (
    FEASTS,
    SEASONS,
    Interval,
    Times,
    date_of,
    day,
    hull,
    month,
    nearest,
    season,
    week,
    year,
)
from bot.understanding.month_names import MONTH, month_number
from bot.understanding.numbers import NUMBER, number
from rules.vocabulary import months_before

WEEKDAYS = "lundi mardi mercredi jeudi vendredi samedi dimanche".split()
_WEEKDAY = rf"(?:{'|'.join(WEEKDAYS)})"
_HOUR = r"(?: (?:matin|soir|apres midi|midi))?"
_YEAR = r"(?:20\d\d)"
_LAST, _NEXT = r"derniere?|passee?|ecoulee?", r"prochaine?|suivante?|qui vient"
_OF_YEAR = (
    rf"(?: (?:de |d |en )?(?P<year>{_YEAR})\b|,? (?:de )?(?P<lastyear>l an(?:nee)? (?:derniere?|passee?))"
    rf"| (?P<thisyear>(?:de )?cette annee)| (?P<nextyear>(?:de )?l an(?:nee)? prochaine?)| (?P<way>{_LAST}|{_NEXT})\b)?"
)
_PART = (
    r"(?:(?P<part>debut|mi|fin|milieu|courant|toute fin|tout debut)(?: du mois)? (?:de |d |du mois de |du mois d )?)?"
)


@dataclass(frozen=True, slots=True)
class Moment:
    pattern: re.Pattern[str]
    times: Callable[[re.Match[str], date], Times | None]


def _years(found: re.Match[str], today: date) -> int | None:
    """The year that the words name, if they do."""
    groups = found.groupdict()
    if groups.get("year"):
        said = groups["year"]
        return int(said) if len(said) == 4 else 2000 + int(said)
    for group, step in (("lastyear", -1), ("thisyear", 0), ("nextyear", 1)):
        if groups.get(group):
            return today.year + step
    return None


def _which(candidates: Callable[[int], Interval | None], found: re.Match[str], today: date) -> Times | None:
    """The one of the named year, else the nearest on either side, else « dernier » or « prochain »."""
    named = _years(found, today)
    if named is not None:
        one = candidates(named)
        return Times.fixed(one) if one else None
    around = [candidates(today.year + step) for step in (-2, -1, 0, 1, 2)]
    way = found.groupdict().get("way")
    if not way:
        times = nearest(around, today)
        return times if times.past or times.future else None
    known = [c for c in around if c and c.first and c.last]
    if re.fullmatch(_LAST, way):
        over = [c for c in known if c.last and c.last < today]
        return Times(over[-1], over[-1]) if over else None
    coming = [c for c in known if c.first and c.first > today]
    return Times(coming[0], coming[0]) if coming else None


# --- days ------------------------------------------------------------------------------------------------------------
def _month_day(found: re.Match[str], today: date) -> Times | None:
    said = found["day"]
    n = 1 if said in ("1er", "premier") else number(said)
    m = month_number(found["month"])
    weekday = found["weekday"]

    def of(y: int) -> Interval | None:
        one = date_of(y, m, n)
        return day(one) if one and (not weekday or WEEKDAYS[one.weekday()] == weekday) else None

    return _which(of, found, today)


def _figures(found: re.Match[str], today: date) -> Times | None:
    n, m = int(found["day"]), int(found["month"])
    return _which(lambda y: day(d) if (d := date_of(y, m, n)) else None, found, today)


def _iso(found: re.Match[str], today: date) -> Times | None:
    one = date_of(int(found["year"]), int(found["month"]), int(found["day"]))
    return Times.fixed(day(one)) if one else None


def _weekday(found: re.Match[str], today: date) -> Times | None:
    wanted = WEEKDAYS.index(found["weekday"])
    ahead = (wanted - today.weekday()) % 7
    coming = today + timedelta(days=ahead or 7)
    gone = today - timedelta(days=(7 - ahead) if ahead else 7)
    way = found["way"] or ""
    this = week(today)
    if found["week"]:
        step = -7 if re.search(_LAST, found["week"]) else 7
        one = day(this.first + timedelta(days=wanted + step)) if this.first else None
        return Times.fixed(one)
    if found["fortnight"]:
        return Times.fixed(hull(day(coming + timedelta(days=7)), day(coming + timedelta(days=7))))
    if re.fullmatch(_NEXT, way):
        return Times.fixed(hull(day(coming), day(coming + timedelta(days=7))) if coming in this else day(coming))
    if re.fullmatch(_LAST, way):
        return Times.fixed(hull(day(gone - timedelta(days=7)), day(gone)) if gone in this else day(gone))
    return None if not ahead else Times(day(gone), day(coming))


def _day_of_month(found: re.Match[str], today: date) -> Times | None:
    said = found["day"]
    n = 1 if said in ("1er", "premier") else int(said)
    months = [months_before(today.replace(day=1), step) for step in (2, 1, 0, -1, -2)]
    days = [day(d) for first in months if (d := date_of(first.year, first.month, n))]
    of = found["of"] or ""
    if "mois" in of and re.search(_LAST, of):
        return Times.fixed(_in_month(days, months[1]))
    if "mois" in of and re.search(_NEXT, of):
        return Times.fixed(_in_month(days, months[3]))
    times = nearest(days, today)
    if re.search(_LAST, of):
        return Times(times.past, times.past)
    if re.search(_NEXT, of):
        return Times(times.future, times.future)
    return times


def _weekday_number(found: re.Match[str], today: date) -> Times | None:
    """« Jeudi 24 »: the nearest 24th that is a Thursday, on either side."""
    months = [months_before(today.replace(day=1), step) for step in (2, 1, 0, -1, -2)]
    days = (date_of(first.year, first.month, int(found["day"])) for first in months)
    return nearest([day(d) for d in days if d and WEEKDAYS[d.weekday()] == found["weekday"]], today)


def _in_month(days: list[Interval], first: date) -> Interval | None:
    return next((d for d in days if d.first and (d.first.year, d.first.month) == (first.year, first.month)), None)


def _deictic(found: re.Match[str], today: date) -> Times:
    said = re.sub(_HOUR + "$", "", found["said"]) if not found["said"].startswith("ce") else found["said"]
    shift = {"hier": -1, "avant hier": -2, "demain": 1, "apres demain": 2, "le lendemain": None}.get(said, 0)
    return Times.fixed(day(today + timedelta(days=shift or 0)))


# --- weeks and months ------------------------------------------------------------------------------------------------
def _this_week(found: re.Match[str], today: date) -> Times | None:
    way, part = found["way"], found["part"]
    shift = 0 if not way else -7 if re.fullmatch(_LAST, way) else 7
    whole = week(today + timedelta(days=shift))
    assert whole.first and whole.last
    if part:
        ends = {"debut": (0, 2), "mi": (1, 3), "milieu": (1, 3), "fin": (3, 6)}[part]
        whole = Interval(whole.first + timedelta(days=ends[0]), whole.first + timedelta(days=ends[1]))
    return Times.fixed(whole) if shift else _running(whole, today)


def _weekend(found: re.Match[str], today: date) -> Times | None:
    shift = 0 if not found["way"] else -7 if re.fullmatch(_LAST, found["way"]) else 7
    first = week(today).first
    assert first
    whole = Interval(first + timedelta(days=5 + shift), first + timedelta(days=6 + shift))
    return Times.fixed(whole) if shift else _running(whole, today)


def _week_of(found: re.Match[str], today: date) -> Times | None:
    times = _month_day(found, today)
    if times is None:
        return None
    weeks = [week(t.first) if t and t.first else None for t in (times.past, times.future)]
    return Times(weeks[0], weeks[1])


def _running(whole: Interval, today: date) -> Times:
    """A stretch around today: what is over of it, and what is to come."""
    assert whole.first and whole.last
    past = Interval(whole.first, min(today, whole.last)) if whole.first <= today else None
    future = Interval(max(today, whole.first), whole.last) if today <= whole.last else None
    return Times(past, future)


def _this_month(found: re.Match[str], today: date) -> Times | None:
    way, part = found["way"], _part(found)
    shift = 0 if not way else 1 if re.fullmatch(_LAST, way) else -1
    first = months_before(today.replace(day=1), shift)
    whole = month(first.year, first.month, part)
    if shift:
        return Times.fixed(whole)
    if part and not (found["this"] or "").startswith("ce"):  # « fin du mois »: of this one, or of the one that is over
        return Times(None, whole) if whole.last and today <= whole.last else None
    return _running(whole, today)


def _part(found: re.Match[str]) -> str:
    part = (found.groupdict().get("part") or "").removeprefix("toute ").removeprefix("tout ")
    return {"milieu": "mi", "courant": ""}.get(part, part)


def _month(found: re.Match[str], today: date) -> Times | None:
    m = month_number(found["month"])
    if not _plain_month(found):
        return None
    return _which(lambda y: month(y, m, _part(found)), found, today)


_CALLS_FOR_ONE = re.compile(
    r"\b(?:(?:en|d|de|depuis|mois de|mois d|jusqu en|jusqu a|a partir de|entre|et|ou|a|vers|des|avant|apres|dst|"
    r"visites?|visitee?|diagnostics?|contact|appel|initiale?|evaluation|passage|sr|technique|n ?\+ ?1|rendez vous|"
    r"pour|courant|fait|faite|termine|fini|commence|du|rencontre|suivi))[ :,(>]*$"
)
_A_DAY = re.compile(rf"\b(?:1er|premier|{NUMBER}) $")  # of a day that the month has not: « 30 février »
_NAME = re.compile(
    r"\b(?:mme|mlle|m|mr|monsieur|madame|famille|rue|place|avenue|boulevard|cours|docteur|dr|prenom) (?:d[eu] )?$"
)


def _plain_month(found: re.Match[str]) -> bool:
    """Whether it stands where a month does: « mars » may be a planet, « Mme Avril » is a person."""
    before = found.string[: found.start()]
    if _NAME.search(before) or _A_DAY.search(before):
        return False
    told = found["part"] or any(found.groupdict().get(g) for g in ("year", "lastyear", "thisyear", "nextyear", "way"))
    return bool(told or _CALLS_FOR_ONE.search(before))


def _figures_month(found: re.Match[str], today: date) -> Times | None:
    m = int(found["month"])
    return Times.fixed(month(int(found["year"]), m)) if 1 <= m <= 12 else None


# --- seasons, feasts, years ------------------------------------------------------------------------------------------
def _season(found: re.Match[str], today: date) -> Times | None:
    name = found["season"]
    if name == "hiver" and found["year"]:
        return None if not found["second"] else _winter(int(found["year"]), found["second"])
    if found["part"]:
        return None
    named = _years(found, today)
    if (found["this"] or "").strip() == "d" and named is None and not found["way"]:
        return None  # « un DST d'hiver » is a kind of DST
    if name == "hiver" and named is not None:
        return None
    if (found["this"] or "") == "cet" or (found["this"] or "") == "ce":
        running = [season(name, today.year + step) for step in (-1, 0)]
        now = next((s for s in running if today in s), None)
        if now:
            return _running(now, today)
    return _which(lambda y: season(name, y), found, today)


def _winter(first: int, second: str) -> Times | None:
    other = int(second) if len(second) == 4 else 2000 + int(second)
    return Times.fixed(season("hiver", first)) if other == first + 1 else None


def _feast(found: re.Match[str], today: date) -> Times | None:
    said = found["feast"]
    name = "nouvel an" if said in ("nouvel an", "jour de l an") else said.split(" ")[0]
    around, exact = FEASTS[name]
    before = re.search(r"(?P<just>juste )?(?:avant|apres|depuis) (?:le |la |les )?$", found.string[: found.start()])
    return _which(lambda y: day(exact(y)) if before else around(y), found, today)


def _year(found: re.Match[str], today: date) -> Times | None:
    part = _part(found)
    named = _years(found, today)
    if named is None or not 2000 <= named <= 2100:
        return None
    whole = year(named, part)
    if today not in whole:
        return Times.fixed(whole)
    return _running(whole, today)


def _moment(pattern: str, times: Callable[[re.Match[str], date], Times | None]) -> Moment:
    return Moment(re.compile(rf"(?<![\w/.+-]){pattern}(?![\w/]|[.+-]\d)"), times)


_DAY = rf"(?P<day>1er|premier|{NUMBER})"
_SHORT_YEAR = rf"(?: (?:de |d |en )?(?P<year>{_YEAR}|[1-4]\d(?= *(?:$|[.,;:)\n>])))\b|,? (?:de )?(?P<lastyear>l an(?:nee)? (?:derniere?|passee?))| (?P<thisyear>(?:de )?cette annee)| (?P<nextyear>(?:de )?l an(?:nee)? prochaine?)| (?P<way>{_LAST}|{_NEXT})\b)?"
_QUALIFIED = r"(?P<part>debut|mi|fin|milieu)"

MOMENTS: tuple[Moment, ...] = (
    _moment(rf"(?:(?P<weekday>{_WEEKDAY}) )?(?:le )?{_DAY} (?P<month>{MONTH}){_SHORT_YEAR}", _month_day),
    _moment(r"(?:le )?(?P<day>\d\d?)(?P<sep>[/.-])(?P<month>\d\d?)(?P=sep)(?P<year>20\d\d|\d\d)", _figures),
    _moment(r"(?:le |du |au )(?P<day>\d\d?)/(?P<month>\d\d?)", _figures),
    _moment(r"(?P<day>\d\d)/(?P<month>\d\d)", _figures),
    _moment(r"(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)", _iso),
    _moment(
        rf"(?:le |ce |de |du )?(?P<weekday>{_WEEKDAY}){_HOUR}(?: (?P<way>{_LAST}|{_NEXT})\b| (?P<week>de la semaine (?:{_LAST}|{_NEXT}))\b"
        rf"| (?P<fortnight>en huit))?{_HOUR}(?! (?:{NUMBER}|1er|premier)\b)(?! \d)",
        _weekday,
    ),
    _moment(
        rf"(?:le )?(?P<weekday>{_WEEKDAY}) (?P<day>\d\d?)(?! ?(?:h\b|heures?|euros?|{MONTH}|[/:.]\d))", _weekday_number
    ),
    _moment(
        rf"le (?P<day>1er|\d\d?)(?: (?P<of>du mois (?:{_LAST}|{_NEXT})|{_LAST}|{_NEXT}|du mois|de ce mois)"
        r"| ?(?=$|[.,;:!)\n]|(?:pour|avec|a \d|chez|a domicile|et|au|mais)\b))",
        _day_of_month,
    ),
    _moment(
        r"(?P<said>avant hier|hier|apres demain|demain|aujourd hui|ce (?:matin|midi|soir|jour)|cet(?:te)? apres midi|cet aprem(?! la\b)"
        r"|tout a l heure|a l instant)" + _HOUR + r"(?! la\b)",
        _deictic,
    ),
    _moment(
        rf"(?:(?:en |la )?(?P<part>debut|fin|milieu|mi) (?:de )?(?:la |cette )?|la |cette )semaine(?: (?P<way>{_LAST}|{_NEXT})\b)?",
        lambda f, t: None if f[0].startswith("la semaine") and not f["way"] else _this_week(f, t),
    ),
    _moment(rf"(?:le |ce |du )?week end(?: (?P<way>{_LAST}|{_NEXT})\b)?", _weekend),
    _moment(rf"(?:la )?semaine du (?:(?P<weekday>{_WEEKDAY}) )?{_DAY} (?P<month>{MONTH}){_OF_YEAR}", _week_of),
    _moment(
        rf"(?:(?:en )?(?P<part>debut|fin|milieu|mi) (?P<this>du |de |de ce |ce )|(?P<whole>le |ce |du |au ))mois(?: ci)?(?: (?P<way>{_LAST}|{_NEXT})\b)?",
        lambda f, t: None if not f["part"] and not f["way"] and not f[0].startswith("ce") else _this_month(f, t),
    ),
    _moment(rf"{_PART}(?P<month>{MONTH}){_SHORT_YEAR}", _month),
    _moment(r"(?P<month>\d\d?)/(?P<year>20\d\d)", _figures_month),
    _moment(
        rf"(?:(?P<part>debut|fin|mi|plein|au coeur de) (?:de )?)?(?P<this>l |le |cet |ce |au |en |a l |du |de l |d )?(?P<season>{'|'.join(SEASONS)})"
        rf"(?: (?:de |d )?(?P<year>{_YEAR})(?:[ /-]+(?P<second>\d\d(?:\d\d)?))?| (?P<way>{_LAST}|{_NEXT})\b"
        r"|,? (?:de )?(?P<lastyear>l an(?:nee)? (?:derniere?|passee?))| (?P<thisyear>(?:de )?cette annee))?",
        lambda f, t: _season(f, t) if _plain_season(f) else None,
    ),
    _moment(
        rf"(?P<feast>noel|paques|(?<=la )toussaint|toussaint|(?<=la )rentree(?: scolaire)?|nouvel an|jour de l an|fetes(?: de fin d annee)?)"
        rf"(?: (?P<year>{_YEAR})| (?P<way>{_LAST}|{_NEXT})\b)?",
        _feast,
    ),
    _moment(rf"(?:en |(?:en )?{_QUALIFIED} (?:de |d )?(?:l annee )?|l annee |de |pour )(?P<year>{_YEAR})", _year),
    _moment(
        r"(?:(?:en )?(?P<part>debut|fin|mi) (?:de |d )?)?(?:(?P<lastyear>(?:l )?an(?:nee)? (?:derniere?|passee?))|(?P<nextyear>(?:l )?an(?:nee)? prochaine?)|(?P<thisyear>cette annee))",
        _year,
    ),
)


def _plain_season(found: re.Match[str]) -> bool:
    """« été » is a season after « l' », « cet », « en », « d' » or before « dernier » or a year; « a été » is not."""
    if found["season"] != "ete":
        return True
    this = (found["this"] or "").strip()
    before = found.string[: found.start()]
    if re.search(r"\b(?:a|ont|ai|avait|aurait|n|pas|ayant|avoir|avons|deja|jamais|bien|toujours)\s$", before):
        return False
    return this in ("l", "cet", "a l", "de l", "d", "en") or bool(found["year"] or found["way"] or found["lastyear"])
