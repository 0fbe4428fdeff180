"""The energy figures of two years, as they come from outside -> Energy, or every error at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal, InvalidOperation

from bot.reports.effort_rate import Energy, Year
from rules.errors import FactError, SituationError, nearest
from rules.situation import FIRST_YEAR, LAST_YEAR

YEARS = ("avant", "apres")
ANNUALISE = "annualiser"
AMOUNTS = ("depenses", "revenus")
DATA = tuple(f.name for f in fields(Year))
LARGEST = Decimal(10) ** 9
Read = Decimal | date | None


def parse_energy(raw: object) -> Energy:
    """``{"avant": {"depenses": "1450.20", "depenses_du": "2024-10-01", …}, "apres": {…}, "annualiser": false}``.

    An amount is in euros, with at most two decimals; a datum that is absent or null is missing. Raises
    SituationError with every error: unknown name, amount or date that cannot be read, a period that ends before it
    begins.
    """
    if not isinstance(raw, Mapping):
        raise SituationError([FactError("energy_not_an_object", "energy", raw)])
    errors: list[FactError] = []
    for key in raw:
        if key not in (*YEARS, ANNUALISE):
            errors.append(_unknown(str(key), raw[key], (*YEARS, ANNUALISE)))
    years = [_year(which, raw.get(which), errors) for which in YEARS]
    annualised = raw.get(ANNUALISE, False)
    if not isinstance(annualised, bool):
        errors.append(FactError("not_a_bool", ANNUALISE, annualised))
    if errors:
        raise SituationError(errors)
    return Energy(years[0], years[1], bool(annualised))


def _year(which: str, raw: object, errors: list[FactError]) -> Year:
    if raw is None:
        return Year()
    if not isinstance(raw, Mapping):
        errors.append(FactError("energy_not_an_object", which, raw))
        return Year()
    known: dict[str, Read] = {}
    for key, value in raw.items():
        if key not in DATA:
            errors.append(_unknown(f"{which}.{key}", value, tuple(f"{which}.{name}" for name in DATA)))
        elif value is not None:
            read = _amount(f"{which}.{key}", value) if key in AMOUNTS else _day(f"{which}.{key}", value)
            if isinstance(read, FactError):
                errors.append(read)
            else:
                known[str(key)] = read
    year = Year(**known)  # type: ignore[arg-type]
    errors += _backwards(which, year)
    return year


def _backwards(which: str, year: Year) -> list[FactError]:
    found = []
    for what in AMOUNTS:
        first, last = getattr(year, f"{what}_du"), getattr(year, f"{what}_au")
        if first and last and first > last:
            hint = {"other": f"{which}.{what}_au", "other_value": last.isoformat()}
            found.append(FactError("energy_backwards", f"{which}.{what}_du", first.isoformat(), hint))
    return found


def _amount(name: str, value: object) -> Decimal | FactError:
    wrong = FactError("energy_not_an_amount", name, value if isinstance(value, str | bool) else str(value))
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return wrong
    try:
        amount = Decimal(str(value).strip().replace(",", ".", 1))
    except InvalidOperation:
        return wrong
    exponent = amount.as_tuple().exponent
    readable = amount.is_finite() and abs(amount) < LARGEST and isinstance(exponent, int) and exponent >= -2
    return amount if readable else wrong


def _day(name: str, value: object) -> date | FactError:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        day = None
    if day is None:
        return FactError("not_a_date", name, value)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        hint = {"first": str(FIRST_YEAR), "last": str(LAST_YEAR)}
        return FactError("year_out_of_range", name, value, hint)
    return day


def _unknown(name: str, value: object, known: tuple[str, ...]) -> FactError:
    shown = value if isinstance(value, str | int | bool) else ""
    return FactError("energy_unknown", name[:80], shown, {"nearest": nearest(name, known), "allowed": ", ".join(known)})
