"""Listening without network: a voice that is installed with the browser reads what is shown, as a person says it.

Chromium without a screen has no voices, so the tests give it some at its edge: a list, and a synthesiser that notes
what it is to say. Without that list the browser is as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from bot import showing
from bot.journal import Dialogue
from bot.messages import Reply
from bot.speech.reading_aloud import read_aloud
from bot.speech.spoken import as_said
from bot.wording import languages, wording
from rules.interview import Answer
from tests.bot.offline_site import Kitchen, Site, give, installed, offline_site, phone

FRENCH = {"name": "Amélie", "lang": "fr_FR", "localService": True, "default": False}
FAR = {"name": "Google français", "lang": "fr-FR", "localService": False, "default": True}
ENGLISH = {"name": "Alex", "lang": "en-GB", "localService": True, "default": False}
EDGE = """(() => {
  let voices = %s;
  let waiting = [];
  window.said = [];
  window.SpeechSynthesisUtterance = class extends EventTarget {
    constructor(text) { super(); Object.assign(this, { text, lang: "", voice: null }); }
  };
  const all = (kind) => {
    const these = waiting;
    waiting = [];
    for (const one of these) one.dispatchEvent(new Event(kind));
  };
  const synthesis = Object.assign(new EventTarget(), {
    getVoices: () => voices,
    speak: (one) => { waiting.push(one); window.said.push([one.voice.name, one.lang, one.text]); },
    cancel: () => all("error"),
  });
  window.edge = {
    ends: () => all("end"),
    fails: () => all("error"),
    brings: (found) => { voices = found; synthesis.dispatchEvent(new Event("voiceschanged")); },
  };
  Object.defineProperty(window, "speechSynthesis", { value: synthesis });
})()"""
SIZES = [{"width": 390, "height": 844}, {"width": 1280, "height": 900}]
TO_AN_ANSWER = ("bilan", "accompagner", "sans_sr", "m4_12", "joint", "les_deux")
DAY = date(2026, 1, 15)  # what is heard depends on none


@pytest.fixture(scope="module")
def site(kitchen: Kitchen, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with offline_site(kitchen, tmp_path_factory.mktemp("heard")) as running:
        yield running


def opened(context: BrowserContext, voices: list[dict[str, object]], address: str = "/hors-ligne") -> Page:
    context.add_init_script(EDGE % json.dumps(voices))
    return installed(context, address)


def button(page: Page) -> Locator:
    return page.locator("#log .voice button")


def said(page: Page) -> list[str]:
    return [text for _, _, text in page.evaluate("window.said")]


def heard_online(kitchen: Kitchen, language: str, choices: Sequence[str] = (), *, more: bool = False) -> list[str]:
    """What the server's voice reads after these choices, as it is said."""
    interviewer, dialogue = kitchen.interviewer(), Dialogue("", "web", language, None)
    interview = interviewer.start(DAY)
    for choice in choices:
        asked = interviewer.step(interview).question
        assert asked is not None
        interview = replace(interview, answers=(*interview.answers, Answer(asked.id, choice)))
    step = interviewer.step(interview)
    reply: Reply
    if step.finding is not None:
        reply = showing.answer(dialogue, interviewer, interview, step.finding, ())
    else:
        reply = showing.question(dialogue, interviewer, interview, step, (), more=more)
    return [line.strip() for line in as_said(read_aloud(reply, wording(language)), language).split("\n")]


@pytest.mark.parametrize("language", languages())
def test_a_question_and_an_answer_are_read_as_a_person_says_them(
    browser: Browser, site: Site, kitchen: Kitchen, language: str
) -> None:
    voice = {**FRENCH, "lang": f"{language}_FR"}
    with phone(browser, site) as context:
        page = opened(context, [FAR, voice], f"/hors-ligne?lang={language}")
        context.set_offline(True)
        button(page).click()
        assert said(page) == heard_online(kitchen, language)
        give(page, TO_AN_ANSWER)
        expect(page.locator(".mission")).to_be_visible()
        page.evaluate("window.said.length = 0")
        button(page).click()
        assert said(page) == heard_online(kitchen, language, TO_AN_ANSWER)
        assert page.evaluate("window.said.every(([name, lang]) => name === 'Amélie' && lang.endsWith('_FR'))")
        assert not [line for line in said(page) if "N+1" in line or "DST" in line or "{" in line]


def test_the_choices_that_stand_there_are_read(browser: Browser, site: Site, kitchen: Kitchen) -> None:
    with phone(browser, site) as context:
        page = opened(context, [FRENCH])
        page.locator('[data-tool="more"]').click()
        button(page).click()
        assert said(page) == heard_online(kitchen, "fr", more=True) != heard_online(kitchen, "fr")


def test_it_stops_when_it_is_asked_to_or_something_else_is_shown_and_by_itself(browser: Browser, site: Site) -> None:
    with phone(browser, site) as context:
        page = opened(context, [FRENCH])
        for stop in (lambda: button(page).click(), lambda: page.keyboard.press("Escape")):
            button(page).click()
            expect(button(page)).to_have_text("Arrêter")
            stop()
            expect(button(page)).to_have_text("Écouter")
        button(page).click()
        page.evaluate("edge.ends()")
        expect(button(page)).to_have_text("Écouter")
        button(page).click()
        give(page, TO_AN_ANSWER[:1])
        expect(page.locator("#given li")).to_have_count(1)
        expect(button(page)).to_have_text("Écouter")
        assert page.locator("#log .voice__said").text_content() == ""


def test_a_voice_that_fails_says_so(browser: Browser, site: Site) -> None:
    with phone(browser, site) as context:
        page = opened(context, [FRENCH])
        button(page).click()
        page.evaluate("edge.fails()")
        expect(page.locator("#log .voice__said")).to_contain_text("n’a pas marché")
        expect(button(page)).to_have_text("Écouter")


@pytest.mark.parametrize("voices", [[], [ENGLISH], [FAR]], ids=["none", "another language", "not installed"])
def test_nothing_is_offered_without_an_installed_voice_of_the_language(
    browser: Browser, site: Site, voices: list[dict[str, object]]
) -> None:
    with phone(browser, site) as context:
        page = opened(context, voices)
        expect(page.locator("#log .voice")).to_have_count(1)
        expect(button(page)).to_be_hidden()
        page.evaluate("(voices) => edge.brings(voices)", [*voices, FRENCH])  # browsers bring their list late
        expect(button(page)).to_be_visible()


def test_a_browser_that_knows_nothing_of_voices_offers_nothing(browser: Browser, site: Site) -> None:
    with phone(browser, site) as context:
        page = installed(context)
        assert page.evaluate("speechSynthesis.getVoices().length") == 0
        expect(button(page)).to_be_hidden()
    with phone(browser, site) as context:
        context.add_init_script("Object.defineProperty(window, 'speechSynthesis', { value: undefined })")
        expect(button(installed(context))).to_be_hidden()


def test_axe_finds_nothing_and_nothing_is_too_wide(browser: Browser, site: Site) -> None:
    for size in SIZES:
        with phone(browser, site, viewport=size, bypass_csp=True) as context:
            page = opened(context, [FRENCH])
            for choices in ((), TO_AN_ANSWER):
                give(page, choices)
                expect(page.get_by_text("Lu par la voix de votre navigateur.")).to_be_visible()
                assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
                assert Axe().run(page).response["violations"] == []
