"""The amounts of the forfait -> JSON and sentences: the readings that give the same amount told together."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from bot.figures.numbers import cents, money, number
from bot.figures.share_readings import capital, count_names
from bot.wording import Wording
from rules.figures.counts import Counts
from rules.figures.forfait import DIMENSIONS, Amount, Box, Forfait, forfaits, mixed_spread, values_open, wanted


def forfaits_json(counts: Counts, words: Wording) -> dict[str, object]:
    """The spread over all readings, then the amounts for each reading of « par ménage »."""
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
        told += " " + words("figures.forfait.partial", counts=count_names(missing, words))
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
    untold = words("figures.unknown.missing", counts=count_names(forfait.missing, words)) if forfait.missing else ""
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
