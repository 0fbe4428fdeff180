"""The guide as people get it: a page, a file, a PDF, a command."""

from __future__ import annotations

import io
import re
import shutil
import threading
from datetime import date
from functools import cache
from pathlib import Path

import httpx
import pytest
import uvicorn
from click.testing import CliRunner
from fastapi import FastAPI
from playwright.sync_api import Browser, expect, sync_playwright
from pypdf import PdfReader

from api.cli import main
from api.deciding import Decider
from api.guides import Guides
from api.pages.guide.canvas import LETTER, Line, fitted, tall, wrap
from api.pages.guide.course import draw_course
from api.pages.guide.pdf import guide_pdf
from api.pages.guide.words import title_key, typeset
from api.routes.guide import guide_routes
from bot.channels.web import web_routes
from bot.wording import languages, wording
from rules.compile import compile_ruleset
from rules.load import SLIME_PLUS, load_ruleset
from rules.model import Convention, Territory
from tests.chromium import LAUNCH_ARGS, chromium_path
from tests.rules.situations import COMPILED

DAY = date(2026, 11, 25)
PAGES = Path(__file__).parents[2] / "api" / "pages" / "guide"
GUIDES = Guides(COMPILED, "https://aiguillage.exemple.fr")
COMMITTEE = "Comité *de* $pilotage$ <i>"
HERE = Territory(
    "essai",
    "L'Essai #1 <b>",
    {"option_n1": Convention(True, COMMITTEE, date(2026, 1, 15))},
    Convention(3, COMMITTEE, date(2026, 1, 15)),
)
EMPTY = Territory("vide", "Le Vide")
TERRITORIES = {t.id: t for t in (HERE, EMPTY)}


def _flat(text):
    return re.sub(r"\s+", " ", text)


@cache
def _made(name, language):
    return GUIDES.ready(TERRITORIES.get(name), language, DAY)


def _ready(territory=None, language="fr"):
    return _made(territory.id if territory else None, language)


def _pdf(territory=None, language="fr"):
    ready = _ready(territory, language)
    return PdfReader(io.BytesIO(guide_pdf(ready.guide, ready.sheet, ready.say, DAY))), ready


@pytest.fixture(scope="module")
def app():
    app = FastAPI()
    decider = Decider(COMPILED, TERRITORIES)
    app.include_router(guide_routes(lambda: decider, public_url="https://aiguillage.exemple.fr", today=lambda: DAY))
    app.router.routes.extend(web_routes(None, answer_page=None, decide=None, public_url="http://127.0.0.1"))
    return app


@pytest.fixture(scope="module")
def address(app):
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def client(address):
    with httpx.Client(base_url=address) as client:
        yield client


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("territory", [None, HERE, EMPTY], ids=lambda t: t.id if t else "text alone")
def test_the_pdf_holds_every_heading_and_answer_in_four_to_eight_pages(territory, language):
    pdf, ready = _pdf(territory, language)
    text = _flat(" ".join(page.extract_text() for page in pdf.pages)).replace("- ", "")
    assert 4 <= len(pdf.pages) <= 8
    for part in ("course.title", "delays.title", "scopes.title", "conventions.title", "open.title", "end.title"):
        assert _flat(ready.sheet["label"][part]) in text
    for question in ready.sheet["questions"]:
        assert f"{question['id']} ·" in text
    assert ready.guide.ruleset.version in text
    links = [a.get_object().get("/A", {}).get("/URI") for p in pdf.pages for a in p.get("/Annots", [])]
    assert "https://aiguillage.exemple.fr" in links


