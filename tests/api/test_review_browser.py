"""The review in a browser: by keyboard alone, on a phone, without JavaScript; and axe-core on each page and state."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright
from sqlalchemy import select

from api.access.gate import COOKIE
from api.access.roles import ADMINISTRATOR, COORDINATOR, NATIONAL
from api.storage.review_schema import reviews
from api.storage.reviews import CONFIRMED, CORRECTED
from api.storage.store import Store
from api.storage.verdicts import verdicts_on
from tests.api.coordination import TERRITORY, cookie_of
from tests.api.examples import REFERRED, an_enquiry
from tests.api.serving import serving
from tests.chromium import LAUNCH_ARGS, chromium_path

SETTLED = {
    "status": "settled",
    "missions": ["soutien_renforce"],
    "certainty": "stated",
    "flips": [],
    "reasons": [{"statement": 21, "text": "…", "source": "…"}],
    "excluded": [{"mission": "suivi_n1", "reasons": [{"statement": 14, "text": "…", "source": "…"}]}],
}
FIRST = datetime(2026, 11, 2, 8, tzinfo=UTC)
PHONE, DESK = {"width": 360, "height": 780}, {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A server with forty questions, two of them referred, and a browser."""
    with (
        serving(tmp_path_factory.mktemp("review")) as (address, settings),
        Store.open(settings.database_url) as store,
        sync_playwright() as play,
    ):
        for number in range(40):
            answer = REFERRED if number % 20 == 1 else SETTLED
            at = FIRST + timedelta(hours=number)
            with store.transaction() as journal:
                journal.log(an_enquiry(token=f"b{number}", territory=TERRITORY, answer=answer, asked_at=at))
        browser = play.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGS)
        yield SimpleNamespace(address=address, store=store, browser=browser)
        browser.close()


@contextmanager
def opened(site, path="/revue", role=COORDINATOR, territory=TERRITORY, **context):
    """A page, of whoever has this role; what it tells its console that is no refusal of ours fails the test."""
    there = site.browser.new_context(locale="fr-FR", **{"viewport": DESK, **context})
    there.add_cookies([{"name": COOKIE, "value": cookie_of(site.store, role, territory), "url": site.address}])
    page, told = there.new_page(), []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.goto(site.address + path)
    yield page
    there.close()
    assert [message for message in told if "422" not in message] == []


def state(site, token):
    with site.store.engine.connect() as connection:
        return connection.scalar(select(reviews.c.state).where(reviews.c.token == token))


def token_of(page):
    return page.url.split("/revue/")[1].split("?")[0].split("#")[0]


def test_a_whole_review_is_done_by_keyboard_alone(site):
    with opened(site) as page:
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        page.keyboard.press("j")
        expect(page.locator("[data-line]:focus")).to_have_count(1)
        page.keyboard.press("Enter")
        page.wait_for_url("**/revue/b*")
        first = token_of(page)
        page.keyboard.press("c")
        expect(page.locator("#formulaire-confirmed .button--send")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Avant d’envoyer")).to_be_visible()
        expect(page.get_by_role("button", name="Envoyer")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_text("C’est confirmé. La personne est prévenue.")).to_be_visible()
        assert state(site, first) == CONFIRMED
        expect(page.locator("#fait .button--first")).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: first not in url)
        second = token_of(page)
        page.keyboard.press("r")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("Escape")
        page.locator("#motif-corrected").focus()
        page.keyboard.type("rien que la pause, j’en suis sûre : c’est clair")
        assert page.url.endswith(second)  # letters written in a field act on nothing
        page.locator("#formulaire-corrected .button--send").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Suivi à N+1").first).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.get_by_text("C’est corrigé. La personne est prévenue.")).to_be_visible()
        assert state(site, second) == CORRECTED
        page.keyboard.press("u")
        expect(page.get_by_role("heading", name="À relire")).to_be_visible()


def test_the_keys_are_told_and_can_be_switched_off(site):
    with opened(site) as page:
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.get_by_label("Les lettres seules agissent").uncheck()
        page.keyboard.press("Escape")
        page.reload()
        page.keyboard.press("j")
        page.keyboard.press("?")
        expect(page.locator("[data-line]:focus")).to_have_count(0)
        expect(page.get_by_role("dialog")).to_be_hidden()
        page.get_by_role("button", name="Touches du clavier").click()
        page.get_by_label("Les lettres seules agissent").check()
        page.keyboard.press("Escape")
        page.locator("body").click(position={"x": 2, "y": 400})
        page.keyboard.press("j")
        expect(page.locator("[data-line]:focus")).to_have_count(1)


def test_back_in_the_list_the_line_that_was_read_has_the_focus(site):
    with opened(site, "/revue?langue=fr") as page:
        page.get_by_role("link", name="Page suivante").click()
        page.wait_for_url("**apres=**")
        line = page.locator("[data-line]").nth(3)
        address = line.get_attribute("href")
        line.click()
        page.wait_for_url("**/revue/b*")
        page.get_by_role("link", name="Retour à la liste").click()
        page.wait_for_url("**/revue?langue=fr**#q-**")
        expect(page.locator(f'[data-line][href="{address}"]')).to_be_focused()
        page.get_by_role("link", name="Page précédente").click()
        page.wait_for_url(lambda url: "avant=" in url)
        expect(page.locator(".line")).to_have_count(25)


