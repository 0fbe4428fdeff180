"""The page as a saved file on a phone without a network or a script: filled in, labelled, printed."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.reports.html import content_security_policy
from bot.reports.html import page as written
from bot.reports.load import load_trame
from bot.reports.prefill import blank
from tests.bot.reporting import ENERGY, SETTLED, a_report, a_territory, worded

N1, SR = load_trame("n1"), load_trame("sr")
TRAMES = (N1, *(SR.of_category(c) for c in SR.categories))


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """Without JavaScript for the page, and offline."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="fr-FR", java_script_enabled=False)
    context.set_offline(True)
    yield context
    context.close()


def opened(phone: BrowserContext, folder: Path, report) -> Page:
    file = folder / "rapport.html"
    file.write_text(written(worded(report)), encoding="utf-8")
    page = phone.new_page()
    page.goto(file.as_uri())
    return page


def test_a_visitor_fills_it_in_on_a_phone(phone, tmp_path):
    page = opened(phone, tmp_path, a_report(SETTLED, energy=ENERGY))
    page.get_by_label("Référence du dossier").fill("2026-0147")
    page.get_by_label("Dernière visite").fill("2026-02-20")
    page.get_by_role("group", name="Interprète").get_by_label("Oui").check()
    page.get_by_role("group", name="Orientations 2").get_by_label("État").select_option("Abandonnée")
    page.get_by_role("group", name="Équipements 1").get_by_label("En panne").check()
    page.get_by_label("Composition du ménage").fill("deux adultes\nun enfant")
    expect(page.locator("#reference")).to_have_value("2026-0147")
    expect(page.locator("#derniere_visite")).to_have_value("2026-02-20")
    expect(page.locator("#orientations-2-etat")).to_have_value("abandonnee")
    expect(page.locator("#equipements-1-en_panne")).to_be_checked()


def test_what_is_known_is_filled_in_beforehand(phone, tmp_path):
    page = opened(phone, tmp_path, a_report(SETTLED, energy=ENERGY))
    expect(page.get_by_label("Date du DST")).to_have_value("2025-11-10")
    expect(page.get_by_role("group", name="Modalité").get_by_label("Visite")).to_be_checked()
    expect(page.get_by_role("group", name="Orientations 1").get_by_label("État")).to_have_value("faite")
    expect(page.get_by_role("group", name="Avant").get_by_label("revenus disponibles")).to_have_value("14\u202f800")
    expect(page.get_by_label("Référence du dossier")).to_have_value("")
    expect(page.get_by_text("taux d’effort énergétique de 9,8")).to_be_visible()


@pytest.mark.parametrize("trame", TRAMES, ids=lambda t: "-".join(t.categories) or t.id)
def test_nothing_is_wider_than_a_small_phone(browser, tmp_path, trame):
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = opened(context, tmp_path, a_report(SETTLED, trame=trame))
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    beyond = "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > 360.5).length"
    assert page.evaluate(beyond) == 0
    context.close()


@pytest.mark.parametrize("trame", TRAMES, ids=lambda t: "-".join(t.categories) or t.id)
def test_every_answer_has_a_label_and_every_group_a_legend(browser, tmp_path, trame):
    context = browser.new_context()
    page = opened(context, tmp_path, blank(trame))
    unlabelled = "[...document.querySelectorAll('input, select, textarea')].filter(e => !e.labels.length)"
    assert page.evaluate(f"{unlabelled}.map(e => e.id)") == []
    unnamed = "[...document.querySelectorAll('fieldset')].filter(e => !e.querySelector(':scope > legend')?.innerText)"
    assert page.evaluate(f"{unnamed}.length") == 0
    twice = (
        "(ids => ids.filter((id, i) => ids.indexOf(id) !== i))([...document.querySelectorAll('[id]')].map(e => e.id))"
    )
    assert page.evaluate(twice) == []
    described = "[...document.querySelectorAll('[aria-describedby]')].map(e => e.getAttribute('aria-describedby'))"
    assert page.evaluate(f"{described}.filter(id => !document.getElementById(id))") == []
    context.close()


def luminance(colour):
    def linear(channel):
        return channel / 12.92 if channel <= 0.03928 else ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(part) / 255) for part in re.findall(r"\d+", colour)[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_text_stands_out_from_its_ground(browser, tmp_path):
    """4.5 to 1 at least (WCAG 2.2, 1.4.3)."""
    context = browser.new_context()
    page = opened(context, tmp_path, a_report(SETTLED, energy=ENERGY))
    pairs = page.evaluate("""() => {
      const ground = e => { while (e) { const c = getComputedStyle(e).backgroundColor;
        if (!/, 0\\)$/.test(c)) return c; e = e.parentElement; } return 'rgb(255, 255, 255)'; };
      const written = e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
      const said = [...document.querySelectorAll('main *')].filter(written);
      return [...new Set(said.map(e => getComputedStyle(e).color + '|' + ground(e)))];
    }""")
    assert len(pairs) > 3
    for pair in pairs:
        light, dark = sorted((luminance(colour) for colour in pair.split("|")), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, pair
    context.close()


def test_it_asks_nothing_of_any_server_and_sends_nothing(browser, tmp_path):
    context = browser.new_context()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = opened(context, tmp_path, blank(N1))
    assert asked == [page.url]
    html = Path(tmp_path / "rapport.html").read_text(encoding="utf-8")
    assert "<script" not in html and "action=" not in html and "http" not in html
    context.close()


def test_a_served_page_may_use_its_own_style_and_nothing_else():
    html = written(worded(blank(N1)))
    (style,) = re.findall("<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in content_security_policy()
    assert "style=" not in html


def test_it_prints_with_what_was_written_and_the_evaluation_on_a_page_of_its_own(browser, tmp_path):
    from pypdf import PdfReader

    context = browser.new_context(locale="fr-FR")
    page = opened(context, tmp_path, blank(N1))
    page.get_by_label("Référence du dossier").fill("DOSSIER-147")
    long_text = "\n".join(f"ligne {n} du relevé" for n in range(1, 16))
    page.get_by_label("Santé").fill(long_text)
    page.pdf(path=tmp_path / "rapport.pdf", prefer_css_page_size=True)
    pages = [p.extract_text() for p in PdfReader(tmp_path / "rapport.pdf").pages]
    assert "DOSSIER-147" in pages[0]
    assert "ligne 15 du relevé" in "".join(pages)
    (alone,) = (p for p in pages if "10. Évaluation" in p)
    assert "9. Nouvelles" not in alone and "11. Donneur" not in alone
    context.close()


def test_the_evaluation_is_not_there_to_fill_where_the_option_is_not_taken(phone, tmp_path):
    page = opened(phone, tmp_path, blank(N1, a_territory(option_evaluation=False)))
    expect(page.get_by_text("Questionnaire d’évaluation rempli")).to_have_count(0)
    expect(page.get_by_text("rien à remplir ici")).to_be_visible()
