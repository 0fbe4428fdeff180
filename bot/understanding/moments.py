"""The ways of naming a moment: patterns of the folded text, each with the days it means."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from bot.understanding.choosing import LAST, NEXT, OF_YEAR, YEAR
from bot.understanding.intervals import SEASONS, Times
from bot.understanding.month_names import MONTH
from bot.understanding.named_days import (
    HOUR,
    WEEKDAYS,
    day_in_figures,
    day_of_a_month,
    day_of_month_named,
    from_today,
    iso_day,
    weekday,
    weekday_and_number,
)
from bot.understanding.named_seasons import feast, season_named, year_named
from bot.understanding.named_stretches import (
    month_from_today,
    month_in_figures,
    month_named,
    week_named,
    week_of,
    weekend,
)
from bot.understanding.numbers import NUMBER

Meaning = Callable[[re.Match[str], date], Times | None]


@dataclass(frozen=True, slots=True)
class Moment:
    """A way of naming days: the match of a pattern and today -> the days, or None where it names none."""

    pattern: re.Pattern[str]
    times: Meaning


def _moment(times: Meaning, *pattern: str) -> Moment:
    return Moment(re.compile(rf"(?<![\w/.+-]){''.join(pattern)}(?![\w/]|[.+-]\d)"), times)


_WEEKDAY = rf"(?P<weekday>{'|'.join(WEEKDAYS)})"
_DAY = rf"(?P<day>1er|premier|{NUMBER})"
_MONTH = rf"(?P<month>{MONTH})"
_WAY = rf"(?: (?P<way>{LAST}|{NEXT})\b)?"
# « Octobre 25 » is of a year only where nothing that is counted follows.
_WHICH = rf"(?: (?:de |d |en )?(?P<year>{YEAR}|[1-4]\d(?= *(?:$|[.,;:)\n>])))\b|{OF_YEAR})?"
_PART = r"(?P<part>debut|fin|milieu|mi)"
_PART_OF_MONTH = (
    r"(?:(?P<part>debut|mi|fin|milieu|courant|toute fin|tout debut)(?: du mois)?"
    r" (?:de |d |du mois de |du mois d )?)?"
)

MOMENTS: tuple[Moment, ...] = (
    _moment(day_of_month_named, rf"(?:{_WEEKDAY} )?(?:le )?{_DAY} {_MONTH}{_WHICH}"),
    _moment(day_in_figures, r"(?:le )?(?P<day>\d\d?)(?P<sep>[/.-])(?P<month>\d\d?)(?P=sep)(?P<year>20\d\d|\d\d)"),
    _moment(day_in_figures, r"(?:le |du |au )(?P<day>\d\d?)/(?P<month>\d\d?)"),
    _moment(day_in_figures, r"(?P<day>\d\d)/(?P<month>\d\d)"),
    _moment(iso_day, rf"(?P<year>{YEAR})-(?P<month>\d\d)-(?P<day>\d\d)"),
    _moment(
        weekday,
        rf"(?:le |ce |de |du )?{_WEEKDAY}{HOUR}",
        rf"(?: (?P<week>de la semaine (?:{LAST}|{NEXT}))\b| (?P<fortnight>en huit)|{_WAY})",
        rf"{HOUR}(?! (?:{NUMBER}|1er|premier)\b)(?! \d)",
    ),
    _moment(
        weekday_and_number,
        rf"(?:le )?{_WEEKDAY} (?P<day>\d\d?)(?! ?(?:h\b|heures?|euros?|{MONTH}|[/:.]\d))",
    ),
    _moment(
        day_of_a_month,
        rf"le (?P<day>1er|\d\d?)(?: (?P<of>du mois (?:{LAST}|{NEXT})|{LAST}|{NEXT}|du mois|de ce mois)",
        r"| ?(?=$|[.,;:!)\n]|(?:pour|avec|a \d|chez|a domicile|et|au|mais)\b))",
    ),
    _moment(
        from_today,
        r"(?P<said>avant hier|hier|apres demain|demain|aujourd hui|ce (?:matin|midi|soir|jour)",
        rf"|cet(?:te)? apres midi|cet aprem|tout a l heure|a l instant){HOUR}(?! la\b)",
    ),
    _moment(
        week_named,
        rf"(?:(?:en |la )?{_PART} (?:de )?(?:la |cette )?|(?P<the>la )|cette )semaine{_WAY}",
    ),
    _moment(weekend, rf"(?:le |ce |du )?week end{_WAY}"),
    _moment(week_of, rf"(?:la )?semaine du (?:{_WEEKDAY} )?{_DAY} {_MONTH}{_WHICH}"),
    _moment(
        month_from_today,
        rf"(?:(?:en )?{_PART} (?P<this>du |de |de ce |ce )|(?P<whole>le |ce |du |au ))mois(?: ci)?{_WAY}",
    ),
    _moment(month_named, rf"{_PART_OF_MONTH}{_MONTH}{_WHICH}"),
    _moment(month_in_figures, rf"(?P<month>\d\d?)/(?P<year>{YEAR})"),
    _moment(
        season_named,
        r"(?:(?P<part>debut|fin|mi|plein|au coeur de) (?:de )?)?",
        rf"(?P<this>l |le |cet |ce |au |en |a l |du |de l |d )?(?P<season>{'|'.join(SEASONS)})",
        rf"(?: (?:de |d )?(?P<year>{YEAR})(?:[ /-]+(?P<second>\d\d(?:\d\d)?))?|{OF_YEAR})?",
    ),
    _moment(
        feast,
        r"(?P<feast>noel|paques|toussaint|(?<=la )rentree(?: scolaire)?|nouvel an|jour de l an",
        rf"|fetes(?: de fin d annee)?)(?: (?P<year>{YEAR})|{OF_YEAR})?",
    ),
    _moment(year_named, rf"(?:en |(?:en )?{_PART} (?:de |d )?(?:l annee )?|l annee |de |pour )(?P<year>{YEAR})"),
    _moment(
        year_named,
        r"(?:(?:en )?(?P<part>debut|fin|mi) (?:de |d )?)?(?:(?P<lastyear>(?:l )?an(?:nee)? (?:derniere?|passee?))",
        r"|(?P<nextyear>(?:l )?an(?:nee)? prochaine?)|(?P<thisyear>cette annee))",
    ),
)