def test_filters_and_who_takes_a_question_change_a_part_of_the_page(site):
    with opened(site, "/revue?etat=all") as page:
        page.evaluate("window.kept = true")
        page.get_by_text("Filtrer").click()
        page.get_by_label("Pourquoi c’est ouvert").select_option("threshold_undefined")
        page.wait_for_url("**raison=threshold_undefined**")
        expect(page.locator(".line")).to_have_count(2)
        page.get_by_role("button", name="Prendre la question").first.click()
        expect(page.get_by_text("Prise par vous")).to_have_count(1)
        expect(page.get_by_role("button", name="Laisser la question")).to_be_focused()
        page.get_by_role("button", name="Laisser la question").click()
        expect(page.get_by_text("Prise par vous")).to_have_count(0)
        assert page.evaluate("window.kept") is True


def test_a_verdict_is_given_on_a_phone_from_the_bar(site):
    with opened(site, "/revue/b7", viewport=PHONE, has_touch=True, is_mobile=True) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        page.get_by_role("navigation", name="Rendre un avis").get_by_text("Demander").tap()
        expect(page.get_by_label("Votre question", exact=True)).to_be_in_viewport()
        page.get_by_label("Votre question", exact=True).fill("Quand a eu lieu le dernier contact ?")
        page.locator("#formulaire-returned .button--send").tap()
        expect(page.get_by_text("Quand a eu lieu le dernier contact ?")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        page.get_by_role("button", name="Envoyer").tap()
        expect(page.get_by_text("Votre question part vers la personne.")).to_be_visible()
    assert state(site, "b7") == "returned"


def test_a_review_is_done_without_javascript(site):
    with opened(site, java_script_enabled=False) as page:
        page.get_by_text("Filtrer").click()
        page.get_by_label("Pourquoi c’est ouvert").select_option("threshold_undefined")
        page.get_by_role("button", name="Afficher").click()
        page.get_by_role("button", name="Prendre la question").first.click()
        page.wait_for_url("**raison=threshold_undefined**#q-**")
        page.get_by_role("link", name="À trancher par le CLER").first.click()
        token = token_of(page)
        page.get_by_text("À demander au CLER", exact=True).click()
        page.get_by_label("Ce que le texte ne dit pas").fill("Combien de mois font une pause ?")
        page.get_by_text("Choisir dans la liste des énoncés").locator("visible=true").click()
        page.locator("#formulaire-to_cler input[name=enonce][value='24']").check()
        page.locator("#formulaire-to_cler .button--send").click()
        page.get_by_role("button", name="Modifier").click()
        assert page.get_by_label("Ce que le texte ne dit pas").input_value() == "Combien de mois font une pause ?"
        assert page.locator("#enonces-to_cler").input_value() == "24"
        page.locator("#formulaire-to_cler .button--send").click()
        page.get_by_role("button", name="Envoyer").click()
        expect(page.get_by_text("notée pour le CLER")).to_be_visible()
    with site.store.engine.connect() as connection:
        (found,) = verdicts_on(connection, [token])
    assert (found.opinion.kind, found.opinion.statements) == ("to_cler", (24,))


def form(page, kind="corrected"):
    page.locator(f"#avis-{kind} > summary").click()


def wrong(page):
    form(page)
    page.locator("#motif-corrected").fill("Au 06 12 34 56 78")
    page.locator("#formulaire-corrected .button--send").click()
    expect(page.get_by_text("ressemble à un numéro")).to_be_visible()


def preview(page):
    form(page, "confirmed")
    page.locator("#formulaire-confirmed .button--send").click()
    expect(page.get_by_role("heading", name="Avant d’envoyer")).to_be_visible()


def filtering(page):
    page.locator(".filters > summary").click()


def telling(page):
    page.get_by_role("button", name="Touches du clavier").click()


def nothing(page):
    return None


STATES = [
    ("/revue", COORDINATOR, TERRITORY, nothing),
    ("/revue", COORDINATOR, TERRITORY, filtering),
    ("/revue", COORDINATOR, TERRITORY, telling),
    ("/revue", COORDINATOR, "vide", nothing),
    ("/revue?etat=all&du=2026-99-99", ADMINISTRATOR, TERRITORY, nothing),
    ("/revue?mission=amont", COORDINATOR, TERRITORY, nothing),
    ("/revue?etat=all", NATIONAL, None, filtering),
    ("/revue/b21", COORDINATOR, TERRITORY, nothing),
    ("/revue/b30", COORDINATOR, TERRITORY, form),
    ("/revue/b30", COORDINATOR, TERRITORY, wrong),
    ("/revue/b30", COORDINATOR, TERRITORY, preview),
    ("/revue/b7?fait=returned", COORDINATOR, TERRITORY, nothing),
    ("/revue/b21", NATIONAL, None, nothing),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_on_any_page_in_any_state(site, size, scheme):
    for path, role, territory, act in STATES:
        context = {"viewport": size, "color_scheme": scheme, "bypass_csp": True}
        with opened(site, path, role, territory, **context) as page:
            act(page)
            found = Axe().run(page).response["violations"]
            told = [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found]
            assert told == [], (path, role, act.__name__)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= size["width"], (path, role, act.__name__, wide)
