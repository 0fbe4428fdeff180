"""The figures of the contract -> JSON and sentences, each reading with its name. Nothing is reckoned here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from bot.numbers import cents, money, number, percent
from bot.wording import Wording
from rules.anniversaries import Anniversary
from rules.counts import NAMES, Counts
from rules.errors import FactError
from rules.figures import N1, Reading, n1_readings, sr_readings
from rules.forfait import DIMENSIONS, Amount, Box, Forfait, forfaits, mixed_spread, values_open, wanted
from rules.model import Convention
from rules.tally import Blank

LONGEST_QUOTE = 80
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
        "sr": {"text": _sr_text(counts, words), "readings": _readings(sr_readings(counts), words)},
        "n1": _n1(n1_readings(counts), period.option, words),
        "forfait": _forfaits(counts, words),
        "anniversaries": [_anniversary(one, words) for one in period.anniversaries if one.known or one.without],
        "notes": [words(f"figures.note.{note}") for note in NOTES],
    }


def error_json(error: FactError, words: Wording) -> dict[str, object]:
    """What is wrong with a count or a cell: its name, its value, what is wrong and the remedy."""
    value = error.value if isinstance(error.value, int | None) else _quoted(error.value)
    params = {"name": _quoted(error.fact), "value": _quoted(value), "nearest": "", "allowed": "", **error.hint}
    return {
        "fact": _quoted(error.fact),
        "value": value,
        "detail": words(f"figures.error.{error.code}", **params),
        "hint": words(f"figures.error.{error.code}.hint", **params),
    }


def _quoted(value: object) -> str:
    """What somebody sent, short and fit for JSON, to be shown back: no lone surrogate, no NaN."""
    text = str(value) if isinstance(value, str | float | int) else type(value).__name__
    return text[:LONGEST_QUOTE].encode(errors="replace").decode()


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _plain(value: object) -> object:
    return float(value * 100) if isinstance(value, Fraction) else value


def _names(counts: Iterable[str], words: Wording) -> str:
    return ", ".join(words(f"figures.count.{name}") for name in counts)


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


def _readings(readings: Iterable[Reading], words: Wording) -> list[dict[str, object]]:
    return [_reading(reading, at, words) for at, reading in enumerate(readings, 1)]


def _reading(reading: Reading, at: int, words: Wording) -> dict[str, object]:
    name, verdict = _name(reading, words), _verdict(reading, words)
    told = [words("figures.reading", number=str(at), name=name)]
    told += [capital(verdict)] if reading.share is None else [_said_share(reading, words), verdict]
    return {
        "id": reading.id,
        "name": name,
        "ambiguities": list(reading.ambiguities),
        "statements": list(reading.statements),
        "numerator": reading.numerator,
        "denominator": reading.denominator,
        "share": None if reading.share is None else str(reading.share),
        "percent": None if reading.share is None else percent(reading.share, reading.threshold, words),
        "threshold": str(reading.threshold),
        "required": [{"rounding": r.rounding, "number": r.number, "lacking": r.lacking} for r in reading.required],
        "status": reading.status,
        "missing": list(reading.missing),
        "verdict": capital(verdict),
        "text": " ".join(told),
    }


def _name(reading: Reading, words: Wording) -> str:
    kind = reading.id.split(".")[0]
    threshold = percent(reading.threshold, reading.threshold, words)
    of = words(f"figures.of.{reading.of}")
    if kind == "n1":
        return words("figures.name.n1", of=of, counted=words(f"figures.counted.{reading.id.split('.')[2]}"))
    return words(f"figures.name.{kind}", of=of, threshold=threshold)


def _said_share(reading: Reading, words: Wording) -> str:
    part, whole, share = reading.numerator or 0, reading.denominator or 0, reading.share or Fraction(0)
    said = {"part": number(part, words), "whole": number(whole, words)}
    return words("figures.share", n=part, percent=percent(share, reading.threshold, words), **said)


def _verdict(reading: Reading, words: Wording) -> str:
    """What it comes to, in words; where nobody can tell, what it hangs on."""
    up, down = (next((r for r in reading.required if r.rounding == way), None) for way in ("up", "down"))
    if reading.status == "unknown" or up is None or down is None:
        return _untold(reading, words)
    said = {"up": number(up.number, words), "down": number(down.number, words)}
    if reading.status == "rounding":
        return words("figures.rounding", lacking=number(up.lacking or 0, words), **said)
    same = "" if up.number == down.number else "_rounded"
    if reading.status == "met":
        return words(f"figures.met{same}", **said)
    lacking = {"lacking": number(up.lacking or 0, words), "fewest": number(down.lacking or 0, words)}
    return words(f"figures.not_met{same}", **said, **lacking)


def _untold(reading: Reading, words: Wording) -> str:
    if reading.clash:
        part, whole = number(reading.numerator or 0, words), number(reading.denominator or 0, words)
        return words("figures.unknown.clash", part=part, whole=whole)
    if not reading.missing:
        return words("figures.unknown.empty")
    untold = words("figures.unknown.missing", counts=_names(reading.missing, words))
    if not reading.required:
        return untold
    up, down = reading.required
    same = "" if up.number == down.number else "_rounded"
    needed = words(f"figures.needed{same}", up=number(up.number, words), down=number(down.number, words))
    return f"{untold} {needed}"


def _n1(n1: N1, option: Convention | None, words: Wording) -> dict[str, object]:
    text = words(f"figures.option.{n1.option}")
    if option is not None:
        when = "later" if n1.option == "unknown" else "decided"
        text += " " + words(f"figures.option.{when}", who=option.decided_by, on=option.decided_on)
    return {"option": n1.option, "text": text, "statements": [13, 33], "readings": _readings(n1.readings, words)}


def _forfaits(counts: Counts, words: Wording) -> dict[str, object]:
    mixed, opened = mixed_spread(counts), values_open(counts)
    readings = [_forfait(one, opened, words) for one in forfaits(counts)]
    return {
        "statements": [4, 6],
        "ambiguities": ["A1", "A2", "A3"],
        "text": _mixed_text(counts, mixed, words),
        "spread": _spread(mixed),
        "readings": readings,
    }


def _mixed_text(counts: Counts, mixed: tuple[Fraction, Fraction] | None, words: Wording) -> str:
    """The spread over all readings that can be reckoned, and which counts the others lack."""
    if mixed is None:
        return words("figures.forfait.none")
    least, greatest = (money(one, words) for one in mixed)
    if least == greatest:
        told = words("figures.forfait.single", amount=least)
    else:
        told = words("figures.forfait.mixed", least=least, greatest=greatest)
    if missing := counts.missing(wanted(counts)):
        told += " " + words("figures.forfait.partial", counts=_names(missing, words))
    return told


def _spread(spread: tuple[Fraction, Fraction] | None) -> dict[str, str] | None:
    return None if spread is None else {"least": cents(spread[0]), "greatest": cents(spread[1])}


def _forfait(forfait: Forfait, opened: Mapping[str, tuple[str, ...]], words: Wording) -> dict[str, object]:
    return {
        "id": f"forfait.{forfait.per}",
        "name": words(f"figures.per.{forfait.per}"),
        "households": forfait.households,
        "base": forfait.base,
        "spread": _spread(forfait.spread),
        "missing": list(forfait.missing),
        "text": _forfait_text(forfait, words),
        "amounts": [_amount(amount, opened, words) for amount in forfait.amounts],
    }


def _forfait_text(forfait: Forfait, words: Wording) -> str:
    untold = words("figures.unknown.missing", counts=_names(forfait.missing, words)) if forfait.missing else ""
    if forfait.spread is None or forfait.households is None:
        return capital(untold)
    least, greatest = (money(one, words) for one in forfait.spread)
    base = {"households": number(forfait.households, words), "base": money(Fraction(forfait.base or 0), words)}
    if untold:
        said = words("figures.forfait.base_alone", n=forfait.households, **base)
        return f"{said} {words('figures.forfait.untold', untold=untold)}"
    if least == greatest:
        return words("figures.forfait.base", n=forfait.households, **base)
    return words("figures.forfait.spread", n=forfait.households, least=least, greatest=greatest, **base)


def _amount(amount: Amount, opened: Mapping[str, tuple[str, ...]], words: Wording) -> dict[str, object]:
    readings = [
        {"choices": {name: sorted(values) for name, values in box.items()}, "text": _box(box, opened, words)}
        for box in amount.boxes
    ]
    rounded = {"euros": cents(amount.euros), "exact": str(amount.euros)}
    return {**rounded, "text": money(amount.euros, words), "readings": readings}


def _box(box: Box, opened: Mapping[str, tuple[str, ...]], words: Wording) -> str:
    """The readings of a box in words: of each dimension what it narrows down, nothing where all values are in it."""
    parts = []
    for name in DIMENSIONS:
        narrowed = box[name] < frozenset(opened[name])
        if narrowed or name == "raised":
            chosen = [words(f"figures.{name}.{value}") for value in opened[name] if value in box[name]]
            parts.append(words(f"figures.{name}", values=words("figures.or").join(chosen)))
    return words("figures.and").join(parts)


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
