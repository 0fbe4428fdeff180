"""The figures of the contract -> JSON and sentences, each reading with its name. Nothing is reckoned here."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from bot.figures.forfait_readings import forfaits_json
from bot.figures.numbers import number
from bot.figures.share_readings import readings_json
from bot.wording import Wording
from rules.errors import FactError
from rules.figures.anniversaries import Anniversary
from rules.figures.counts import NAMES, Counts
from rules.figures.figures import N1, n1_readings, sr_readings
from rules.figures.tally import Blank
from rules.model import Convention

LONGEST_QUOTE, LARGEST_SHOWN = 80, 10**15
NOTES = ("source", "period", "rounding", "same_households", "below", "ceiling", "full_cost", "n1_amount", "decider")


@dataclass(frozen=True, slots=True)
class Period:
    """What the counts are of. ``kind``: given (as they came), year, or all (every line of a table)."""

    kind: str
    counts: Counts
    year: int | None = None
    option: Convention | None = None
    blanks: tuple[Blank, ...] = ()
    anniversaries: tuple[Anniversary, ...] = ()


def period_json(period: Period, words: Wording) -> dict[str, object]:
    """All readings of one period, as the API and every page have them."""
    counts = period.counts
    return {
        "period": {
            "kind": period.kind,
            "year": period.year,
            "text": words(f"figures.period.{period.kind}", year=str(period.year)),
        },
        "counts": {name: _plain(getattr(counts, name)) for name in NAMES},
        "blank": [_blank(one, words) for one in period.blanks],
        "sr": {"text": _sr_text(counts, words), "readings": readings_json(sr_readings(counts), words)},
        "n1": _n1(n1_readings(counts), period.option, words),
        "forfait": forfaits_json(counts, words),
        "anniversaries": [_anniversary(one, words) for one in period.anniversaries if one.known or one.without],
        "notes": [words(f"figures.note.{note}") for note in NOTES],
    }


def error_json(error: FactError, words: Wording) -> dict[str, object]:
    """What is wrong with a count or a cell: its name, its value, what is wrong and the remedy."""
    short = error.value is None or (isinstance(error.value, int) and abs(error.value) < LARGEST_SHOWN)
    value = error.value if short else _quoted(error.value)
    params = {"name": _quoted(error.fact), "value": _quoted(value), "nearest": "", "allowed": "", **error.hint}
    none_near = "_none" if error.hint.get("nearest") == "" else ""
    return {
        "fact": _quoted(error.fact),
        "value": value,
        "detail": words(f"figures.error.{error.code}", **params),
        "hint": words(f"figures.error.{error.code}.hint{none_near}", **params),
    }


def _quoted(value: object) -> str:
    """What somebody sent, short and fit for JSON, to be shown back: no lone surrogate, no NaN."""
    text = str(value) if isinstance(value, str | float | int) else type(value).__name__
    return text[:LONGEST_QUOTE].encode(errors="replace").decode()


def _plain(value: object) -> object:
    return float(value * 100) if isinstance(value, Fraction) else value


def _blank(blank: Blank, words: Wording) -> dict[str, object]:
    lines = ", ".join(str(line) for line in blank.lines) + ("…" if blank.cells > len(blank.lines) else "")
    said = {"count": words(f"figures.count.{blank.count}"), "column": blank.column, "lines": lines}
    text = words("figures.blank", n=blank.cells, cells=number(blank.cells, words), **said)
    if blank.whole:
        text = words("figures.blank_column", count=said["count"], column=blank.column)
    return {
        "count": blank.count,
        "column": blank.column,
        "cells": blank.cells,
        "lines": list(blank.lines),
        "text": text,
    }


def _sr_text(counts: Counts, words: Wording) -> str:
    if counts.sr_total is None or counts.with_sr is None:
        return words("figures.sr.unit")
    return words("figures.sr.unit_counted", total=number(counts.sr_total, words),
                 households=number(counts.with_sr, words))  # fmt: skip


def _n1(n1: N1, option: Convention | None, words: Wording) -> dict[str, object]:
    text = words(f"figures.option.{n1.option}")
    if option is not None:
        when = "later" if n1.option == "unknown" else "decided"
        text += " " + words(f"figures.option.{when}", who=option.decided_by, on=option.decided_on)
    return {"option": n1.option, "text": text, "statements": [13, 33], "readings": readings_json(n1.readings, words)}


def _anniversary(one: Anniversary, words: Wording) -> dict[str, object]:
    said = {"known": number(one.known, words), "exact": number(one.exact, words), "reached": number(one.reached, words)}
    text = words("figures.anniversary.none")
    if one.earliest is not None and one.latest is not None:
        days = {"earliest": _days(one.earliest, words), "latest": _days(one.latest, words)}
        text = words("figures.anniversary", n=one.known, **said, **days)
    if one.without:
        text += " " + words("figures.anniversary.without", n=one.without, households=number(one.without, words))
    return {
        "id": f"anniversary.{one.mark}",
        "name": words(f"figures.mark.{one.mark}"),
        "ambiguities": ["A5"],
        "statements": [one.statement],
        "known": one.known,
        "without": one.without,
        "exact": one.exact,
        "reached": one.reached,
        "earliest_days": one.earliest,
        "latest_days": one.latest,
        "text": text,
    }


def _days(days: int, words: Wording) -> str:
    way = "before" if days < 0 else "after" if days > 0 else "same"
    return words(f"figures.days.{way}", n=abs(days), days=number(abs(days), words))
