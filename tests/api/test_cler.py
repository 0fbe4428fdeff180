"""The open questions, counted by the text's own question, anonymous; on a page, as a PDF, as a DOCX, by a command."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from docx import Document
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

from api.access.gate import COOKIE
from api.access.roles import COORDINATOR, NATIONAL
from api.commands.cler import cler
from api.review.open_questions import anonymous, open_questions
from api.storage.open_questions import Span
from api.storage.store import Store
from rules.compile import compile_ruleset
from rules.load import SLIME_PLUS, load_ruleset
from tests.api.coordination import TERRITORY, cookie_of, log_questions, signed_in
from tests.api.examples import REFERRED
from tests.api.serving import serving
from tests.chromium import LAUNCH_ARGS, chromium_path
from tests.rules.test_doctrine import THREE_MONTHS

SLIME = compile_ruleset(load_ruleset(SLIME_PLUS)).ruleset
PAUSE, SECOND = ("pause_a_trancher",), ("second_dst",)
FACTS = {**THREE_MONTHS, "date_contact": "2026-11-02", "occupation": "proprietaire"}


def log_all(store: Store) -> None:
    log_questions(store, 3, facts=FACTS, answer=REFERRED, rules=PAUSE)
    log_questions(store, 2, facts=FACTS, answer=REFERRED, rules=PAUSE, territory="autre")
    log_questions(
        store, 1, facts={"dst": "fait", "action": "nouveau_dst"}, answer=REFERRED, rules=SECOND, territory="x"
    )
    log_questions(store, 4, territory="settled")


def test_they_are_counted_by_the_questions_of_the_text_most_frequent_first(store: Store) -> None:
    log_all(store)
    found = open_questions(store, SLIME, Span())
    assert [(group.questions, group.count) for group in found] == [
        (("Q-A", "Q-B", "Q-D"), 5),
        (("Q-A", "Q-E"), 1),
    ]
    (pause,) = found[0].zones
    assert (pause.territories, pause.to_cler, len(pause.examples)) == (2, 0, 3)


def test_a_territory_and_a_period_are_all_that_is_counted(store: Store) -> None:
    log_all(store)
    (group,) = open_questions(store, SLIME, Span(TERRITORY))
    assert group.count == 3
    (later,) = open_questions(store, SLIME, Span(TERRITORY, since=datetime(2026, 11, 2, 9, tzinfo=UTC)))
    assert later.count == 2
    assert open_questions(store, SLIME, Span(TERRITORY, until=datetime(2026, 11, 2, 8, tzinfo=UTC))) == []


def test_an_example_has_months_and_nothing_of_the_home() -> None:
    shown = anonymous({**FACTS, "date_dst": {"from": "2025-10-02", "to": "2026-03-31"}})
    assert shown["date_dernier_accompagnement"] == "2026-08"
    assert shown["date_dst"] == {"from": "2025-10", "to": "2026-03"}
    assert not {"occupation", "date_contact"} & set(shown)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("cler")
    with serving(folder) as (address, settings), Store.open(settings.database_url) as store:
        log_all(store)
        yield address, store, folder


def test_a_coordinator_sees_the_own_territory_alone_and_the_national_reader_all(site) -> None:
    address, store, _ = site
    with signed_in(address, store, COORDINATOR) as client:
        own = client.get("/cler?territoire=autre").text
        assert "posée 3 fois" in own and "autre" not in own.partition("<main")[2].partition("Des exemples")[0]
    with signed_in(address, store, NATIONAL) as client:
        assert "posée 5 fois" in client.get("/cler").text
        assert "posée 2 fois" in client.get("/cler?territoire=autre").text
        assert "Aucune question restée ouverte" in client.get("/cler?au=2020-01-01").text


def test_the_documents_say_the_same_as_the_page(site) -> None:
    address, store, _ = site
    with signed_in(address, store, NATIONAL) as client:
        pdf, docx = client.get("/cler.pdf"), client.get("/cler.docx")
    pages = PdfReader(io.BytesIO(pdf.content))
    text = " ".join(page.extract_text() for page in pages.pages)
    written = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(docx.content)).paragraphs)
    for said in (text, written):
        assert "Q-A, Q-B, Q-D — posée 5 fois" in " ".join(said.split())
        assert "2026-08-20" not in said and "20 août" not in said
    assert pages.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "attachment" in docx.headers["content-disposition"]


def test_the_command_writes_the_document_and_refuses_another_ending(site, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, folder = site
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(folder))
    file = folder / "questions.docx"
    done = CliRunner().invoke(cler, ["--output", str(file), "--territory", TERRITORY])
    assert (done.exit_code, file.exists()) == (0, True), done.output
    wrong = CliRunner().invoke(cler, ["--output", str(folder / "questions.odt")])
    assert wrong.exit_code == 2 and ".pdf ou .docx" in wrong.output
    late = CliRunner().invoke(cler, ["--output", str(file), "--since", "hier"])
    assert late.exit_code == 2 and "hier" in late.output


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_breaks_no_rule_of_accessibility_and_fits(site, width: int) -> None:
    address, store, _ = site
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGS)
        context = browser.new_context(viewport={"width": width, "height": 844}, bypass_csp=True, locale="fr")
        context.add_cookies([{"name": COOKIE, "value": cookie_of(store, NATIONAL), "url": address}])
        page = context.new_page()
        for path in ("/cler", "/cler?au=2020-01-01"):
            page.goto(f"{address}{path}")
            assert Axe().run(page).response["violations"] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        browser.close()
