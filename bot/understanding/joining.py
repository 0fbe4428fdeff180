"""Times that stand side by side and are one."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.understanding.found import Found
from bot.understanding.intervals import Interval, Times, hull

_OR = re.compile(r"^ (?:ou|voire|ou bien)(?: en| au| le)? $")
_COMMA = re.compile(r"^,? ?$")
_FROM = re.compile(r"^(?:du|entre|depuis|de) ")
_TO = re.compile(r"^ ?(?:et|au|a|>)(?: le)? ?$")


def joined(text: str, found: list[Found]) -> list[Found]:
    """« En mai ou juin », « l'an dernier, en octobre » and « du 3 mars au 4 avril » are one time each."""
    out: list[Found] = []
    for one in found:
        joined = _pair(text, out[-1], one) if out else None
        if joined:
            out[-1] = joined
        else:
            out.append(one)
    return out


def _pair(text: str, one: Found, other: Found) -> Found | None:
    if one.kind not in ("at", "since") or other.kind not in ("at", "until"):
        return None
    between = text[one.end : other.start]
    said = between + _preposition(text, other)
    if one.kind == other.kind == "at" and _OR.match(said):
        past, future = _both(one.times.past, other.times.past), _both(one.times.future, other.times.future)
        return replace(one, end=other.end, times=Times(past, future))
    if _COMMA.match(between) and one.kind == "at" and (year := _whole_year(one)):
        within = next(
            (t for t in (other.times.past, other.times.future) if t and t.first and t.first.year == year), None
        )
        return replace(one, end=other.end, times=Times.fixed(within)) if within else None
    first, last = one.times.past, other.times.past
    if _FROM.match(text[one.start :]) and _TO.match(said) and first and last and first.first and last.first:
        ordered = first.first <= last.first
        return replace(one, end=other.end, kind="between", times=Times(first, None), last=last) if ordered else None
    return None


def _preposition(text: str, found: Found) -> str:
    opening = re.match(r"(?:au|a|le|en|jusqu a|jusqu au) ", text[found.start : found.end])
    return opening[0] if opening else ""


def _whole_year(found: Found) -> int | None:
    whole = found.times.past
    if whole is None or found.times.future != whole or whole.first is None or whole.last is None:
        return None
    return whole.first.year if (whole.last - whole.first).days >= 364 else None


def _both(one: Interval | None, other: Interval | None) -> Interval | None:
    return hull(one, other) if one and other else None
