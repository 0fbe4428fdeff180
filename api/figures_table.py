"""The answer of the figures as tables: on the screen, and as CSV with one reading a row."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, TextIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from api.logbook import BOM, harmless
from bot.wording import Wording

COLUMNS = (
    "period", "year", "part", "reading", "name", "ambiguities", "statements", "numerator", "denominator", "percent",
    "required", "required_rounded_down", "status", "missing", "euros", "text",
)  # fmt: skip
COLOURS = {"met": "green", "not_met": "red", "rounding": "yellow", "unknown": "yellow"}
Answer = Mapping[str, Any]


def write_csv(answer: Answer, out: TextIO, *, excel: bool = False) -> None:
    """One reading a row, in the columns of COLUMNS; amounts in EUR, rounded to the cent.

    ``excel``: as a French Excel opens it, with semicolons and a BOM.
    """
    out.write(BOM if excel else "")
    writer = csv.writer(out, delimiter=";" if excel else ",", lineterminator="\n")
    writer.writerow(COLUMNS)
    for period in answer["periods"]:
        about = {"period": period["period"]["kind"], "year": period["period"]["year"]}
        for row in _rows(period):
            cells = {**about, **row}
            writer.writerow([harmless(_cell(cells.get(column))) for column in COLUMNS])


def _rows(period: Answer) -> Iterator[dict[str, object]]:
    for part in ("sr", "n1"):
        for reading in period[part]["readings"]:
            required = {one["rounding"]: one["number"] for one in reading["required"]}
            rounded = {"required": required.get("up"), "required_rounded_down": required.get("down")}
            yield {**reading, "part": part, "reading": reading["id"], **rounded}
    for forfait in period["forfait"]["readings"]:
        about = {"part": "forfait", "reading": forfait["id"], "name": forfait["name"], "missing": forfait["missing"]}
        about |= {key: period["forfait"][key] for key in ("ambiguities", "statements")}
        if not forfait["amounts"]:
            yield {**about, "status": "unknown", "text": forfait["text"]}
        for amount in forfait["amounts"]:
            for reading in amount["readings"]:
                yield {**about, "numerator": forfait["households"], "euros": amount["euros"], "text": reading["text"]}
    for one in period["anniversaries"]:
        yield {
            **one,
            "part": "anniversary",
            "reading": one["id"],
            "numerator": one["exact"],
            "denominator": one["known"],
        }


def _cell(value: object) -> str:
    if value is None:
        return ""
    return " ".join(str(one) for one in value) if isinstance(value, list) else str(value)


def show(answer: Answer, words: Wording, screen: Console) -> None:
    """Each period on the screen: shares, forfait, anniversaries, then what the text leaves open."""
    for period in answer["periods"]:
        screen.rule(Text(period["period"]["text"], "bold"), align="left")
        for blank in period["blank"]:
            screen.print(Text(f"! {blank['text']}", "yellow"))
        for part in ("sr", "n1"):
            screen.print(Padding(Text(words(f"figures.part.{part}"), "bold"), (1, 0, 0, 0)))
            screen.print(period[part]["text"], style="dim", highlight=False)
            if period[part]["readings"]:
                screen.print(_shares(period[part]["readings"], words))
        _show_forfait(period["forfait"], words, screen)
        if period["anniversaries"]:
            screen.print(Padding(Text(words("figures.part.anniversary"), "bold"), (1, 0, 0, 0)))
            screen.print(_anniversaries(period["anniversaries"], words))
    screen.print(Padding(Text(words("figures.part.notes"), "bold"), (1, 0, 0, 0)))
    for note in answer["periods"][0]["notes"]:
        screen.print(f"- {note}", highlight=False)


def _shares(readings: list[Answer], words: Wording) -> Table:
    """One reading a row; those that nobody can tell, for the same want, are one row together."""
    table = _table(words, "reading", "households", "share", "verdict", "statements")
    for untold, group in groupby(readings, lambda one: one["status"] == "unknown" and one["verdict"]):
        together = list(group)
        for alike in [together] if untold else [[one] for one in together]:
            table.add_row(*_share_row(alike))
    return table


def _share_row(alike: list[Answer]) -> tuple[str | Text, ...]:
    first = alike[0]
    names = "\n".join(one["name"] for one in alike)
    counted = {f"{_number(one['numerator'])} / {_number(one['denominator'])}" for one in alike}
    verdict = Text(first["verdict"], COLOURS[first["status"]])
    return names, counted.pop() if len(counted) == 1 else "", first["percent"] or "?", verdict, _sources(*alike)


def _show_forfait(forfait: Answer, words: Wording, screen: Console) -> None:
    screen.print(Padding(Text(words("figures.part.forfait"), "bold"), (1, 0, 0, 0)))
    screen.print(forfait["text"], highlight=False)
    for reading in forfait["readings"]:
        screen.print(Padding(Text.assemble((reading["name"], "bold"), f" {reading['text']}"), (1, 0, 0, 0)))
        if len(reading["amounts"]) > 1:
            table = _table(words, "amount", "readings")
            for amount in reading["amounts"]:
                table.add_row(amount["text"], "\n".join(f"• {one['text']}" for one in amount["readings"]))
            screen.print(table)


def _anniversaries(found: list[Answer], words: Wording) -> Table:
    table = _table(words, "mark", "found", "statements")
    for one in found:
        table.add_row(one["name"], one["text"], _sources(one))
    return table


def _table(words: Wording, *columns: str) -> Table:
    table = Table(header_style="bold", show_lines=True)
    for column in columns:
        right = column in ("households", "share", "amount")
        table.add_column(words(f"figures.column.{column}"), justify="right" if right else "left", no_wrap=right)
    return table


def _number(value: int | None) -> str:
    return "?" if value is None else str(value)


def _sources(*readings: Answer) -> str:
    statements = sorted({number for one in readings for number in one["statements"]})
    ambiguities = dict.fromkeys(ambiguity for one in readings for ambiguity in one["ambiguities"])
    return ", ".join([*(str(number) for number in statements), *ambiguities])
