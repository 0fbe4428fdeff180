"""Who writes to a household hears beforehand what the household will hear."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from bot.channels.web_page.requests import FRAGMENT_HEADER
from bot.followup.message import offered_languages
from bot.speech.sounds import read
from bot.speech.voices import has_voice
from tests.api.household_site import Site, household_site
from tests.api.test_followup_page import APPOINTMENT, FILLED

SIZES = [{"width": 390, "height": 844}, {"width": 1280, "height": 900}]
RECORDED = b"OggS" + bytes(2000)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with household_site(tmp_path_factory.mktemp("heard")) as running_site:
        yield running_site


def previewed(site: Site, reference: str) -> str:
    return httpx.post(f"{site.followup(reference)}/apercu", data=FILLED).text


def draft(page: str) -> str:
    found = re.search(r'name="brouillon" value="([\w.-]+)"', page)
    assert found
    return found[1]


def heard(site: Site, reference: str, given: str, **headers: str) -> httpx.Response:
    address = f"{site.followup(reference)}/ecouter"
    return httpx.post(address, data={"brouillon": given}, headers=headers, timeout=60)


def test_a_preview_is_read_aloud_in_the_language_of_the_household(site: Site) -> None:
    reference = site.open("ar", "aude")
    page = previewed(site, reference)
    assert "Une voix de synthèse" in page
    played = heard(site, reference, draft(page))
    assert (played.status_code, played.headers["content-type"]) == (200, "audio/mpeg")
    assert played.headers["cache-control"] == "no-store"
    assert read(played.content).seconds > 4


def test_a_recording_of_the_territory_is_what_is_heard(site: Site) -> None:
    site.desk.store.recordings.put("aude", APPOINTMENT, "uk", "audio/ogg", RECORDED, "médiatrice")
    reference = site.open("uk", "aude")
    page = previewed(site, reference)
    assert "fait par une personne" in page and "Une voix de synthèse" not in page
    played = heard(site, reference, draft(page))
    assert (played.headers["content-type"], played.content) == ("audio/ogg", RECORDED)


@pytest.mark.parametrize("language", offered_languages())
def test_listening_is_offered_where_the_household_will_hear_something(site: Site, language: str) -> None:
    reference = site.open(language)
    page = previewed(site, reference)
    assert ("/ecouter" in page) is has_voice(language)
    if not has_voice(language):
        refused = heard(site, reference, draft(page))
        assert refused.status_code == 404 and "Aucune voix ne parle cette langue" in refused.text


def test_only_what_was_previewed_for_this_case_is_read(site: Site) -> None:
    one, other = site.open("ar"), site.open("ar")
    refused = heard(site, other, draft(previewed(site, one)), **{FRAGMENT_HEADER: "1"})
    assert refused.status_code == 422 and "<html" not in refused.text and len(refused.text) < 600


def test_the_button_plays_and_stops_where_one_stands(site: Site, browser: Browser) -> None:
    for size in SIZES:
        page = browser.new_context(viewport=size, locale="fr-FR", bypass_csp=False).new_page()
        page.set_default_timeout(60_000)
        filled_in(site, page)
        with page.expect_response(lambda response: response.url.endswith("/ecouter")) as answered:
            page.get_by_role("button", name="Écouter").click()
        assert answered.value.status == 200
        expect(page.get_by_role("button", name="Arrêter")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Écouter")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
        page.context.close()


def test_without_javascript_the_sound_itself_is_the_answer(site: Site, browser: Browser) -> None:
    page = browser.new_context(java_script_enabled=False, locale="fr-FR").new_page()
    page.set_default_timeout(60_000)
    filled_in(site, page)
    with page.expect_response(lambda response: response.url.endswith("/ecouter")) as answered:
        page.get_by_role("button", name="Écouter").click()
    assert answered.value.headers["content-type"] == "audio/mpeg"
    page.context.close()


def test_axe_finds_nothing_in_the_preview(site: Site, browser: Browser) -> None:
    page = browser.new_context(locale="fr-FR", bypass_csp=True).new_page()
    filled_in(site, page)
    assert Axe().run(page).response["violations"] == []
    page.context.close()


def filled_in(site: Site, page: Page) -> None:
    page.goto(f"{site.followup(site.open('ar', 'aude'))}/ecrire?modele={APPOINTMENT}")
    for name in ("jour", "heure", "duree", "telephone"):
        page.locator(f"#{name}").fill(FILLED[name])
    page.locator("#lieu").select_option(FILLED["lieu"])
    page.get_by_role("button", name="Voir avant").click()
    expect(page.get_by_role("heading", name="Ce que le ménage entendra")).to_be_visible()
