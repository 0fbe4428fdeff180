"""The log of finished questions as a short list; values as the cells of a table, and rows as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

SUMMARY = ("asked_at", "token", "channel", "territory", "status", "missions")
BOM = "\ufeff"


def listing(questions: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    """One row of cells a logged question (its columns by name), in the order of SUMMARY."""
    for question in questions:
        known = {**question, **about_answer(question["answer"])}
        yield tuple(cell(known[name]) for name in SUMMARY)


def csv_lines(
    head: Sequence[str], rows: Iterable[Sequence[object]], *, bom: bool = False, delimiter: str = ","
) -> Iterator[str]:
    """Rows under their head as CSV (RFC 4180), line by line.

    ``bom`` helps Excel to see that the text is UTF-8; a French Excel also wants ``delimiter=";"``. No cell can be taken
    for a formula by a spreadsheet.
    """
    yield (BOM if bom else "") + _line(head, delimiter)
    for row in rows:
        yield _line([harmless(cell(value)) for value in row], delimiter)


def cell(value: object) -> str:
    """A value as text: ISO dates, ``true`` and ``false``, lists separated by blanks, nothing for None.

    Of an orientation only its state is written.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return cell(value["etat"]) if "etat" in value else json.dumps(dict(value), default=str)
    if isinstance(value, list | tuple):
        return " ".join(cell(one) for one in value)
    return str(value)


def harmless(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would run as a formula."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def about_answer(answer: Mapping[str, Any]) -> Mapping[str, object]:
    """What a list tells of an answer."""
    asked = answer.get("open") or {}
    return {
        "status": answer["status"],
        "missions": answer["missions"],
        "certainty": answer.get("certainty"),
        "open_reason": asked.get("reason"),
        "open_decider": asked.get("decider"),
        "statements": _cited(answer),
    }


def _cited(answer: Mapping[str, Any]) -> list[int]:
    """The statements that the answer rests on, each once, in order; open points are not among them."""
    reasons = [*answer.get("reasons", ()), *(r for one in answer.get("excluded", ()) for r in one["reasons"])]
    return sorted({reason["statement"] for reason in reasons})


def _line(cells: Sequence[str], delimiter: str) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue()
