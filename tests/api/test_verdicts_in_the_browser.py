"""Verdicts in the web chat and above its answers, in a real Chromium with and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from docx import Document
from playwright.sync_api import Browser, Page

from api.storage.review_schema import reviews, tidings
from api.storage.store import Store
from tests.api.askers_by_telegram import N1, REFERRED, SR, in_a_territory
from tests.api.reviewing import WORDS, Untold, rule
from tests.api.serving import serving

PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


@dataclass
class Chat:
    """A visitor's browser at a server, and the database behind."""

    store: Store
    address: str
    page: Page

    def open(self) -> None:
        self.page.goto(self.address)

    def asks(self, choices: tuple[str, ...]) -> str:
        """A whole question; its token."""
        self.open()
        for choice in choices:
            self.press(choice)
        return self.store.enquiries()[0].token

    def press(self, choice: str) -> None:
        found = self.page.locator(f'button[name=button][value$=":{choice}"], button[name=button][value^="{choice}"]')
        if found.count() == 0:
            self.press("m:")
        shown = self.page.locator("#dialogue").inner_text()
        found.first.click()
        self.page.wait_for_function("(was) => document.querySelector('#dialogue').innerText !== was", arg=shown)
        self.page.wait_for_function("!document.querySelector('[aria-busy=true]')")

    def words(self) -> str:
        return self.page.inner_text("main").replace("\u00a0", " ").replace("\u202f", " ")

    def told(self) -> list:
        with self.store.reading() as connection:
            return [row.shown_at for row in connection.execute(tidings.select())]

    def line(self, token: str):
        with self.store.reading() as connection:
            return connection.execute(reviews.select().where(reviews.c.token == token)).one()


@contextmanager
def chatting(browser: Browser, folder: Path, **options: object) -> Iterator[Chat]:
    with serving(folder, **in_a_territory(folder)) as (address, settings):
        context = browser.new_context(**{"locale": "fr-FR", "viewport": PHONE, "bypass_csp": True, **options})
        with Store.open(settings.database_url) as store:
            yield Chat(store, address, context.new_page())
        context.close()


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_a_correction_stands_above_the_next_page_once_and_above_its_answer_for_good(
    browser: Browser, tmp_path: Path, script: bool
) -> None:
    with chatting(browser, tmp_path, java_script_enabled=script) as chat:
        token = (chat if script else Plain(chat)).asks(N1)
        rule(chat.store, token, jobs=Untold())
        chat.page.goto(f"{chat.address}/?lang=fr")
        assert chat.words().count("La réponse est corrigée. La mission retenue : Soutien renforcé (SR).") == 1
        assert WORDS in chat.words()
        (chat if script else Plain(chat)).press("r:")
        chat.open()
        assert "corrigée" not in chat.words()
        assert chat.told()[0] is not None
        chat.page.goto(f"{chat.address}/reponse/{token}")
        assert "La mission retenue : Soutien renforcé (SR)." in chat.words()
        assert chat.words().index("corrigée") < chat.words().index("Suivi à N+1")


def test_a_verdict_on_an_earlier_question_stands_above_the_one_under_way(browser: Browser, tmp_path: Path) -> None:
    with chatting(browser, tmp_path) as chat:
        token = chat.asks(N1)
        chat.press("r:")
        rule(chat.store, token, jobs=Untold())
        chat.press("bilan")
        assert "Votre question du" in chat.words()
        assert chat.page.locator(".card--verdict a").get_attribute("href").endswith(f"/reponse/{token}")
        assert Axe().run(chat.page).response["violations"] == []
        chat.page.wait_for_timeout(200)
        assert chat.told()[0] is not None
        chat.open()
        assert "Votre question du" not in chat.words()


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_an_answer_is_contested_from_the_page(browser: Browser, tmp_path: Path, script: bool) -> None:
    with chatting(browser, tmp_path, java_script_enabled=script) as chat:
        visitor = chat if script else Plain(chat)
        token = visitor.asks(SR)
        visitor.press("d:")
        assert "Vous avez demandé à votre coordination" in chat.words()
        assert chat.page.locator('button[value^="d:"]').count() == 0
        assert chat.line(token).contested_at is not None
        chat.open()
        assert "Vous avez demandé à votre coordination" in chat.words()
        assert chat.page.locator('button[value^="d:"]').count() == 0


def test_a_referred_answer_is_on_its_way_by_itself(browser: Browser, tmp_path: Path) -> None:
    with chatting(browser, tmp_path) as chat:
        chat.asks(REFERRED)
        assert "déjà en route vers votre coordination" in chat.words()
        assert chat.page.locator('button[value^="d:"]').count() == 0


def test_a_returned_question_stays_until_it_is_answered(browser: Browser, tmp_path: Path) -> None:
    with chatting(browser, tmp_path) as chat:
        token = chat.asks(SR)
        chat.press("r:")
        rule(chat.store, token, "returned", jobs=Untold(), reason="L'accompagnement s'est-il arrêté ?")
        for _ in range(2):
            chat.open()
            chat.page.wait_for_timeout(200)
            assert "Votre coordination a une question" in chat.words()
        assert Axe().run(chat.page).response["violations"] == []
        chat.press("t:0")
        assert "Voici votre question du" in chat.words()
        chat.page.locator('button[value$=":accompagnement_continu"]').click()
        chat.page.wait_for_selector('button[value$=":m4_12"]')
        chat.press("m4_12")
        assert chat.store.enquiries()[0].replaces == token
        assert chat.line(token).state == "replaced"
        chat.open()
        assert "Votre coordination a une question" not in chat.words()


@pytest.mark.parametrize("look", ["light", "dark"])
def test_no_page_that_shows_a_verdict_has_an_obstacle(browser: Browser, tmp_path: Path, look: str) -> None:
    with chatting(browser, tmp_path, color_scheme=look) as chat:
        token = chat.asks(N1)
        rule(chat.store, token, jobs=Untold())
        for size in (PHONE, DESKTOP):
            chat.page.set_viewport_size(size)
            for place in ("", f"/reponse/{token}"):
                chat.page.goto(chat.address + place)
                assert Axe().run(chat.page).response["violations"] == []
                assert chat.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_report_that_is_filled_from_a_corrected_answer_says_so(browser: Browser, tmp_path: Path) -> None:
    with chatting(browser, tmp_path) as chat:
        token = chat.asks(N1)
        rule(chat.store, token)
        page = httpx.get(f"{chat.address}/reponse/{token}/rapport.html").text.replace("\u00a0", " ")
        assert page.count("La réponse est corrigée. La mission retenue : Soutien renforcé (SR).") == 2
        assert page.index("corrigée") < page.index("<section")
        document = httpx.get(f"{chat.address}/reponse/{token}/rapport.docx")
        paragraphs = [p.text.replace("\u00a0", " ") for p in Document(BytesIO(document.content)).paragraphs[:3]]
        assert "La réponse est corrigée. La mission retenue : Soutien renforcé (SR)." in paragraphs


@dataclass
class Plain:
    """The same page where each press loads a page anew."""

    chat: Chat

    def asks(self, choices: tuple[str, ...]) -> str:
        self.chat.open()
        for choice in choices:
            self.press(choice)
        return self.chat.store.enquiries()[0].token

    def press(self, choice: str) -> None:
        page = self.chat.page
        found = page.locator(f'button[name=button][value$=":{choice}"], button[name=button][value^="{choice}"]')
        if found.count() == 0:
            self.press("m:")
        with page.expect_navigation():
            found.first.click()
