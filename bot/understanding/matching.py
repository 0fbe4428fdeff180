"""What the patterns find in a text: statements, each with its place, its facts and its time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.understanding.clauses import Stretch, Told
from bot.understanding.found import Found
from bot.understanding.intervals import Interval
from bot.understanding.numbers import number
from bot.understanding.patterns import Pattern

SIGNS = {"at": "@", "since": "~", "until": "^", "for": "#", "after": "%", "before": "%", "between": "="}
SOON = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Statement:
    """Words that say something: where they stand, the facts, and the days of the facts that are dates."""

    start: int
    end: int
    pattern: Pattern
    facts: Mapping[str, object]
    dates: Mapping[str, Interval]
    time: Found | None


def with_signs(text: str, times: tuple[Found, ...]) -> str:
    """The text with a sign over every time, letter for letter."""
    plain = re.sub(r"[@~^#%=]", " ", text)
    for time in times:
        plain = plain[: time.start] + SIGNS[time.kind] * (time.end - time.start) + plain[time.end :]
    return plain


def statements(told: Told, times: tuple[Found, ...], today: date) -> Iterator[Statement]:
    """What the text says that stands: not denied, not doubted, not asked, not of another household."""
    by_start = {t.start: t for t in times}
    for pattern in told.language.patterns:
        taken: list[Stretch] = []
        for regex in pattern.regexes:
            for match in regex.finditer(told.text):
                stretch = match.span()
                if any(a < stretch[1] and stretch[0] < b for a, b in taken) or not _stands(told, pattern, match):
                    continue
                said = _said(pattern, match, by_start, today)
                if said is not None:
                    taken.append(stretch)
                    yield said


def _stands(told: Told, pattern: Pattern, match: re.Match[str]) -> bool:
    start, end = match.span()
    blocked = [*told.blocked["all"], *([] if pattern.in_label else told.blocked["label"])]
    if any(a < end and start < b for a, b in blocked):
        return False
    before, after = told.text[told.clause(start)[0] : start], told.text[end:]
    if not pattern.own_no and (told.language.negation.search(before) or told.language.undone.match(after)):
        return False
    if pattern.role == "fact" and told.language.wished.search(before):
        return False
    if _of_a_contact(pattern) and _with_others(told, before, match[0], after):
        return False
    if pattern.after and not pattern.after.search(told.text[:start]):
        return False
    a, b = told.sentence(start)
    if pattern.near and not pattern.near.search(told.text[a:b]):
        return False
    if pattern.unless and pattern.unless.search(told.text[a:b]):
        return False
    around = told.text[max(a, start - 30) : end]
    return not any(p.search(around) for p in pattern.but)


def _of_a_contact(pattern: Pattern) -> bool:
    contact = pattern.date in ("date_dernier_accompagnement", "date_derniere_visite") or pattern.visit
    if pattern.facts.get("initiative") == "bailleur":
        return False
    return pattern.role in ("plan", "recent") or contact or "accompagnement_continu" in pattern.facts


def _with_others(told: Told, before: str, said: str, after: str) -> bool:
    """Whether somebody else than the household is met: « je rappelle le bailleur lundi »."""
    language = told.language
    inside = language.others.search(re.sub(r"\b(?:pour|sur|concernant|a propos de|au sujet de) .*", "", said))
    return bool(inside or language.their_turn.search(before) or language.to_them.match(after))


def _said(pattern: Pattern, match: re.Match[str], times: Mapping[int, Found], today: date) -> Statement | None:
    groups = match.groupdict()
    time = times.get(match.start("when")) if groups.get("when") else None
    facts = dict(pattern.facts)
    if pattern.count and groups.get("count"):
        count = number(groups["count"])
        facts[pattern.count] = {"from": 1} if groups["count"] in ("un", "une", "1") else count
    dates: dict[str, Interval] = {}
    if time is not None and pattern.role != "plan":
        days = _past(pattern, time, today)
        if days is None and (pattern.tense == "bare" or _to_come(time, today)):
            return None
        if days is not None and pattern.date:
            dates[pattern.date] = days
        if pattern.last and time.last:
            dates[pattern.last] = time.last
            if time.last.last and time.last.last > today:
                return None
    if pattern.time_needed and pattern.date and pattern.date not in dates:
        return None
    return Statement(*match.span(), pattern, facts, dates, time)


def _to_come(time: Found, today: date) -> bool:
    days = time.times.future
    return bool(days and days == time.times.past and days.first and days.first > today)


def _past(pattern: Pattern, time: Found, today: date) -> Interval | None:
    """The days of a time that is over; None where it is not, or where it is not told whether it is."""
    past, future = time.times.past, time.times.future
    if past is None or (past.last and past.last > today):
        return None
    if pattern.tense == "bare" and future and future != past and future.first and future.first <= today + SOON:
        return None
    return past
