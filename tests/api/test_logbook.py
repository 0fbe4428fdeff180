"""The log as a list and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

import pytest

from api.logbook import ABOUT, SUMMARY, export, harmless, listing
from api.storage import Store
from bot.journal import Enquiry
from tests.api.examples import ANSWER, REFERRED, an_enquiry

FACTS = ("dst", "date_dst", "accompagnement_continu", "orientations_donnees", "orientations")


def table(*enquiries: Enquiry) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(export(enquiries, FACTS)), newline="")))


def test_an_enquiry_is_a_row_with_a_column_for_each_fact() -> None:
    (row,) = table(an_enquiry(territory="loire", replaces="tok-0"))
    assert row == {
        "asked_at": "2026-11-24T09:01:00+00:00",
        "token": "tok-1",
        "channel": "web",
        "language": "fr",
        "territory": "loire",
        "status": "settled",
        "missions": "suivi_n1",
        "certainty": "stated",
        "open_reason": "",
        "open_decider": "",
        "statements": "19 21",
        "ruleset_version": "abc",
        "replaces": "tok-0",
        "dst": "fait",
        "date_dst": "2026-01-12",
        "accompagnement_continu": "false",
        "orientations_donnees": "",
        "orientations": "",
    }
    assert list(row) == [*ABOUT, *FACTS]


def test_a_referred_enquiry_names_the_reason_and_who_decides() -> None:
    (row,) = table(an_enquiry(answer=REFERRED))
    assert (row["status"], row["missions"]) == ("referred", "")
    assert (row["open_reason"], row["open_decider"]) == ("threshold_undefined", "cler")


def test_two_missions_share_a_cell() -> None:
    (row,) = table(an_enquiry(answer={**ANSWER, "missions": ["suivi_n1", "evaluation"]}))
    assert row["missions"] == "suivi_n1 evaluation"


def test_facts_are_written_as_plain_text() -> None:
    facts = {
        "date_dst": date(2026, 1, 12),
        "accompagnement_continu": True,
        "orientations_donnees": 0,
        "orientations": [{"etat": "faite"}, {"etat": "en_cours"}],
    }
    (row,) = table(an_enquiry(facts=facts))
    assert [row[fact] for fact in FACTS] == ["", "2026-01-12", "true", "0", "faite en_cours"]


@pytest.mark.parametrize("text", ["=1+1", "+33", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x")'])
def test_no_cell_is_a_formula(text: str) -> None:
    (row,) = table(an_enquiry(territory=text, facts={"dst": text}))
    assert row["territory"] == row["dst"] == "'" + text


def test_ordinary_cells_stay_as_they_are() -> None:
    assert [harmless(text) for text in ("", "a=b", "l'aide", "2026-01-12")] == [
        "",
        "a=b",
        "l'aide",
        "2026-01-12",
    ]


def test_commas_quotes_and_new_lines_stay_in_their_cell() -> None:
    (row,) = table(an_enquiry(facts={"dst": 'un "mot", deux\nlignes'}))
    assert row["dst"] == 'un "mot", deux\nlignes'


def test_excel_can_be_helped_with_a_byte_order_mark_and_semicolons() -> None:
    text = "".join(export([an_enquiry()], ["dst"], bom=True, delimiter=";"))
    assert text.encode().startswith(b"\xef\xbb\xbfasked_at;token;")
    assert not "".join(export([], ["dst"])).startswith("\ufeff")


def test_lines_come_out_as_enquiries_come_in() -> None:
    taken: list[int] = []

    def source() -> Iterator[Enquiry]:
        for number in range(3):
            taken.append(number)
            yield an_enquiry(number)

    lines = export(source(), FACTS)
    assert next(lines).startswith("asked_at,")
    assert taken == []
    assert ",tok-0," in next(lines)
    assert taken == [0]


def test_the_list_has_a_few_cells_a_row() -> None:
    (row,) = listing([an_enquiry(territory="loire")])
    assert dict(zip(SUMMARY, row, strict=True)) == {
        "asked_at": "2026-11-24T09:01:00+00:00",
        "token": "tok-1",
        "channel": "web",
        "territory": "loire",
        "status": "settled",
        "missions": "suivi_n1",
    }


def test_the_stored_log_is_exported_whole(store: Store) -> None:
    with store.transaction() as journal:
        for number in range(3):
            journal.log(an_enquiry(number))
    text = "".join(export(store.stream(), FACTS))
    tokens = [row["token"] for row in csv.DictReader(io.StringIO(text, newline=""))]
    assert tokens == ["tok-2", "tok-1", "tok-0"]
