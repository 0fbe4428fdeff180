"""Coordinators hear what a household would, or did: a step, a campaign, a text under review, the thread of a case."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from api.access.gate import COOKIE
from api.access.roles import COORDINATOR
from bot.channels.web_page.requests import FRAGMENT_HEADER
from bot.speech.sounds import read
from tests.api.casework import ARABIC, Office, csrf_of, office, post
from tests.api.coordination import TERRITORY, cookie_of
from tests.api.played_where_it_stands import plays_and_stops
from tests.chromium import ENDLESS

SIZES = [{"width": 390, "height": 844}, {"width": 1280, "height": 900}]
RECORDED = b"OggS" + bytes(2000)
GIVEN = {"modele": "materiel_pose", "langue": "", "materiel": "ampoules", "conseil": "volets"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("heard")
    with office(folder, f"sqlite:///{folder / 'test.db'}") as running:
        running.hold_jobs()
        yield running


@pytest.fixture
def client(desk: Office) -> Iterator[httpx.Client]:
    with desk.signed() as signed:
        signed.timeout = 60
        yield signed


def offered(page: httpx.Response) -> dict[str, str]:
    """What the forms to listen bring, by what their button says."""
    found = re.findall(r'name="message" value="([\w.-]+)">\s*<button[^>]*>([^<]+)</button>', page.text)
    return {words: message for message, words in found}


def heard(client: httpx.Client, page: httpx.Response, message: str, **headers: str) -> httpx.Response:
    data = {"csrf": csrf_of(page), "message": message}
    return client.post("/menages/ecouter", data=data, headers=headers)


def test_a_step_is_heard_before_it_is_sent_in_both_languages(desk: Office, client: httpx.Client) -> None:
    page = client.get(f"/menages/{desk.visited(desk.agreed('ar'))}")
    forms = offered(page)
    assert set(forms) == {"Écouter en arabe", "Écouter en français"}
    assert "media-src 'self' blob:" in page.headers["content-security-policy"]
    for message in forms.values():
        played = heard(client, page, message)
        assert (played.status_code, played.headers["content-type"]) == (200, "audio/mpeg")
        assert played.headers["cache-control"] == "no-store" and read(played.content).seconds > 2


def test_a_campaign_is_heard_in_every_language_that_it_would_leave_in(desk: Office, client: httpx.Client) -> None:
    for language in ("ar", "bn", "ps"):
        desk.agreed(language)
    written = client.get("/menages/campagnes/nouvelle?modele=materiel_pose")
    page = post(client, written, "/menages/campagnes/apercu", **GIVEN)
    assert {"Écouter en arabe", "Écouter en bengali"} <= set(offered(page))
    assert not any("pachto" in words for words in offered(page))
    assert read(heard(client, page, offered(page)["Écouter en bengali"]).content).seconds > 2


def test_a_text_under_review_is_heard_with_its_example_values(desk: Office, client: httpx.Client) -> None:
    page = client.get("/menages/messages/uk/rendez_vous_confirmation")
    assert set(offered(page)) == {"Écouter en ukrainien", "Écouter en français"}
    assert read(heard(client, page, offered(page)["Écouter en ukrainien"]).content).seconds > 4


def test_a_recording_of_the_territory_is_what_is_heard(desk: Office, client: httpx.Client) -> None:
    recordings = desk.parts.store.recordings
    recordings.put(TERRITORY, "rendez_vous_confirmation", "tr", "audio/ogg", RECORDED, "médiatrice")
    page = client.get("/menages/messages/tr/rendez_vous_confirmation")
    assert heard(client, page, offered(page)["Écouter en turc"]).content == RECORDED


def test_the_thread_of_a_case_and_the_replies_are_heard(desk: Office, client: httpx.Client) -> None:
    reference = desk.agreed("ar")
    came = desk.says(reference, ARABIC)
    desk.translated(came, "Je ne peux pas le 12.", "Un nombre est à vérifier.")
    address = f"/menages/{reference}/ecouter/{came.id}"
    for page in (client.get(f"/menages/{reference}"), client.get("/menages/reponses")):
        assert all(f'data-listen="{address}?langue={language}"' in page.text for language in ("ar", "fr"))
    for language in ("ar", "fr"):
        played = client.get(address, params={"langue": language})
        assert (played.status_code, played.headers["content-type"]) == (200, "audio/mpeg")
        assert played.headers["cache-control"] == "no-store"


def test_nothing_is_heard_of_another_case_territory_or_language_nor_what_was_not_shown(
    desk: Office, client: httpx.Client
) -> None:
    reference, other = desk.agreed("ar"), desk.agreed("ar")
    came, page = desk.says(reference, ARABIC), client.get(f"/menages/{desk.visited(other)}")
    assert client.get(f"/menages/{other}/ecouter/{came.id}?langue=ar").status_code == 404
    assert client.get(f"/menages/{reference}/ecouter/{came.id}?langue=uk").status_code == 404
    message = offered(page)["Écouter en arabe"]
    for wrong in ("", "x.y", message[:-2]):
        refused = heard(client, page, wrong, **{FRAGMENT_HEADER: "1"})
        assert refused.status_code == 422 and "rouvrez la page" in refused.text and "<html" not in refused.text
    with desk.signed(territory="ailleurs") as stranger:
        assert stranger.get(f"/menages/{reference}/ecouter/{came.id}?langue=ar").status_code == 404
        assert heard(stranger, stranger.get("/menages"), message).status_code == 422


def page_of(desk: Office, browser: Browser, **how: object) -> Page:
    context = browser.new_context(**{"locale": "fr-FR", **how})
    context.add_cookies([{"name": COOKIE, "value": cookie_of(desk.parts.store, COORDINATOR), "url": desk.url}])
    context.set_default_timeout(60_000)
    return context.new_page()


def test_a_step_and_a_message_play_and_stop_where_they_stand(desk: Office, browser: Browser) -> None:
    reference = desk.visited(desk.agreed("ar"))
    desk.says(reference, ARABIC)
    for size in SIZES:
        page = page_of(desk, browser, viewport=size)
        page.add_init_script(ENDLESS)
        page.goto(f"{desk.url}/menages/{reference}")
        for place in (page.locator(".step .sheet-of").last, page.locator(".entry--theirs").last):
            plays_and_stops(page, place, "Écouter en arabe")
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
        page.context.close()


def test_without_javascript_the_sound_itself_is_the_answer(desk: Office, browser: Browser) -> None:
    page = page_of(desk, browser, java_script_enabled=False)
    page.goto(f"{desk.url}/menages/messages/ar/rendez_vous_confirmation")
    with page.expect_response(lambda response: response.url.endswith("/ecouter")) as played:
        page.get_by_role("button", name="Écouter en arabe").click()
    assert played.value.headers["content-type"] == "audio/mpeg"
    page.context.close()


def test_axe_finds_nothing_where_one_listens(desk: Office, browser: Browser) -> None:
    reference = desk.visited(desk.agreed("ar"))
    desk.translated(desk.says(reference, ARABIC), "Je ne peux pas le 12.")
    page = page_of(desk, browser, viewport=SIZES[0], bypass_csp=True)
    for path in (f"/menages/{reference}", "/menages/reponses", "/menages/messages/ar/rendez_vous_confirmation"):
        page.goto(desk.url + path)
        expect(page.get_by_role("button", name="Écouter en arabe").first).to_be_visible()
        assert Axe().run(page).response["violations"] == []
    page.context.close()
