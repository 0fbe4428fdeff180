"""The log of finished questions, for those who read it: a short list, or everything as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from bot.journal import Enquiry

SUMMARY = ("asked_at", "token", "channel", "territory", "status", "missions")
ABOUT = (
    "asked_at",
    "token",
    "channel",
    "language",
    "territory",
    "status",
    "missions",
    "certainty",
    "open_reason",
    "open_decider",
    "statements",
    "ruleset_version",
    "replaces",
)
BOM = "\ufeff"


def listing(enquiries: Iterable[Enquiry]) -> Iterator[tuple[str, ...]]:
    """One row of cells an enquiry, in the order of SUMMARY."""
    for enquiry in enquiries:
        about = _about(enquiry)
        yield tuple(cell(about[column]) for column in SUMMARY)


def export(
    enquiries: Iterable[Enquiry], facts: Sequence[str], *, bom: bool = False, delimiter: str = ","
) -> Iterator[str]:
    """The log as CSV (RFC 4180), line by line: the columns of ABOUT, then one for each fact named.

    An unknown fact is an empty cell. ``bom`` helps Excel to see that the text is UTF-8; a French Excel also
    wants ``delimiter=";"``. No cell can be taken for a formula by a spreadsheet.
    """
    yield (BOM if bom else "") + _line([*ABOUT, *facts], delimiter)
    for enquiry in enquiries:
        about = _about(enquiry)
        values = [*(about[column] for column in ABOUT), *(enquiry.facts.get(fact) for fact in facts)]
        yield _line([harmless(cell(value)) for value in values], delimiter)


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


def _about(enquiry: Enquiry) -> dict[str, object]:
    answer: Mapping[str, Any] = enquiry.answer
    asked = answer.get("open") or {}
    own = {column: getattr(enquiry, column) for column in ABOUT if hasattr(enquiry, column)}
    return own | {
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
