"""Reports by the command line and by address: filled from a request or from the log, refused in words."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from docx import Document
from fastapi import FastAPI

from api.cli import main
from api.deciding import Decider
from api.routes.reports import DOCX, report_routes
from api.storage.store import Store
from tests.api.examples import an_enquiry
from tests.bot.reporting import ENERGY, SETTLED, controls_of
from tests.rules.situations import COMPILED

VERSION = COMPILED.ruleset.id.version
FACTS = {k: v for k, v in SETTLED.items() if k != "date_dernier_accompagnement"} | {
    "date_dernier_accompagnement": {"from": "2026-01-02", "to": "2026-03-02"},
    "orientations": [{"etat": "faite"}],
}
TERRITORY = """id: pays-exemple
name: Pays d'exemple
options:
  option_evaluation: {value: false, decided_by: Comité de pilotage, decided_on: 2026-01-15}
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The command with a data folder and a territory of its own; gives the exit status and what was told."""
    data = tmp_path / "data"
    (data / "territories").mkdir(parents=True)
    (data / "territories" / "pays-exemple.yaml").write_text(TERRITORY, encoding="utf-8")
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(data))
    monkeypatch.chdir(tmp_path)

    def ran(*words: str, said: object = None):
        text = said if isinstance(said, str) else json.dumps(said)
        result = CliRunner().invoke(main, ["report", *words], input=text, catch_exceptions=False)
        return result.exit_code, result.stderr.replace("\u00a0", " ")

    return ran


def answers(content: bytes) -> dict[str, str]:
    return dict(controls_of(Document(BytesIO(content))))


def test_a_report_is_filled_from_a_decision_request_and_from_figures(run):
    Path("energie.json").write_text(json.dumps(ENERGY), encoding="utf-8")
    status, told = run(
        "n1", "--situation", "-", "--energy", "energie.json", "--output", "r.docx", said={"situation": SETTLED}
    )
    assert (status, told) == (0, "Écrit : r.docx\n")
    found = answers(Path("r.docx").read_bytes())
    assert found["date_dst"] == "10/11/2025"
    assert found["energie-1-depenses"].replace("\u202f", " ") == "1 450,20"


def test_a_blank_report_has_the_territorys_options(run):
    status, _ = run("n1", "--territory", "pays-exemple", "--output", "r.html")
    assert status == 0
    assert "rien à remplir ici" in Path("r.html").read_text(encoding="utf-8")


def test_a_report_of_a_category_in_english(run):
    status, _ = run("sr", "--category", "mediation", "--lang", "en", "--output", "r.html")
    html = Path("r.html").read_text(encoding="utf-8")
    assert status == 0
    assert '<html lang="en-GB"' in html and "mediation with the landlord" in html


def test_a_report_is_filled_from_the_log(run):
    with Store.open("sqlite:///data/aiguillage.db") as store, store.transaction() as journal:
        journal.log(an_enquiry(facts=FACTS, ruleset_version=VERSION))
    status, told = run("n1", "--enquiry", "tok-1", "--output", "r.docx")
    assert (status, told) == (0, "Écrit : r.docx\n")
    found = answers(Path("r.docx").read_bytes())
    assert found["pause"] == "entre 8 mois et 14 jours et 10 mois et 14 jours avant le contact"
    assert found["dernier_accompagnement"] == "…………"


REFUSED = {
    "no JSON": (("n1", "--situation", "-"), "", "-: La demande n'est pas du JSON lisible"),
    "a list": (("n1", "--situation", "-"), [1], 'request = "list": « request » n\'a pas la forme attendue'),
    "a misspelt fact": (("n1", "--situation", "-"), {"situation": {"dts": "fait"}}, 'dts = "fait": Le fait dts'),
    "a language": (("n1", "--lang", "xx"), None, 'lang = "xx"'),
    "a territory": (("n1", "--territory", "ailleurs"), None, 'territory = "ailleurs": Territoire inconnu'),
    "a token": (("n1", "--enquiry", "absent"), None, "Aucune question n’est gardée sous « absent »."),
    "a category": (("sr", "--category", "jardin"), None, "jardin: Cette trame n’existe pas."),
    "no file": (("n1", "--situation", "absent.json"), None, "absent.json ne peut pas être lu"),
    "both sources": (
        ("n1", "--situation", "-", "--enquiry", "x"),
        {},
        "Donnez --situation ou --enquiry, pas les deux.",
    ),
    "one input twice": (("n1", "--situation", "-", "--energy", "-"), {}, "Une seule des deux options"),
    "an amount": (("n1", "--energy", "-"), {"avant": {"depenses": "12 00"}}, 'avant.depenses = "12 00": « 12 00 »'),
    "two territories": (
        ("n1", "--territory", "pays-exemple", "--situation", "-"),
        {"territory": "ailleurs"},
        "Territoire pays-exemple demandé, mais la demande dit ailleurs",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_is_told_and_nothing_is_written(run, case):
    words, said, wanted = REFUSED[case]
    status, told = run(*words, "--output", "r.docx", said=said)
    assert status == 2
    assert wanted in told
    assert "Traceback" not in told
    assert not Path("r.docx").exists()


@pytest.mark.parametrize(("name", "wanted"), [("r.pdf", ".docx ou .html"), ("absent/r.docx", "ne peut pas être écrit")])
def test_a_file_that_cannot_be_written_is_told(run, name, wanted):
    status, told = run("n1", "--output", name)
    assert status == 2
    assert wanted in told


@pytest.fixture
def get(tmp_path):
    """The routes alone, over a log with three questions: of these rules, of others, and of others with a lost fact."""
    with Store.open(f"sqlite:///{tmp_path / 'log.db'}") as store:
        with store.transaction() as journal:
            journal.log(an_enquiry(1, facts=FACTS, ruleset_version=VERSION))
            journal.log(an_enquiry(2, facts=FACTS))
            journal.log(an_enquiry(3, facts={"fait_disparu": True}))
        app = FastAPI()
        decider = Decider(COMPILED, {})
        app.include_router(report_routes(store, lambda: decider, lambda: date(2026, 11, 25)))

        async def asked(address):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as opened:
                return await opened.get(address)

        yield lambda address: asyncio.run(asked(address))


def check_headers(response: httpx.Response, name: str) -> None:
    assert response.headers["x-robots-tag"] == "noindex, nofollow"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert response.headers["content-disposition"].endswith(f'filename="{name}"')


def test_an_answer_has_its_report_as_a_document(get):
    response = get("/reponse/tok-1/rapport.docx")
    assert response.status_code == 200
    assert response.headers["content-type"] == DOCX
    check_headers(response, "rapport-n1.docx")
    assert answers(response.content)["date_dst"] == "10/11/2025"


def test_an_answer_has_its_report_as_a_page_in_the_readers_language(get):
    response = get("/reponse/tok-1/rapport.html?lang=en")
    assert response.status_code == 200
    check_headers(response, "rapport-n1.html")
    assert response.headers["content-language"] == "en"
    assert "Mission: " in response.text


def test_the_report_of_an_answer_under_other_rules_says_so_and_gives_the_answer_as_it_was(get):
    for token in ("tok-2", "tok-3"):
        html = get(f"/reponse/{token}/rapport.html").text
        assert "version antérieure des règles" in html
        assert "Une visite « après la chauffe »…" in html


@pytest.mark.parametrize("name", ["n1", "sr-mediation", "sr-relogement", "sr-insalubrite", "sr-sante", "sr-autre"])
@pytest.mark.parametrize("kind", ["docx", "html"])
def test_every_blank_report_has_an_address(get, name, kind):
    response = get(f"/trames/{name}.{kind}")
    assert response.status_code == 200
    check_headers(response, f"trame-{name}.{kind}")


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("/reponse/absent/rapport.docx", "Aucune réponse n’est gardée à cette adresse."),
        ("/reponse/abs%20ent/rapport.html", "Aucune réponse n’est gardée à cette adresse."),
        ("/trames/sr-jardin.docx", "Cette trame n’existe pas."),
        ("/trames/mediation.html", "Cette trame n’existe pas."),
        ("/trames/sr-.html", "Cette trame n’existe pas."),
    ],
)
def test_what_is_not_there_is_refused_in_words(get, address, wanted):
    response = get(address)
    assert response.status_code == 404
    assert wanted in response.text
    assert response.headers["x-robots-tag"] == "noindex, nofollow"
