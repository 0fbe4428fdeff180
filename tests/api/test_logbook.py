"""The log as a list; values as cells, rows as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date

import pytest

from api.logbook import SUMMARY, cell, csv_lines, harmless, listing
from tests.api.examples import an_enquiry


def table(head: Sequence[str], *rows: Sequence[object]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(csv_lines(head, rows)), newline="")))


def test_cells_are_plain_text() -> None:
    values = (None, date(2026, 1, 12), True, 0, [{"etat": "faite"}, {"etat": "en_cours"}], ["suivi_n1", "evaluation"])
    assert [cell(value) for value in values] == ["", "2026-01-12", "true", "0", "faite en_cours", "suivi_n1 evaluation"]


@pytest.mark.parametrize("text", ["=1+1", "+33", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x")'])
def test_no_cell_is_a_formula(text: str) -> None:
    assert table(["a"], [text]) == [{"a": "'" + text}]


def test_ordinary_cells_stay_as_they_are() -> None:
    assert [harmless(text) for text in ("", "a=b", "l'aide", "2026-01-12")] == [
        "",
        "a=b",
        "l'aide",
        "2026-01-12",
    ]


def test_commas_quotes_and_new_lines_stay_in_their_cell() -> None:
    said = 'un "mot", deux\nlignes'
    assert table(["a", "b"], [said, 1]) == [{"a": said, "b": "1"}]


def test_excel_can_be_helped_with_a_byte_order_mark_and_semicolons() -> None:
    text = "".join(csv_lines(["a", "b"], [], bom=True, delimiter=";"))
    assert text.encode() == b"\xef\xbb\xbfa;b\r\n"
    assert not "".join(csv_lines(["a"], [])).startswith("\ufeff")


def test_lines_come_out_as_rows_come_in() -> None:
    taken: list[int] = []

    def source() -> Iterator[list[object]]:
        for number in range(3):
            taken.append(number)
            yield [number]

    lines = csv_lines(["a"], source())
    assert next(lines) == "a\r\n" and taken == []
    assert next(lines) == "0\r\n" and taken == [0]


def test_the_list_has_a_few_cells_a_row() -> None:
    (row,) = listing([asdict(an_enquiry(territory="loire"))])
    assert dict(zip(SUMMARY, row, strict=True)) == {
        "asked_at": "2026-11-24T09:01:00+00:00",
        "token": "tok-1",
        "channel": "web",
        "territory": "loire",
        "status": "settled",
        "missions": "suivi_n1",
    }
