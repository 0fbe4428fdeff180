"""The readings of a share -> JSON and sentences."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from bot.figures.numbers import number, percent
from bot.wording import Wording
from rules.figures.figures import Reading


def readings_json(readings: Iterable[Reading], words: Wording) -> list[dict[str, object]]:
    """Each reading with its name, its numbers, its verdict, and the sentence that says them all."""
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
    untold = words("figures.unknown.missing", counts=count_names(reading.missing, words))
    if not reading.required:
        return untold
    up, down = reading.required
    same = "" if up.number == down.number else "_rounded"
    needed = words(f"figures.needed{same}", up=number(up.number, words), down=number(down.number, words))
    return f"{untold} {needed}"


def count_names(counts: Iterable[str], words: Wording) -> str:
    """The counts by their names, one after the other."""
    return ", ".join(words(f"figures.count.{name}") for name in counts)


def capital(sentence: str) -> str:
    """The sentence with a capital, where it begins a line."""
    return sentence[:1].upper() + sentence[1:]
