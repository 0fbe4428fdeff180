"""The offline page in a real Chromium: installed, asked without network, kept, and sent once."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from api.offline_packages import keep_package
from api.storage.publications import Kept
from bot.channels.web_page.package import PATHS, Package, package_key
from rules.load import ruleset_of
from tests.bot.offline_site import READY, Kitchen, Site, give, installed, offline_site, phone, until, without_network
from tests.chromium import LAUNCH_ARGS, chromium_path
from tests.rulesets import renamed

QUICK = ("envoi_information", "informer_tiers")
LONGER = ("bilan", "accompagner", "sans_sr", "m4_12", "joint", "les_deux")


@pytest.fixture
def site(kitchen: Kitchen, tmp_path: Path) -> Iterator[Site]:
    with offline_site(kitchen, tmp_path) as running:
        yield running


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    with phone(browser, site) as opened:
        yield opened


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return installed(context)


def test_the_page_can_be_installed(browser: Browser, site: Site, tmp_path: Path) -> None:
    profile = {"executable_path": chromium_path(), "args": LAUNCH_ARGS, "base_url": site.address, "locale": "fr-FR"}
    with browser.browser_type.launch_persistent_context(tmp_path / "profile", **profile) as context:
        check_installable(installed(context), site)


def check_installable(page: Page, site: Site) -> None:
    session = page.context.new_cdp_session(page)
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    said = json.loads(manifest["data"])
    assert (said["display"], said["start_url"], said["lang"]) == ("standalone", "/", "fr")
    for icon in said["icons"]:
        assert httpx.get(site.address + icon["src"]).headers["content-type"] == "image/png"


def test_installing_is_offered_where_the_browser_does_and_told_in_words_on_an_iphone(
    browser: Browser, site: Site, page: Page
) -> None:
    expect(page.locator("[data-install]")).to_be_hidden()
    page.evaluate("window.dispatchEvent(new Event('beforeinstallprompt'))")
    expect(page.get_by_role("button", name="Installer sur ce téléphone")).to_be_visible()
    with phone(browser, site, user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)") as context:
        expect(installed(context, "/").locator("[data-by-hand]")).to_contain_text("écran d’accueil")


def test_the_service_worker_keeps_no_answer_and_no_private_page(page: Page) -> None:
    give(page, QUICK)
    expect(page.locator("#status")).to_have_attribute("data-state", "sent")
    page.goto("/")
    page.goto("/hors-ligne")
    addresses = page.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys())
            for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
          return found;
        }"""
    )
    assert {a.split("/")[1] for a in addresses} == {"hors-ligne", "static"}
    assert not [a for a in addresses if "reponse" in a or "questions" in a]


def test_an_answer_offline_survives_a_reload_in_the_middle(page: Page, site: Site) -> None:
    without_network(site, page.context)
    give(page, LONGER[:3])
    page.reload()
    page.wait_for_selector(READY)
    expect(page.locator("#given li")).to_have_count(3)
    give(page, LONGER[3:])
    expect(page.locator(".mission")).to_have_text("Suivi à N+1")
    expect(page.locator("#status")).to_contain_text("Question gardée sur ce téléphone")


def test_without_network_the_chat_s_address_shows_the_offline_page_in_the_chosen_language(
    page: Page, site: Site
) -> None:
    page.goto("/hors-ligne?lang=en")
    page.wait_for_selector(READY)
    without_network(site, page.context)
    page.goto("/")
    page.wait_for_selector("html[lang=en][data-offline][data-ready]")
    give(page, QUICK)
    expect(page.locator("#status")).to_contain_text("Question kept on this phone")


def test_a_question_is_sent_once_when_the_network_is_back(page: Page, site: Site) -> None:
    without_network(site, page.context)
    give(page, QUICK)
    expect(page.locator("#status")).to_have_attribute("data-state", "kept")
    site.start()
    page.context.set_offline(False)
    expect(page.locator("#status")).to_have_attribute("data-state", "sent")
    page.reload()
    page.wait_for_selector(READY)
    expect(page.locator("#shared a")).to_have_attribute("href", f"/reponse/{site.logged[0].token}")
    (enquiry,) = site.logged
    assert (enquiry.channel, enquiry.language, enquiry.facts["action"]) == ("web", "fr", "envoi_information")
    page.goto(f"/reponse/{enquiry.token}")
    expect(page.locator(".mission")).to_be_visible()


def test_two_tabs_send_a_question_once(page: Page, site: Site) -> None:
    other = page.context.new_page()
    other.goto("/hors-ligne")
    other.wait_for_selector(READY)
    without_network(site, page.context)
    give(page, QUICK)
    other.reload()
    other.wait_for_selector(READY)
    expect(other.locator("#status")).to_have_attribute("data-state", "kept")
    site.start()
    page.context.set_offline(False)
    for tab in (page, other):
        expect(tab.locator("#status")).to_have_attribute("data-state", "sent")
    assert len(site.logged) == 1


