"""A household catalog as a spreadsheet for who translates, and back: one text a row, a plural form a row of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from bot.followup.catalog import DRAFT, Catalog, Entry, forms_of
from bot.followup.catalog_text import keys, new_catalog, plural_examples
from bot.followup.errors import CatalogError
from bot.followup.templates import Templates
from bot.wording import Wording

COLUMNS = ("key", "french", "translation", "notes", "state", "hash")
WIDTHS = (44, 56, 56, 36, 12, 14)
MOST_ROWS, MOST_PARTS = 10_000, 1_000
LARGEST, LARGEST_UNPACKED = 5_000_000, 50_000_000  # bytes
FORM = re.compile(r"^(\S+) \[(\d+)\]$")
LEFT_TO_RIGHT, RIGHT_TO_LEFT = 1, 2  # the reading orders of a cell


def sheet_of(catalog: Catalog, french: Catalog, templates: Templates, words: Wording) -> bytes:
    """The .xlsx of a catalog that ``to_translate`` made. The sheet's title is its language."""
    book = Workbook()
    sheet = book.active
    sheet.title = catalog.language
    sheet.append([words(f"followup.column.{name}") for name in COLUMNS])
    for key in keys(templates):
        for row in _rows(catalog, catalog.entries[key], french.entries[key]):
            sheet.append(row)
    _lay_out(sheet, RIGHT_TO_LEFT if catalog.right_to_left else LEFT_TO_RIGHT)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def catalog_of(file: Path) -> Catalog:
    """The catalog that a returned .xlsx holds. Raises CatalogError."""
    content = _content(file)
    try:
        book = load_workbook(content, read_only=True, data_only=True)
        language, rows = book.worksheets[0].title, list(_rows_of(book.worksheets[0]))
        book.close()
    except (InvalidFileException, BadZipFile, LookupError, OSError, ValueError, TypeError, SyntaxError) as error:
        raise CatalogError(file, f"not readable as a spreadsheet: {error}", "save it as .xlsx") from None
    try:
        empty = new_catalog(language)
    except CatalogError:
        hint = "leave the sheet's name as `aiguillage locales export` gave it: it is the language"
        raise CatalogError(file, f"its first sheet is named '{language}'", hint) from None
    found: dict[str, Entry] = {}
    for row in rows:
        written, _, said, notes, state, mark = [_text(cell) for cell in (*row, *(None,) * len(COLUMNS))[: len(COLUMNS)]]
        form = FORM.match(written)
        key = form[1] if form else written
        if not key:
            continue
        before = found.get(key)
        spoken = (*forms_of(before.words), said) if form and before else (said,) if form else said
        found[key] = Entry(key, spoken, mark, None, tuple(notes.split("\n")) if notes else (), state or DRAFT)
    if not any(key.startswith("household.") for key in found):
        hint = "fill in the file that `aiguillage locales export` gave, and leave its columns in their order"
        raise CatalogError(file, "no row has a key of a household message", hint)
    return Catalog(language, MappingProxyType(found), empty.plural_forms, empty.plural_rule)


def _content(file: Path) -> BytesIO:
    """The file, unless it would take too much room once unpacked. Raises CatalogError."""
    try:
        if file.stat().st_size > LARGEST:
            raise CatalogError(file, f"more than {LARGEST} bytes", "save it anew as .xlsx, without images")
        content = BytesIO(file.read_bytes())
        with ZipFile(content) as zipped:
            entries = zipped.infolist()
    except (BadZipFile, OSError) as error:
        raise CatalogError(file, f"not readable as a spreadsheet: {error}", "save it as .xlsx") from None
    if len(entries) > MOST_PARTS or sum(one.file_size for one in entries) > LARGEST_UNPACKED:
        problem = f"it unpacks to more than {LARGEST_UNPACKED} bytes or {MOST_PARTS} parts"
        raise CatalogError(file, problem, "save it anew as .xlsx, without images")
    return content


def _rows_of(sheet: Worksheet) -> Iterator[tuple[object, ...]]:
    """The rows under the head, as many as any catalog of ours can have."""
    return islice(sheet.iter_rows(min_row=2, max_col=len(COLUMNS), values_only=True), MOST_ROWS)


def _rows(catalog: Catalog, entry: Entry, french: Entry) -> Iterator[list[str]]:
    notes = "\n".join(entry.notes)
    if not isinstance(entry.words, tuple):
        yield [entry.key, str(french.words), entry.words, notes, entry.marked, entry.french]
        return
    for (form, numbers), words in zip(plural_examples(catalog).items(), entry.words, strict=True):
        source = f"{forms_of(french.words)[-1]}\n({numbers})"
        yield [f"{entry.key} [{form}]", source, words, notes, entry.marked, entry.french]


def _lay_out(sheet: Worksheet, order: int) -> None:
    sheet.freeze_panes = "B2"
    for letter, width in zip("ABCDEF", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows():
        for cell in row:
            reading = order if cell.column_letter == "C" else LEFT_TO_RIGHT
            cell.alignment = Alignment(wrap_text=True, vertical="top", readingOrder=reading)
            cell.font = Font(bold=cell.row == 1)


def _text(cell: object) -> str:
    """What a cell says, one line a line, whatever the spreadsheet program put at their ends."""
    text = "" if cell is None else str(cell).replace("_x000D_", "")
    return "\n".join(line.strip() for line in text.strip().splitlines())