@pytest.mark.parametrize("language", languages())
def test_the_pdf_is_tagged_outlined_named_and_has_all_its_fonts_inside(language):
    pdf, ready = _pdf(HERE, language)
    catalog = pdf.trailer["/Root"]
    assert catalog["/Lang"].startswith(language)
    assert catalog["/MarkInfo"]["/Marked"]
    assert ready.sheet["label"]["title"] in pdf.metadata.title
    assert pdf.metadata.creation_date.date() == DAY
    assert len([entry for entry in pdf.outline if not isinstance(entry, list)]) == 8
    fonts = [f.get_object() for page in pdf.pages for f in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        described = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        assert {"/FontFile2", "/FontFile3"} & set(described["/FontDescriptor"].get_object())


def test_every_page_of_the_pdf_is_a4_and_numbered():
    pdf, _ = _pdf()
    for number, page in enumerate(pdf.pages, 1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        assert f"{number} / {len(pdf.pages)}" in _flat(page.extract_text())


def test_what_a_territory_writes_is_printed_as_it_is_and_never_read_as_markup():
    pdf, _ = _pdf(HERE)
    text = _flat(" ".join(page.extract_text() for page in pdf.pages))
    assert "L’Essai #1 <b>" in text
    assert COMMITTEE in text
    assert "15 janvier 2026" in text


def test_the_same_content_is_set_once():
    ready = _ready()
    first, second = (guide_pdf(ready.guide, ready.sheet, ready.say, DAY) for _ in range(2))
    assert first is second
    other = _ready(HERE)
    assert guide_pdf(other.guide, other.sheet, other.say, DAY) != first


@pytest.mark.parametrize("language", languages())
def test_everything_that_the_guide_says_has_words_and_leaves_no_parameter(language):
    for territory in (None, HERE, EMPTY):
        sheet = _ready(territory, language).sheet
        assert not re.search(r"\{\w+\}", str(sorted(_strings(sheet))))


def test_no_number_of_a_rule_is_written_in_the_catalog_or_in_a_template():
    catalog = {m: s for m, s in wording("fr").catalog._catalog.items() if isinstance(m, str)}
    ours = [s for m, s in catalog.items() if m.startswith("guide.") and not m.startswith("guide.example.")]
    templates = [(PAGES / name).read_text(encoding="utf-8") for name in ("content.html", "web.html", "file.html")]
    assert len(ours) > 50
    for said in ours:
        assert not re.search(r"[0-9]", said.replace("N+1", "").replace("AGPL-3.0", "").replace("{", "")), said
    for template in templates:
        assert not re.search(r"[0-9]+ (mois|ans?|months?|years?)|n°", template)


def test_a_changed_rule_is_printed(tmp_path):
    folder = shutil.copytree(SLIME_PLUS, tmp_path / "rules")
    facts = folder / "facts.yaml"
    facts.write_text(facts.read_text(encoding="utf-8").replace("less_than: 4", "less_than: 6"), encoding="utf-8")
    compiled = compile_ruleset(load_ruleset(folder))
    ready = Guides(compiled).ready(None, "fr", DAY)
    before, after = (" ".join(_strings(sheet["delays"])) for sheet in (_ready().sheet, ready.sheet))
    assert "moins de 4\u00a0mois" in before
    assert "moins de 4\u00a0mois" not in after
    assert "moins de 6\u00a0mois" in after
    pdf = PdfReader(io.BytesIO(guide_pdf(ready.guide, ready.sheet, ready.say, DAY)))
    assert "moins de 6 mois" in _flat(" ".join(page.extract_text() for page in pdf.pages))


def _strings(value):
    if isinstance(value, dict):
        return [s for v in value.values() for s in _strings(v)]
    if isinstance(value, list):
        return [s for v in value for s in _strings(v)]
    return [str(value)]


def test_the_title_of_an_example_is_worded_as_its_file_has_it():
    words = wording("fr")
    for example in COMPILED.ruleset.examples:
        assert words(title_key(example.title)) == typeset(example.title, "en")


@pytest.mark.parametrize("wide", [True, False])
def test_the_drawing_says_in_words_what_it_shows(wide):
    ready = _ready()
    svg = draw_course(ready.guide, ready.say, wide=wide)
    described = re.search(r"<desc[^>]*>(.*?)</desc>", svg).group(1)
    for mission in ("soutien_renforce", "suivi_n1", "evaluation", "diagnostic_orientation"):
        assert ready.say(f"mission.{mission}") in described
    assert "style=" not in svg
    assert "n°\u00a048" in svg


def test_a_stage_that_nobody_may_answer_is_drawn_dashed_and_without_arrows_to_evaluation():
    refused = Territory("x", "X", {"option_n1": Convention(False, "Comité", DAY)})
    ready = GUIDES.ready(refused, "fr", DAY)
    svg = draw_course(ready.guide, ready.say, wide=True)
    assert svg.count("g-dashed") == 2
    assert ready.say("guide.course.carries") not in svg


def test_lines_that_would_run_over_their_box_are_set_smaller():
    lines = [Line("une phrase assez longue pour prendre plusieurs lignes", 14)]
    assert fitted(lines, 400, 40)[0].size == 14
    smaller = fitted(lines, 120, 40)
    assert tall(smaller) <= 40
    assert " ".join(line.text for line in smaller) == lines[0].text


def test_words_are_wrapped_within_the_width_and_never_cut():
    lines = wrap("un deux trois quatre cinq", 10, 10 * LETTER * 11)
    assert " ".join(lines) == "un deux trois quatre cinq"
    assert all(len(line) <= 11 for line in lines)
    assert wrap("anticonstitutionnellement", 10, 5) == ["anticonstitutionnellement"]


def test_the_page_shows_a_territory_s_conventions_with_who_and_when(client):
    html = client.get("/guide?territoire=essai").text
    assert "L’Essai #1 &lt;b&gt;" in html
    assert "15 janvier 2026" in html
    assert "3\u00a0mois ou plus" in html
    assert "n’a enregistré aucune convention" in client.get("/guide?territoire=vide").text


def test_the_page_keeps_to_the_strict_policy(client):
    page = client.get("/guide")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "<style" not in page.text
    assert "style=" not in page.text
    assert "<script" not in page.text


def test_the_style_sheet_is_kept_for_ever_under_its_own_version(client):
    address = re.search(r'href="(/guide/static/[^"]+)"', client.get("/guide").text).group(1)
    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert client.get("/guide/static/old/guide.css").headers["Cache-Control"] == "no-cache"
    assert client.get("/guide/static/old/guide.html").status_code == 404


def test_the_language_of_the_page_is_asked_for_and_kept_in_its_links(client):
    page = client.get("/guide?territoire=essai&lang=en")
    assert '<html lang="en"' in page.text
    assert "/guide.pdf?territoire=essai&amp;lang=en" in page.text
    assert client.get("/guide?lang=zz").status_code == 200


@pytest.mark.parametrize("path", ["/guide", "/guide.pdf"])
def test_an_unknown_territory_is_refused_with_the_remedy(client, path):
    refused = client.get(f"{path}?territoire=<script>")
    assert refused.status_code == 404
    assert "/guide" in refused.text
    assert "<script>" not in refused.text


@pytest.mark.parametrize("path", ["/guide", "/guide.pdf"])
def test_what_a_reader_has_already_is_not_sent_again(client, path):
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"{path}?territoire=essai").headers["ETag"] != first.headers["ETag"]


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGS)
        yield browser
        browser.close()


