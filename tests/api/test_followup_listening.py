"""Who writes to a household hears beforehand what the household will hear."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from api.households.desk import Event, Voice
from api.pages.followup.listening import words_heard
from bot.channels.web_page.requests import FRAGMENT_HEADER
from bot.followup.content import FREE, Content
from bot.followup.message import offered_languages
from bot.speech.sounds import read
from bot.speech.voices import has_voice
from tests.api.household_site import Site, household_site
from tests.api.played_where_it_stands import plays_and_stops
from tests.api.test_followup_page import APPOINTMENT, FILLED
from tests.chromium import ENDLESS

SIZES = [{"width": 390, "height": 844}, {"width": 1280, "height": 900}]
RECORDED = b"OggS" + bytes(2000)
ARABIC = "لا أستطيع يوم 12، هل يمكن يوم آخر؟"


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


def answered(site: Site, reference: str) -> str:
    """The household writes that it cannot come; a machine translated it, with a doubt."""
    came = site.desk.take(Event("telegram", f"said-{reference}", reference, text=ARABIC)).received
    known = {**came.content, "french": "Je ne peux pas le 12.", "doubts": ["Un nombre est à vérifier."]}
    with site.desk.store.households(site.desk.vault) as households:
        households.reword(came, known)
    return str(came.id)


def again(site: Site, reference: str, message: str, language: str, **headers: str) -> httpx.Response:
    address = f"{site.followup(reference)}/ecouter/{message}"
    return httpx.get(address, params={"langue": language}, headers=headers, timeout=60)


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


def test_what_was_sent_and_what_came_back_are_heard_in_both_languages(site: Site) -> None:
    reference = site.open("ar", "aude")
    sent, came = site.send(reference, APPOINTMENT), answered(site, reference)
    page = httpx.get(site.followup(reference)).text
    assert page.count("Écouter en arabe") == page.count("Écouter en français") == 3  # what is said by itself, too
    for message in (sent.id, came):
        assert all(f"/ecouter/{message}?langue={language}" in page for language in ("ar", "fr"))
        for language in ("ar", "fr"):
            played = again(site, reference, message, language)
            assert (played.status_code, played.headers["content-type"]) == (200, "audio/mpeg")
            assert played.headers["cache-control"] == "no-store" and read(played.content).seconds > 1


def test_of_what_a_machine_translated_one_hears_that_it_did_and_what_to_check(site: Site) -> None:
    reference = site.open("ar", "aude")
    answered(site, reference)
    message = site.answers(reference)[0]
    assert words_heard(message, "ar", None) == ARABIC
    assert words_heard(message, "fr", None).split("\n") == [
        "Traduit par une machine. Les mots du ménage font foi.",
        "Je ne peux pas le 12.",
        "À vérifier.",
        "Un nombre est à vérifier.",
    ]


def test_a_choice_is_heard_as_it_was_chosen(site: Site) -> None:
    reference = site.open("ar", "aude")
    sent = site.send(reference, APPOINTMENT)
    site.desk.take(Event("link", f"press-{reference}", reference, sent.link, sent.id, "bon"))
    pressed = next(one for one in site.thread(reference) if one.direction == "in")
    assert words_heard(pressed, "fr", None) == f"{pressed.content['french']}."
    assert words_heard(pressed, "ar", None) == ""


def test_a_free_text_is_heard_in_french_as_it_was_written_and_else_as_a_machine_put_it(site: Site) -> None:
    reference = site.open("uk", "aude")
    content = Content(FREE, "", {"french": "Le dossier est prêt.", "translated": "Справа готова."})
    message = site.desk.send(reference, content, channel="link")
    assert words_heard(message, "fr", None) == "Le dossier est prêt."
    assert words_heard(message, "uk", None).startswith("Справа готова.\n")


def test_a_french_household_has_one_button_a_message(site: Site) -> None:
    reference = site.open("fr", "aude")
    site.send(reference, APPOINTMENT)
    site.desk.take(Event("telegram", f"said-{reference}", reference, text="Oui, merci"))
    page = httpx.get(site.followup(reference)).text
    assert page.count(">Écouter</a>") == 3
    assert words_heard(site.answers(reference)[0], "fr", None) == "Oui, merci."


def test_where_no_voice_speaks_its_language_a_message_is_heard_in_french_or_as_it_was_recorded(site: Site) -> None:
    reference = site.open("ps", "gard")
    sent = site.send(reference, APPOINTMENT)
    page = httpx.get(site.followup(reference)).text
    assert "langue=fr" in page and "langue=ps" not in page
    refused = again(site, reference, sent.id, "ps", **{FRAGMENT_HEADER: "1"})
    assert refused.status_code == 404 and "Aucune voix ne parle cette langue" in refused.text
    site.desk.store.recordings.put("gard", APPOINTMENT, "ps", "audio/ogg", RECORDED, "médiatrice")
    assert "langue=ps" in httpx.get(site.followup(reference)).text
    assert again(site, reference, sent.id, "ps").content == RECORDED


def test_a_message_is_heard_from_its_own_case_and_in_its_own_languages_alone(site: Site) -> None:
    one, other = site.open("ar"), site.open("ar")
    sent = site.send(one, APPOINTMENT)
    assert again(site, other, sent.id, "ar").status_code == 404
    assert again(site, one, sent.id, "uk").status_code == again(site, one, "unknown", "ar").status_code == 404


def test_a_voice_message_that_nobody_wrote_down_is_its_own_sound(site: Site) -> None:
    reference = site.open("ar")
    said = site.desk.take(Event("telegram", f"v-{reference}", reference, voice=Voice("audio/ogg", RECORDED))).received
    page = httpx.get(site.followup(reference)).text
    assert f"/son/{said.id}" in page and f"/ecouter/{said.id}" not in page
    assert httpx.get(f"{site.followup(reference)}/son/{said.id}").content == RECORDED


def test_messages_of_the_thread_play_and_stop_where_they_stand(site: Site, browser: Browser) -> None:
    reference = site.open("ar", "aude")
    site.send(reference, APPOINTMENT)
    answered(site, reference)
    for size in SIZES:
        page = browser.new_context(viewport=size, locale="fr-FR", bypass_csp=False).new_page()
        page.set_default_timeout(60_000)
        page.add_init_script(ENDLESS)
        page.goto(site.followup(reference))
        played = plays_and_stops(page, page.locator(".entry--theirs"), "Écouter en arabe")
        assert "/ecouter/" in played.url
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
        page.context.close()


def test_axe_finds_nothing_in_a_thread_that_can_be_heard(site: Site, browser: Browser) -> None:
    reference = site.open("ar", "aude")
    site.send(reference, APPOINTMENT)
    answered(site, reference)
    page = browser.new_context(locale="fr-FR", bypass_csp=True).new_page()
    page.goto(site.followup(reference))
    expect(page.get_by_role("button", name="Écouter en arabe")).to_have_count(3)
    assert Axe().run(page).response["violations"] == []
    page.context.close()


def test_the_button_plays_and_stops_where_one_stands(site: Site, browser: Browser) -> None:
    for size in SIZES:
        page = browser.new_context(viewport=size, locale="fr-FR", bypass_csp=False).new_page()
        page.set_default_timeout(60_000)
        page.add_init_script(ENDLESS)
        filled_in(site, page)
        played = plays_and_stops(page, page)
        assert played.url.endswith("/ecouter") and played.status == 200
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
