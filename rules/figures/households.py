"""One household a line of a table: what its cells may be. A blank cell is unknown, which is not « non »."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rules.errors import FactError

YES_NO: Mapping[str, bool] = {"oui": True, "non": False}
N1: Mapping[str, str] = {
    "realise": "n1_done", "prevu": "n1_planned", "refuse": "n1_refused", "injoignable": "n1_unreached", "aucun": "",
}  # fmt: skip
COLUMNS: Mapping[str, str] = {
    "reference": "text",
    "visite": "yes_no",
    "date_dst": "date",
    "date_premiere_visite": "date",
    "date_derniere_visite": "date",
    "suivi": "yes_no",
    "conventionne": "yes_no",
    "beneficiaire": "yes_no",
    "nombre_sr": "number",
    "date_fin_sr": "date",
    "n1": "n1",
    "date_n1": "date",
}
FIRST_YEAR, LAST_YEAR, MOST_SR, LONGEST_REFERENCE = 2000, 2100, 1000, 100
DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)|(\d\d)/(\d\d)/(\d{4})", re.ASCII)
Cell = str | bool | int | date


@dataclass(frozen=True, slots=True)
class Household:
    """One household by the columns of the table. Without a name: ``reference`` is the collectivity's own."""

    cells: Mapping[str, Cell]

    def day(self, column: str) -> date | None:
        value = self.cells.get(column)
        return value if isinstance(value, date) else None

    def says(self, column: str) -> bool | None:
        """Yes or no; None where the cell is blank. A day of visit says that the household was visited."""
        if column == "visite" and (self.day("date_dst") or self.day("date_premiere_visite")):
            return True
        value = self.cells.get(column)
        return value if isinstance(value, bool) else None

    @property
    def sr(self) -> int | None:
        value = self.cells.get("nombre_sr")
        return value if isinstance(value, int) else None


class HouseholdError(ValueError):
    """A line that cannot be a household: each wrong cell with its column (``fact``), value and remedy."""

    def __init__(self, errors: tuple[FactError, ...]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{e.fact}: {e.code} ({e.value!r})" for e in errors))


def parse_household(row: Mapping[str, str], today: date) -> Household:
    """The cells of one line, as text, by column. Raises HouseholdError with every wrong cell at once."""
    cells: dict[str, Cell] = {}
    errors: list[FactError] = []
    for column, text in row.items():
        written = text.strip()
        if not written:
            continue
        read = _read(column, written)
        if isinstance(read, FactError):
            errors.append(read)
        else:
            cells[column] = read
    household = Household(cells)
    errors += _impossible(household, today)
    if errors:
        raise HouseholdError(tuple(errors))
    return household


def _read(column: str, text: str) -> Cell | FactError:
    match COLUMNS[column]:
        case "yes_no":
            answer = YES_NO.get(text.casefold())
            return FactError("not_yes_no", column, text) if answer is None else answer
        case "date":
            return _day(column, text)
        case "number":
            good = text.isascii() and text.isdecimal() and len(text) <= 4 and int(text) <= MOST_SR
            return int(text) if good else FactError("not_a_number", column, text)
        case "n1":
            known = text.casefold() in N1
            return text.casefold() if known else FactError("not_an_n1", column, text, {"allowed": ", ".join(N1)})
        case _:
            return text if len(text) <= LONGEST_REFERENCE else FactError("too_long", column, text)


def _day(column: str, text: str) -> date | FactError:
    """2026-04-21, or 21/04/2026 as a French spreadsheet writes it."""
    written = DAY.fullmatch(text)
    if written is not None:
        year, month, day = written.group(1, 2, 3) if written[1] else written.group(6, 5, 4)
        try:
            if FIRST_YEAR <= int(year) <= LAST_YEAR:
                return date(int(year), int(month), int(day))
        except ValueError:
            pass
    return FactError("not_a_day", column, text)


def _impossible(household: Household, today: date) -> list[FactError]:
    """Days to come of what was done, days out of order, and cells of one line that contradict each other."""
    cells, errors = household.cells, []
    past = ["date_dst", "date_premiere_visite", "date_derniere_visite"]
    past += ["date_n1"] if cells.get("n1") == "realise" else []
    for column in past:
        day = household.day(column)
        if day is not None and day > today:
            errors.append(FactError("in_the_future", column, day.isoformat(), {"today": today.isoformat()}))
    first = household.day("date_premiere_visite") or household.day("date_dst")
    for column in ("date_dst", "date_derniere_visite", "date_fin_sr", "date_n1"):
        day = household.day(column)
        if first is not None and day is not None and day < first:
            errors.append(FactError("too_early", column, day.isoformat(), {"first": first.isoformat()}))
    if cells.get("visite") is False and household.says("visite"):
        errors.append(FactError("visited_all_the_same", "visite", "non"))
    if household.sr == 0 and household.day("date_fin_sr"):
        errors.append(FactError("sr_without_sr", "nombre_sr", "0"))
    if cells.get("n1") == "aucun" and household.day("date_n1"):
        errors.append(FactError("n1_without_n1", "n1", "aucun"))
    return errors