@pytest.mark.parametrize(("width", "drawing"), [(360, "tall"), (1100, "wide")])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_its_screen_and_shows_the_drawing_made_for_it(chromium: Browser, address, width, drawing, scheme):
    page = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    problems = []
    page.on("console", lambda message: problems.append(message.text))
    page.goto(f"{address}/guide?territoire=essai")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator(f".course--{drawing}")).to_be_visible()
    assert page.locator(".course:visible").count() == 1
    smallest = page.evaluate(
        """Math.min(...[...document.querySelectorAll(".course text")].filter(t => t.getBoundingClientRect().width)
            .map(t => parseFloat(t.getAttribute("font-size")) * t.getScreenCTM().a))"""
    )
    assert smallest >= 10
    assert problems == []
    page.close()


@pytest.mark.parametrize(("width", "drawing"), [(360, "tall"), (1100, "wide")])
@pytest.mark.parametrize("language", languages())
def test_no_word_of_the_drawing_runs_out_of_it(chromium: Browser, address, width, drawing, language):
    page = chromium.new_page(viewport={"width": width, "height": 800})
    page.goto(f"{address}/guide?lang={language}")
    outside = page.evaluate(
        """name => { const svg = document.querySelector(name), all = svg.getBoundingClientRect();
            return [...svg.querySelectorAll("text")].filter(t => { const b = t.getBoundingClientRect();
                return b.left < all.left || b.right > all.right || b.top < all.top || b.bottom > all.bottom;
            }).map(t => t.textContent); }""",
        f".course--{drawing}",
    )
    assert outside == []
    page.close()


def test_the_printed_page_opens_what_is_folded_and_the_menu_of_languages_can_be_read(chromium: Browser, address):
    page = chromium.new_page(viewport={"width": 1100, "height": 800})
    page.goto(f"{address}/guide")
    white = "getComputedStyle(document.querySelector('.menu summary')).color"
    assert page.evaluate(white) == "rgb(255, 255, 255)"
    example = page.locator("article.example").first
    expect(example).not_to_be_visible()
    page.emulate_media(media="print")
    assert example.evaluate("e => e.checkVisibility({contentVisibilityAuto: true})")
    assert example.bounding_box()["height"] > 50
    page.close()


def test_the_page_leads_to_its_pdf(client):
    html = client.get("/guide").text
    link = re.search(r'href="(/guide\.pdf[^"]*)"', html).group(1).replace("&amp;", "&")
    answer = client.get(link)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(tmp_path / "data"))
    return lambda *words: CliRunner().invoke(main, ["guide", *words])


def test_the_command_prints_html_when_no_file_is_named(run):
    found = run()
    assert found.exit_code == 0
    assert found.stdout.startswith("<!doctype html>")
    assert 'rel="stylesheet"' not in found.stdout


def test_the_command_writes_the_file_that_its_ending_asks_for(run, tmp_path):
    for ending, start in ((".pdf", b"%PDF-"), (".html", b"<!doctype html>")):
        file = tmp_path / f"guide{ending}"
        assert run("--output", str(file)).exit_code == 0
        assert file.read_bytes().startswith(start)


def test_the_command_tells_where_to_ask_only_when_an_address_was_set(run, monkeypatch):
    assert "127.0.0.1" not in run().stdout
    monkeypatch.setenv("AIGUILLAGE_PUBLIC_URL", "https://aiguillage.exemple.fr")
    assert "https://aiguillage.exemple.fr" in run().stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--output", "guide.docx"), ".pdf"),
        (("--lang", "zz"), "fr, en"),
        (("--territory", "nulle-part"), "nulle-part"),
        (("--output", "/no/such/folder/guide.pdf"), "/no/such/folder/guide.pdf"),
    ],
)
def test_the_command_refuses_what_it_cannot_do_with_the_remedy(run, words, told):
    found = run(*words)
    assert found.exit_code == 2
    assert told in found.stderr
    assert found.stdout == ""
    assert not Path("guide.docx").exists()
