"""The figures by the command, by HTTP and on the page: alike, in words, and refused where they cannot be."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from fractions import Fraction

import httpx
import pytest
from click.testing import CliRunner
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st

from api.cli import main
from api.deciding import open_decider
from api.pages.figures import FIELDS, figures_page
from api.routes.decisions import Problem, problem_response
from api.routes.figures import figure_routes
from api.settings import load_settings
from bot.figures.numbers import money, percent
from bot.wording import languages, wording
from rules.figures.figures import SR_FLOOR
from rules.figures.households import COLUMNS
from tests.api.serving import free_port, running

TERRITORY = """\
id: pays-exemple
name: Pays d'exemple
options:
  option_n1: {value: true, decided_by: Comité de pilotage, decided_on: 2026-01-15}
"""
TABLE = """\
reference;date_dst;date_derniere_visite;suivi;conventionne;beneficiaire;nombre_sr;date_fin_sr;n1;date_n1
a1;2024-03-10;2024-04-02;oui;oui;oui;1;2024-09-01;realise;10/03/2025
a2;2024-05-12;;oui;oui;oui;0;;refuse;2025-05-15
b1;2025-01-20;;oui;non;oui;2;;aucun;
b2;2025-02-20;;non;oui;oui;0;;aucun;
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("data")
    (found / "territories").mkdir()
    (found / "territories" / "pays.yaml").write_text(TERRITORY, encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def client(folder):
    decider = open_decider(load_settings({"AIGUILLAGE_DATA_DIR": str(folder)}))
    app = FastAPI()
    app.add_exception_handler(Problem, problem_response)
    app.include_router(figure_routes(decider, date.today))
    app.router.routes.extend(figures_page(decider, date.today))
    port = free_port()
    with running(app, port), httpx.Client(base_url=f"http://127.0.0.1:{port}") as started:
        yield started


@pytest.fixture
def command(folder):
    def run(*arguments, given=""):
        environ = {"AIGUILLAGE_DATA_DIR": str(folder), "COLUMNS": "160"}
        return CliRunner().invoke(main, ["figures", *map(str, arguments)], input=given, env=environ)

    return run


def _rows():
    return [
        {name: cell for name, cell in row.items() if cell} for row in csv.DictReader(io.StringIO(TABLE), delimiter=";")
    ]


REQUESTS = [
    {"counts": {"visited": 120, "followed": 110, "with_sr": 21}},
    {"counts": {"followed": 47, "with_sr": 9, "sr_total": 30, "target": 27.5}, "lang": "en"},
    {"counts": {"beneficiaries": 100, "n1_done": 12, "option_n1": True}, "year": 2026},
    {"counts": {"beneficiaries": 100, "n1_done": 12}, "territory": "pays-exemple", "year": 2025},
    {"counts": {"option_n1": False}, "households": _rows(), "year": 2025},
    {"counts": {"followed": 0, "with_sr": 0}},
]


def test_the_command_and_http_answer_alike_to_the_letter(client, command):
    answers = [client.post("/v1/figures", json=request).json() for request in REQUESTS]
    assert all("periods" in answer for answer in answers)
    done = command("--json", given="\n".join(json.dumps(request) for request in REQUESTS))
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [json.dumps(answer, ensure_ascii=False) for answer in answers]


def test_flags_are_the_same_request(client, command):
    done = command("--visited", 120, "--followed", 110, "--sr", 21, "--json")
    assert json.loads(done.stdout) == client.post("/v1/figures", json=REQUESTS[0]).json()


def test_a_table_gives_what_its_households_give_in_json(client, command, tmp_path):
    table = tmp_path / "menages.csv"
    table.write_text(TABLE, encoding="utf-8-sig")
    done = command("--csv", table, "--year", 2025, "--territory", "pays-exemple", "--json")
    request = {"households": _rows(), "year": 2025, "territory": "pays-exemple"}
    assert json.loads(done.stdout) == client.post("/v1/figures", json=request).json()
    year, whole = json.loads(done.stdout)["periods"]
    assert (year["counts"]["visited"], whole["counts"]["visited"]) == (2, 4)
    assert (year["counts"]["cohort"], year["counts"]["n1_done"]) == (2, 1)
    # the option was decided in 2026: of 2025 nothing is known
    assert (year["n1"]["option"], whole["n1"]["option"]) == ("unknown", "taken")


def test_each_reading_says_its_name_its_share_and_what_is_lacking(client):
    (period,) = client.post("/v1/figures", json=REQUESTS[0]).json()["periods"]
    told = [reading["text"].replace("\u00a0", " ").replace("\u202f", " ") for reading in period["sr"]["readings"]]
    assert told == [
        "Lecture 1 : 20 % sur les ménages suivis. 21 ménages sur 110, soit 19,1 % : il en manque 1 (il en faut 22).",
        "Lecture 2 : 20 % sur les ménages visités. 21 ménages sur 120, soit 17,5 % : il en manque 3 (il en faut 24).",
        "Lecture 3 : 20 % sur les ménages conventionnés. On ne peut pas le dire, il manque : ménages conventionnés.",
    ]


def test_the_spread_says_which_counts_it_lacks(client):
    (period,) = client.post("/v1/figures", json={"counts": {"followed": 110}, "lang": "en"}).json()["periods"]
    assert "This is not the whole spread" in period["forfait"]["text"]
    assert "households visited" in period["forfait"]["text"]
    assert period["forfait"]["spread"] == {"least": "33000.00", "greatest": "33000.00"}


@pytest.mark.parametrize("language", languages())
@settings(max_examples=100, deadline=None)
@given(part=st.integers(0, 20_000), whole=st.integers(1, 20_000))
def test_a_share_under_the_threshold_never_looks_like_it(language, part, whole):
    share, words = Fraction(part, whole), wording(language)
    assert (percent(share, SR_FLOOR, words) == percent(SR_FLOOR, SR_FLOOR, words)) == (share == SR_FLOOR)
    assert money(Fraction(300 * whole), words)


def test_the_screen_shows_every_reading_side_by_side(command):
    done = command("--visited", 120, "--followed", 110, "--sr", 25, "--option-n1", "--n1-done", 3, "--cohort", 20)
    said = done.stdout.replace("\u00a0", " ").replace("\u202f", " ")
    assert done.exit_code == 0
    for wanted in (
        "25 / 110",
        "22,7 %",
        "25 / 120",
        "20,8 %",
        "3 / 20",
        "33 150 €",
        "34 500 €",
        "38 500 €",
        "36 500 €",
    ):
        assert wanted in said, wanted
    assert "(R1)" in said and "(R2)" in said and "(R3)" in said


def test_the_csv_has_one_reading_a_row(command, tmp_path):
    file = tmp_path / "chiffres.csv"
    assert command("--followed", 47, "--sr", 9, "--output", file).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    first = rows[0]
    assert (first["reading"], first["numerator"], first["denominator"]) == ("sr.followed", "9", "47")
    assert (first["required"], first["required_rounded_down"], first["status"]) == ("10", "9", "rounding")
    assert {row["euros"] for row in rows if row["reading"] == "forfait.followed"} == {"14100.00"}


def test_the_csv_for_excel_opens_in_a_french_one(command):
    done = command("--followed", 47, "--sr", 9, "--csv-output", "--excel")
    assert done.stdout.startswith("\ufeffperiod;year;")


def test_the_template_is_a_table_with_every_column_and_no_household(command, tmp_path):
    empty = tmp_path / "vide.csv"
    empty.write_text(command("--template").stdout, encoding="utf-8")
    assert empty.read_text(encoding="utf-8").strip().split(";") == list(COLUMNS)
    refused = command("--csv", empty)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "aucun ménage" in refused.stderr


def test_a_column_that_is_left_out_leaves_its_counts_unknown(command, tmp_path):
    table = tmp_path / "court.csv"
    table.write_text("reference;suivi;secteur\na;oui;nord\nb;non;sud\n", encoding="utf-8")
    done = command("--csv", table, "--json")
    (period,) = json.loads(done.stdout)["periods"]
    assert (period["counts"]["followed"], period["counts"]["with_sr"]) == (1, None)
    assert "nombre_sr" in {blank["column"] for blank in period["blank"]}
    assert "secteur" in done.stderr


BAD_TABLES = [
    ("reference;date_dst\na;2025-02-30\n", ['ligne 2, date_dst = "2025-02-30"', "2026-04-21"]),
    ("reference;n1\n\na;aucun\nb;fait\n", ['ligne 4, n1 = "fait"', "realise"]),
    ("reference;suivi\na;oui\na;oui\n", ['ligne 3, reference = "a"', "ligne 2"]),
    ("reference;suivi\na;oui;non\n", ['ligne 2, reference = "a"', "2 titres"]),
    ("reference;suivis\na;oui\n", ["suivis", "« suivi »"]),
    ("suivi;suivi\noui;non\n", ["suivi", "deux fois"]),
    ("nom;ville\nx;y\n", ["nom, ville", "reference"]),
    ("", ["Aucun titre"]),
    ('reference;suivi\n"a;oui\n', ["CSV"]),
]


@pytest.mark.parametrize(("text", "told"), BAD_TABLES, ids=[t[0][:30] for t in BAD_TABLES])
def test_a_bad_table_is_refused_whole_with_line_column_value_and_remedy(command, tmp_path, text, told):
    table, out = tmp_path / "faux.csv", tmp_path / "out.csv"
    table.write_text(text, encoding="utf-8")
    done = command("--csv", table, "--output", out)
    said = done.stderr.replace("\u00a0", " ")
    assert (done.exit_code, done.stdout, out.exists()) == (2, "", False)
    for wanted in told:
        assert wanted in said
    assert "Traceback" not in said


def test_every_wrong_cell_is_told_up_to_twenty_lines(command, tmp_path):
    table = tmp_path / "faux.csv"
    table.write_text("suivi;nombre_sr\n" + "peut-être;x\n" * 100, encoding="utf-8")
    assert len(command("--csv", table).stderr.splitlines()) == 20


def test_a_table_that_is_not_utf8_says_how_to_save_it(command, tmp_path):
    table = tmp_path / "latin.csv"
    table.write_bytes("reference;suivi\ndépôt;oui\n".encode("cp1252"))
    done = command("--csv", table)
    assert (done.exit_code, "CSV UTF-8" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "Aucun compte"),
        (("--followed", 47, "--territory", "nulle-part"), "pays-exemple"),
        (("--followed", 47, "--sr", 9, "--sr-total", 3), "sr_total"),
        (("--followed", 47, "--target", "15"), "target"),
        (("--followed", 47, "--no-option-n1", "--territory", "pays-exemple"), "2026-01-15"),
        (("--followed", 47, "--output", "/nulle/part/x.csv"), "/nulle/part/x.csv"),
        (("--followed", "beaucoup"), "beaucoup"),
    ],
)
def test_what_cannot_be_is_refused_by_the_command(command, arguments, told):
    done = command(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert told in done.stderr


BAD_REQUESTS = [
    ({"counts": {"follower": 3}}, "follower", "followed"),
    ({"counts": {"zzz": 3}}, "zzz", "Connus : visited"),
    ({"zzz": 3}, "zzz", "Connues : counts"),
    ({"counts": {"followed": 10**99}}, "followed", "0"),
    ({"counts": {"followed": "3"}}, "followed", "0"),
    ({"counts": {}}, "counts", "followed"),
    ({}, "counts", "followed"),
    ([1], "request", "{"),
    ({"count": {"followed": 3}}, "count", "counts"),
    ({"counts": {"followed": 3}, "lang": "tlh"}, "lang", "fr"),
    ({"counts": {"followed": 3}, "year": 1999}, "year", "2026"),
    ({"counts": {"followed": 3}, "territory": "nulle-part"}, "territory", "pays-exemple"),
    ({"counts": {"followed": 3}, "households": [{"suivi": "oui"}]}, "followed", "tableau"),
    ({"households": []}, "households", "ménage"),
    ({"households": [{"suivi": True}]}, "suivi", '"'),
    ({"households": [{"nom": "x"}]}, "nom", "reference"),
    ({"households": ["a"]}, "households", "["),
]


@pytest.mark.parametrize(("body", "name", "hint"), BAD_REQUESTS, ids=[json.dumps(b[0])[:50] for b in BAD_REQUESTS])
def test_a_bad_request_is_a_problem_and_the_same_words_on_the_command_line(client, command, body, name, hint):
    reply = client.post("/v1/figures", json=body)
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    (error,) = reply.json()["errors"]
    assert error["fact"] == name
    assert hint in error["hint"].replace("\u00a0", " ")
    good = json.dumps(REQUESTS[0])
    done = command("--json", given=f"{good}\n{json.dumps(body)}\n{good}\n")
    assert (done.exit_code, len(done.stdout.splitlines())) == (2, 2)
    if body != {"counts": {"followed": 3}, "lang": "tlh"}:
        assert error["detail"] in done.stderr
    assert done.stderr.startswith("ligne 2")


@pytest.mark.parametrize(
    "body",
    [
        b'{"counts": {"target": NaN}}',
        b'{"counts": {"followed": Infinity}}',
        rb'{"counts": {"\ud800": "\udfff"}}',
        rb'{"\ud800": 1}',
        b'{"counts": {"followed": "' + b"9" * 9000 + b'"}}',
        b'{"counts": {"followed": {}}, "year": true}',
    ],
)
def test_what_json_can_hold_and_a_count_cannot_is_a_problem_too(client, body):
    reply = client.post("/v1/figures", content=body)
    assert reply.status_code == 422
    assert all(len(str(error["value"])) <= 80 and error["hint"] for error in reply.json()["errors"])


def test_a_body_that_is_no_json_or_too_large_is_a_problem(client):
    assert client.post("/v1/figures", content=b"{").status_code == 422
    assert client.post("/v1/figures", content=b"a" * 300_000).status_code == 413


def test_the_api_document_has_an_example_that_works(client):
    document = client.get("/openapi.json").json()
    schema = document["paths"]["/v1/figures"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert client.post("/v1/figures", json=schema["example"]).status_code == 200


def test_the_page_shows_the_readings_of_the_counts_in_its_address(client):
    page = client.get("/chiffres-convention", params={"followed": "1 10", "with_sr": "21", "lang": "fr"})
    said = page.text.replace("\u00a0", " ")
    assert page.status_code == 200
    assert "20 % sur les ménages suivis" in said and "Il en manque 1 (il en faut 22)." in said
    assert 'value="21"' in said


def test_the_empty_page_is_a_form_with_every_count(client):
    page = client.get("/chiffres-convention")
    assert page.status_code == 200
    assert all(f'name="{name}"' in page.text for name in FIELDS)
    assert 'id="now"' not in page.text


def test_a_wrong_count_is_told_at_its_field_and_cannot_bring_markup_in(client):
    page = client.get("/chiffres-convention", params={"followed": "<b>dix</b>", "lang": "fr"})
    assert page.status_code == 422
    assert 'id="followed-error"' in page.text
    assert "<b>dix" not in page.text


def test_the_page_runs_under_a_strict_policy_with_nothing_inline(client):
    page = client.get("/chiffres-convention", params={"followed": "110", "with_sr": "25"})
    assert page.headers["content-security-policy"].startswith("default-src 'self'")
    assert not re.search(r"<script(?! type=\"module\" src)|<style|\sstyle=|\son\w+=", page.text)
    (style,) = re.findall(r'href="(/chiffres-convention/figures\.css\?\w+)"', page.text)
    assert client.get(style).headers["content-type"] == "text/css; charset=utf-8"