def test_a_question_whose_reply_was_lost_is_sent_again_and_logged_once(page: Page, site: Site) -> None:
    taken: list[int] = []

    def lose_the_first(route) -> None:
        reply = route.fetch()
        taken.append(reply.status)
        if len(taken) == 1:
            route.abort()
        else:
            route.fulfill(response=reply)

    page.route("**/hors-ligne/questions", lose_the_first)
    give(page, QUICK)
    until(lambda: bool(taken), page)
    expect(page.locator("#status")).to_have_attribute("data-state", "sent")
    assert (taken[0], len(site.logged)) == (200, 1)


def test_a_correction_is_logged_as_taking_the_place_of_the_answer_before(page: Page, site: Site) -> None:
    give(page, QUICK)
    expect(page.locator("#status")).to_have_attribute("data-state", "sent")
    page.locator('[data-correct="action"]').click()
    give(page, ("information_donneur_alerte",))
    until(lambda: len(site.logged) == 2, page)
    assert site.logged[0].replaces == site.logged[1].token


def test_going_back_and_starting_again(page: Page) -> None:
    give(page, LONGER[:2])
    page.locator('[data-tool="back"]').click()
    expect(page.locator("#given li")).to_have_count(1)
    page.locator('[data-tool="restart"]').click()
    expect(page.locator("#given")).to_be_hidden()
    expect(page.locator("#now")).to_be_focused()


def test_a_typed_day_counts_and_one_that_cannot_be_is_refused_in_words(page: Page) -> None:
    give(page, LONGER[:3])
    for typed, words in (
        ("31/02/2026", "ne convient pas"),
        ("bientôt", "pas compris"),
        ("21/04/2090", "une autre date"),
    ):
        page.locator("#text").fill(typed)
        page.keyboard.press("Enter")
        expect(page.locator("#log .card--notice")).to_contain_text(words)
    page.locator("#text").fill("21/04/2020")
    page.keyboard.press("Enter")
    expect(page.locator("#given li").nth(3)).to_contain_text("le 21 avril 2020")


def test_the_keyboard_alone_leads_to_the_answer(page: Page) -> None:
    page.keyboard.press("Tab")
    while page.locator(".mission").count() == 0:
        while page.evaluate("!document.activeElement.dataset.answer"):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#now")).to_be_focused()
    expect(page.locator(".card--answer")).to_be_focused()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_scrolls_sideways_on_a_narrow_phone(page: Page, language: str) -> None:
    page.goto(f"/hors-ligne?lang={language}")
    page.wait_for_selector(READY)
    for choices in ((), LONGER):
        give(page, choices)
        seen, full = page.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollWidth]")
        assert full <= seen == 360


def test_a_conversation_that_loses_the_network_goes_on_offline_with_its_answers(page: Page, site: Site) -> None:
    page.goto("/")
    page.wait_for_selector(READY)
    page.get_by_role("button", name="Faire un bilan avec le ménage").click()
    expect(page.locator("#given li")).to_have_count(1)
    without_network(site, page.context)
    page.get_by_role("link", name="Continuer hors ligne").click()
    page.wait_for_selector("html[data-offline][data-ready]")
    expect(page.locator("#given li")).to_contain_text("Faire un bilan avec le ménage")
    give(page, LONGER[1:])
    expect(page.locator(".mission")).to_have_text("Suivi à N+1")


def test_a_question_that_cannot_be_logged_stays_visible_until_it_is_read(page: Page, site: Site) -> None:
    page.route(
        "**/hors-ligne/questions",
        lambda route: route.continue_(
            post_data=json.dumps({**json.loads(route.request.post_data), "answers": [["action", "bilan"]]})
        ),
    )
    give(page, QUICK)
    expect(page.locator("#refused")).to_contain_text("ne mènent pas à une réponse complète")
    assert site.logged == []
    page.locator("[data-read]").click()
    expect(page.locator("[data-read]")).to_have_count(0)


def test_new_rules_reach_the_page_whole_and_a_question_ends_under_the_old_ones(
    page: Page, site: Site, kitchen: Kitchen
) -> None:
    before = kitchen.version
    give(page, LONGER[:3])
    publish(site, kitchen, renamed("Aide numérique, autrement dite"), page)
    page.reload()
    page.wait_for_selector(READY)
    expect(page.locator("#update")).to_be_visible()
    give(page, LONGER[3:])
    until(lambda: bool(site.logged), page)
    assert site.logged[0].ruleset_version == before
    expect(page.locator("#status")).to_contain_text("version")
    with page.expect_navigation():
        page.locator("#update button").click()
    page.wait_for_selector(READY)
    until(lambda: before not in page.evaluate("localStorage.getItem('aiguillage.question')"), page)
    assert len(page.evaluate("caches.keys()")) == 1


def publish(site: Site, kitchen: Kitchen, files: dict[str, str], page: Page) -> None:
    """Rules with the same answers in force under another version, their package ready: the server takes both up."""
    parts = site.app.state.parts
    found = ruleset_of(files).id
    old, key = kitchen.package(), package_key(files, None)
    paths = gzip.decompress(old.files[PATHS]).replace(kitchen.version.encode(), found.version.encode())
    keep_package(site.folder / "offline", Package(key, {**old.files, PATHS: gzip.compress(paths)}))
    parts.store.publications.publish(Kept(found.version, found.name, files), "the test")
    parts.rulesets.refresh()
    until(lambda: key in httpx.get(f"{site.address}/hors-ligne/paquet.json").text, page)
