"""Counts of households, as the figures of the contract need them. An absent count is unknown, which is not zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from rules.errors import FactError, nearest

MOST_HOUSEHOLDS = 10_000_000


class CountsError(ValueError):
    """Counts that cannot be: unknown names, what is no count, counts that contradict each other."""

    def __init__(self, errors: tuple[FactError, ...]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{e.fact}: {e.code} ({e.value!r})" for e in errors))


@dataclass(frozen=True, slots=True)
class Counts:
    """Households of one period. None is unknown.

    ``followed``: « suivis »; ``contracted``: « conventionnés », the agreed target; ``with_sr``: with at least one SR;
    ``sr_total``: how many SR these had. ``n1_…``: households by what became of their suivi à N+1. ``cohort``: visited
    in the year before. ``target``: the share with SR that the collectivity contracted, when it chose one.
    """

    visited: int | None = None
    followed: int | None = None
    contracted: int | None = None
    with_sr: int | None = None
    sr_total: int | None = None
    n1_done: int | None = None
    n1_planned: int | None = None
    n1_refused: int | None = None
    n1_unreached: int | None = None
    beneficiaries: int | None = None
    beneficiaries_year: int | None = None
    cohort: int | None = None
    option_n1: bool | None = None
    target: Fraction | None = None

    def number(self, name: str) -> int | None:
        """A count of households by its name."""
        value = getattr(self, name)
        return value if isinstance(value, int) else None

    def missing(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the named counts that are unknown."""
        return tuple(name for name in names if getattr(self, name) is None)


NAMES = tuple(field.name for field in fields(Counts))
NUMBERS = tuple(name for name in NAMES if name not in ("option_n1", "target"))


def parse_counts(raw: object) -> Counts:
    """Counts as they come from outside: a mapping from name to whole number, null where unknown.

    ``target`` is in percent (30 for 30 %), ``option_n1`` true or false. Raises CountsError with every error at once.
    """
    if not isinstance(raw, Mapping):
        raise CountsError((FactError("not_an_object", "counts", raw),))
    errors: list[FactError] = []
    known: dict[str, int | bool | Fraction] = {}
    for name, value in raw.items():
        parsed = _parsed(str(name), value)
        if isinstance(parsed, FactError):
            errors.append(parsed)
        elif parsed is not None:
            known[str(name)] = parsed
    counts = Counts(**known)  # type: ignore[arg-type]
    errors += _impossible(counts)
    if errors:
        raise CountsError(tuple(errors))
    return counts


def _parsed(name: str, value: object) -> int | bool | Fraction | FactError | None:
    if name not in NAMES:
        return FactError(
            "unknown_count", name[:80], value, {"nearest": nearest(name, NAMES), "allowed": ", ".join(NAMES)}
        )
    if value is None:
        return None
    if name == "option_n1":
        return value if isinstance(value, bool) else FactError("not_a_bool", name, value)
    if name == "target":
        return _share(name, value)
    whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_HOUSEHOLDS
    return value if whole and isinstance(value, int) else FactError("not_a_count", name, value)


def _share(name: str, value: object) -> Fraction | FactError:
    """A share given in percent; the text asks for 20 at least, so less is no target."""
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise InvalidOperation
        percent = Decimal(str(value).replace(",", "."))
        if not 20 <= percent <= 100:
            raise InvalidOperation
    except InvalidOperation:
        return FactError("not_a_target", name, value)
    return Fraction(percent) / 100


def _impossible(counts: Counts) -> list[FactError]:
    """Each household with SR had at least one; one without had none."""
    households, total = counts.with_sr, counts.sr_total
    if households is None or total is None or (households <= total and (households > 0 or total == 0)):
        return []
    return [FactError("too_few_sr", "sr_total", total, {"households": str(households)})]
