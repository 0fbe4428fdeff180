"""A CSV table with one household a line -> households, read as they come. A wrong cell refuses the whole table."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TextIO

from api.deciding import RequestError
from api.figuring import MOST_ERRORS, refused
from bot.figures.figures import error_json
from bot.wording import Wording
from rules.errors import FactError, nearest
from rules.figures.households import COLUMNS, Household, HouseholdError, parse_household


def template() -> str:
    """An empty table: its columns, as a spreadsheet opens them."""
    return ";".join(COLUMNS) + "\n"


def read_households(
    file: Path, today: date, words: Wording, advance: Callable[[int], None] = lambda _bytes: None
) -> Iterator[tuple[int, Household]]:
    """Each household with the number of its line. ``advance`` is told how many bytes were read.

    Raises RequestError: at the head for columns that cannot be read, at the end for wrong cells (the first twenty),
    each with its line, column, value and remedy. So what is made of a table is known to be good only at its end.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as source:
            yield from _households(source, today, words, advance)
    except UnicodeDecodeError:
        raise refused([FactError("not_utf8", file.name, None)], words) from None
    except csv.Error as error:
        raise refused([FactError("not_csv", file.name, str(error))], words) from None


def ignored_columns(file: Path) -> tuple[str, ...]:
    """The columns of a readable table that are none of ours; they are not read."""
    with file.open(encoding="utf-8-sig", newline="") as source:
        return tuple(name for name in _head(source)[0] if name not in COLUMNS)


def _head(source: TextIO) -> tuple[list[str], str]:
    """The names of the columns and what parts them, from the first line."""
    line = source.readline()
    delimiter = max(";,\t", key=line.count)
    return [name.strip() for name in next(csv.reader([line], delimiter=delimiter), [])], delimiter


def _households(
    source: TextIO, today: date, words: Wording, advance: Callable[[int], None]
) -> Iterator[tuple[int, Household]]:
    columns, delimiter = _head(source)
    if errors := list(_wrong_columns(columns)):
        raise refused(errors, words)
    seen: dict[str, int] = {}
    told: list[dict[str, object]] = []
    rows = csv.reader(_counted(source, advance), delimiter=delimiter, strict=True)
    for cells in rows:
        line = rows.line_num + 1
        if not any(cell.strip() for cell in cells):
            continue
        try:
            household = _household(columns, cells, today, seen, line)
        except HouseholdError as error:
            told += [{"line": line, **error_json(one, words)} for one in error.errors]
            if len(told) >= MOST_ERRORS:
                break
            continue
        yield line, household
    if told:
        raise RequestError(told, words("problem.title"))


def _counted(source: TextIO, advance: Callable[[int], None]) -> Iterator[str]:
    for text in source:
        advance(len(text.encode()))
        yield text


def _household(columns: list[str], cells: list[str], today: date, seen: dict[str, int], line: int) -> Household:
    if len(cells) > len(columns):
        raise HouseholdError((FactError("too_many_cells", "reference", cells[0], {"columns": str(len(columns))}),))
    row = {name: cell for name, cell in zip(columns, cells, strict=False) if name in COLUMNS}
    household = parse_household(row, today)
    reference = str(household.cells.get("reference", ""))
    first = seen.setdefault(reference, line) if reference else line
    if first != line:
        raise HouseholdError((FactError("twice", "reference", reference, {"first": str(first)}),))
    return household


def _wrong_columns(columns: list[str]) -> Iterator[FactError]:
    """Columns given twice, columns that look like one of ours, and a table without any of ours."""
    known = [name for name in columns if name in COLUMNS]
    near = {name: nearest(name.casefold(), tuple(COLUMNS)) for name in columns if name not in COLUMNS}
    for name in sorted({name for name in known if known.count(name) > 1}):
        yield FactError("column_twice", name, name)
    for name in (name for name, meant in near.items() if meant):
        yield FactError("misspelt_column", name[:80], name[:80], {"nearest": near[name]})
    if not known and not any(near.values()):
        yield FactError("no_column", "reference", ", ".join(columns)[:80] or None, {"allowed": ", ".join(COLUMNS)})
