"""The coordinators' pages about households in Chromium: on a phone, without scripts, and by what axe-core finds."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from api.access.gate import COOKIE
from api.access.roles import COORDINATOR
from tests.api.casework import ARABIC, BENGALI, office
from tests.api.coordination import cookie_of
from tests.api.household_site import template

SMALL, WIDE = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


@pytest.fixture
def desk(tmp_path, database_url):
    with office(tmp_path, database_url) as running:
        running.hold_jobs()
        yield running


def page_of(desk, browser, **how):
    """A page signed in as a coordinator; what its console says stands in ``told``."""
    context = browser.new_context(**{"viewport": SMALL, "locale": "fr-FR", **how})
    context.add_cookies([{"name": COOKIE, "value": cookie_of(desk.parts.store, COORDINATOR), "url": desk.url}])
    page = context.new_page()
    page.told = []
    page.on("console", lambda message: page.told.append(message.text))
    return page


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_due_is_accepted_on_a_phone_by_one_press_under_what_it_says(desk, browser, scripts):
    reference = desk.visited(desk.agreed("ar"))
    page = page_of(desk, browser, java_script_enabled=scripts)
    page.goto(f"{desk.url}/menages")
    page.get_by_role("link", name=reference).click()
    arabic = page.locator(".step .said[lang=ar]")
    expect(arabic).to_have_attribute("dir", "rtl")
    expect(page.locator(".step .said[lang=fr]")).to_contain_text("Voulez-vous un rendez-vous")
    assert not scripts or fits(page)
    page.get_by_role("button", name="Envoyer par Telegram").click()
    expect(page.get_by_role("status")).to_contain_text("part sur la messagerie")
    expect(page.locator(".entry").last).to_contain_text("Voulez-vous un rendez-vous")
    assert page.told == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_reply_is_dealt_with_by_keyboard_and_taken_back(desk, browser, scripts):
    reference = desk.agreed("bn")
    desk.says(reference, BENGALI)
    page = page_of(desk, browser, java_script_enabled=scripts)
    page.goto(f"{desk.url}/menages/reponses")
    words = page.get_by_text(BENGALI)
    expect(words).to_be_visible()
    page.get_by_role("button", name=f"C’est traité : {reference}").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("C’est traité")
    expect(words).to_have_count(0)
    page.get_by_role("button", name="Annuler").click()
    expect(page.get_by_text(BENGALI)).to_be_visible()
    assert page.told == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_campaign_is_started_watched_and_stopped(desk, browser, scripts):
    for language in ("ar", "bn"):
        desk.agreed(language)
    page = page_of(desk, browser, java_script_enabled=scripts)
    page.goto(f"{desk.url}/menages/campagnes")
    page.get_by_role("link", name="Nouvelle campagne").click()
    page.get_by_role("link", name="Matériel posé").click()
    page.get_by_label("des ampoules").check()
    page.get_by_label("Le conseil").select_option("volets")
    page.get_by_role("button", name="Voir avant d’envoyer").click()
    expect(page.get_by_role("status")).to_contain_text("2 messages partiraient")
    expect(page.locator(".said[lang=ar]").first).to_have_attribute("dir", "rtl")
    page.get_by_role("button", name="Lancer").click()
    page.wait_for_url(re.compile(r"/menages/campagnes/[^/]+$"))
    made = page.url.rsplit("/", 1)[1]
    desk.until_planned(made)
    if scripts:
        expect(page.get_by_text("0 sur 2")).to_be_visible()  # read again by itself
    page.goto(f"{desk.url}/menages/campagnes")
    page.get_by_role("link", name="Arrêter").click()
    page.get_by_role("button", name="Arrêter, pour de bon").click()
    expect(page.get_by_text("arrêtée")).to_be_visible()
    expect(page.get_by_text("2 sur 2")).to_be_visible()
    assert page.told == []


def test_filters_change_the_list_at_once(desk, browser):
    arabic, bengali = desk.agreed("ar"), desk.agreed("bn")
    page = page_of(desk, browser)
    page.goto(f"{desk.url}/menages")
    page.get_by_label("Langue", exact=True).select_option("bn")
    expect(page.get_by_role("link", name=arabic)).to_have_count(0)
    expect(page.get_by_role("link", name=bengali)).to_be_visible()
    assert "langue=bn" in page.url and page.told == []
    page.get_by_label("Référence").fill(arabic)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=f"Suivi {arabic}")).to_be_visible()


EMPTY = ("/menages", "/menages/nouveau", "/menages/reponses", "/menages/reponses?traitees=1", "/menages/campagnes")
LOOKS = [(SMALL, "dark"), (WIDE, "light")]


def filled(desk):
    """A case with everything on it, and the addresses of every page about it."""
    reference, today = desk.visited(desk.agreed("ar")), date.today()
    desk.translated(desk.says(reference, ARABIC), "Je ne peux pas le 12.", "Un nombre est à vérifier.")
    desk.speaks(reference)
    desk.fails(reference)
    with desk.cases() as households:
        households.keep_episode(reference, "soutien_renforce", today - timedelta(390), today - timedelta(20))
        households.agree_alert(reference, today - timedelta(30), "mairie@exemple.fr")
    erased = desk.open("fr")
    with desk.cases() as households:
        households.erase(erased)
    made = desk.campaign("materiel_pose", template("materiel_pose").values)
    one = f"/menages/{reference}"
    with desk.cases() as households:
        dues = desk.dues_of(households, reference)
    pages = [one, f"{one}/effacer", f"/menages/{erased}", *(f"{one}/a-faire/{row.id}" for row in dues)]
    texts = ["/menages/messages", "/menages/messages/ar", "/menages/messages/bn/rendez_vous_confirmation"]
    campaigns = ["/menages/campagnes/nouvelle", "/menages/campagnes/nouvelle?modele=materiel_pose"]
    return [*EMPTY[:3], *pages, *texts, "/menages/campagnes", *campaigns, made, f"{made}/arreter"]


def test_axe_finds_nothing_on_any_page_dark_or_light_and_none_is_too_wide(tmp_path, browser):
    with office(tmp_path, f"sqlite:///{tmp_path / 'test.db'}") as desk:
        desk.hold_jobs()
        looked_at(desk, browser)


def looked_at(desk, browser):
    found, wide = {}, []
    for paths in (EMPTY, None):
        paths = paths or filled(desk)
        for size, scheme in LOOKS:
            page = page_of(desk, browser, viewport=size, color_scheme=scheme, bypass_csp=True)
            for path in paths:
                assert page.goto(desk.url + path).status == 200, path
                wide += [] if fits(page) else [(path, size["width"])]
                if violations := Axe().run(page).response["violations"]:
                    found[path, size["width"], scheme] = [one["id"] for one in violations]
            page.context.close()
    assert found == {} and wide == []
