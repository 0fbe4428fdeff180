"""A table as a workbook: the sheet of its rows, then the sheet that says what each column means."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from api.exports.columns import HEAD, dictionary
from api.exports.tables import Export, export_of
from api.logbook import cell, harmless
from api.storage.engine import connect, database_url
from api.storage.exporting import Chosen
from bot.wording import Wording, wording

if TYPE_CHECKING:
    from openpyxl import Workbook

MOST_ROWS = 1_000_000  # a sheet holds 1,048,576; more go on in the next one
LOW_PRIORITY = 10
UNWRITABLE = re.compile(r"[\000-\010\013\014\016-\037]")  # what a sheet may not hold


class UnmadeError(Exception):
    """The workbook could not be made: the process that made it failed."""


def write_workbook(export: Export, words: Wording, to: Path, told: Callable[[int], None] = lambda _: None) -> None:
    """Write the file, row by row: never all rows in memory. ``told``: how many rows were written, now and then."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    title, number = words("exports.sheet.data"), 1
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.append(export.head)
    for done, row in enumerate(export.rows(), 1):
        if done > MOST_ROWS * number:
            number += 1
            sheet = book.create_sheet(f"{title} {number}")
            sheet.append(export.head)
        sheet.append([spreadsheet_cell(value) for value in row])
        if done % 1000 == 0:
            told(done)
    _add_dictionary(book, words, dictionary(export.table, words))
    book.save(to)


def write_apart(url: str, table: str, chosen: Chosen, language: str, to: Path) -> None:
    """The same in a process of its own, so that a server goes on answering. Raises UnmadeError."""
    context = multiprocessing.get_context("spawn")
    work = context.Process(target=_write_gently, args=(url, table, chosen, language, to), daemon=True)
    work.start()
    try:
        work.join()
        if work.exitcode:
            raise UnmadeError
    finally:
        work.terminate()


def spreadsheet_cell(value: object) -> object:
    """Numbers and days as such, an instant in UTC, all else as text that is no formula; nothing for None."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, date):
        return value
    return UNWRITABLE.sub("", harmless(cell(value))) or None


def _add_dictionary(book: Workbook, words: Wording, rows: Iterable[tuple[str, ...]]) -> None:
    sheet = book.create_sheet(words("exports.sheet.dictionary"))
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDE", (28, 70, 24, 80, 36), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([words(f"exports.dictionary.{name}") for name in HEAD])
    for row in rows:
        sheet.append([spreadsheet_cell(text) for text in row])


def _write_gently(url: str, table: str, chosen: Chosen, language: str, to: Path) -> None:
    os.nice(LOW_PRIORITY)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends it
    tempfile.tempdir = str(to.parent)  # where its drafts go, too: nothing stays when it is ended
    engine = connect(database_url(url))
    try:
        write_workbook(export_of(table, engine, chosen), wording(language), to)
    finally:
        engine.dispose()
