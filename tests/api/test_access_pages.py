"""Signing in, one's account, the team and joining, in a real Chromium: what works, and that everybody can use it."""

from __future__ import annotations

import re
from itertools import product

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from api.access.gate import COOKIE
from api.access.roles import ADMINISTRATOR, COORDINATOR
from api.storage.access_schema import accounts
from tests.api.sign_in_site import NAME, PASSWORD, sign_in, sign_in_site, with_territory
from tests.chromium import LAUNCH_ARGS, chromium_path

SIZES = {"phone": (360, 740), "desktop": (1280, 900)}


@pytest.fixture(scope="module")
def one_site(tmp_path_factory):
    with sign_in_site(with_territory(tmp_path_factory.mktemp("pages"))) as found:
        yield found


@pytest.fixture
def site(one_site):
    return one_site.empty()


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium_path()), args=list(LAUNCH_ARGS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, site):
    """A new browser of somebody who reads French."""
    contexts = []

    def opened(size="phone", scheme="light", **more):
        width, height = SIZES[size]
        viewport = {"width": width, "height": height}
        contexts.append(chromium.new_context(viewport=viewport, color_scheme=scheme, locale="fr-FR", **more))
        return contexts[-1].new_page()

    yield opened
    for context in contexts:
        context.close()


def come_in(page, site, name=NAME, on="/compte"):
    page.goto(f"{site.address}/connexion?vers={on}")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Se connecter").click()


def fit(page):
    """Whether the page is as wide as the screen, and axe finds nothing."""
    page.wait_for_load_state()  # a press may have begun to lead elsewhere
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


@pytest.mark.parametrize(("size", "scheme"), tuple(product(SIZES, ("light", "dark"))))
def test_every_page_can_be_used_by_everybody(site, open_page, size, scheme):
    site.account("adm@exemple.test", ADMINISTRATOR)
    site.with_code("code@exemple.test")
    page = open_page(size, scheme, bypass_csp=True)
    page.goto(f"{site.address}/")
    fit(page)
    come_in(page, site, "personne@exemple.test")
    fit(page)
    come_in(page, site, "code@exemple.test")
    expect(page.locator("#code")).to_be_focused()
    fit(page)
    come_in(page, site, "adm@exemple.test", "/equipe")
    fit(page)
    page.fill("#most", "12")
    page.get_by_role("button", name="Faire une invitation").click()
    fit(page)
    invitation = page.input_value("#link-web")
    page.fill("#name", "une-tres-longue-adresse.de-quelqu-un@departement-exemple.test")
    page.get_by_role("button", name="Créer le compte").click()
    fit(page)
    welcome = page.input_value("#link-account")
    for path in ("/equipe", "/compte", "/compte/code"):
        page.goto(site.address + path)
        fit(page)
    visitor = open_page(size, scheme, bypass_csp=True)
    for address in (invitation, welcome, f"{site.address}/rejoindre/x", f"{site.address}/bienvenue/x"):
        visitor.goto(address)
        fit(visitor)


def test_an_invitation_is_shown_once_and_opens_the_chat_in_another_browser(site, open_page):
    site.account(NAME, COORDINATOR)
    page = open_page("desktop")
    come_in(page, site, on="/equipe")
    page.get_by_role("button", name="Faire une invitation").click()
    expect(page.get_by_role("heading", name="L’invitation est prête")).to_be_visible()
    link = page.input_value("#link-web")
    expect(page.locator(".square svg")).to_have_count(1)
    page.goto(f"{site.address}/equipe")
    expect(page.locator("#link-web")).to_have_count(0)
    visitor = open_page()
    visitor.goto(f"{site.address}/")
    expect(visitor.get_by_text("Il faut d’abord une invitation")).to_be_visible()
    expect(visitor.locator("#text")).to_have_count(0)
    visitor.goto(link)
    visitor.get_by_role("button", name="Rejoindre").click()
    expect(visitor.get_by_text("vous avez rejoint le territoire")).to_be_visible()
    expect(visitor.get_by_role("button", name="Faire un bilan avec le ménage")).to_be_visible()
    page.reload()
    expect(page.get_by_text("1 personne a rejoint ce territoire.")).to_be_visible()
    page.locator("summary", has_text="Terminer").click()
    page.get_by_role("button", name="Oui, terminer").click()
    expect(page.get_by_text("L’invitation est terminée")).to_be_visible()
    late = open_page()
    late.goto(link)
    expect(late.get_by_text("Votre coordination a mis fin à cette invitation")).to_be_visible()
    expect(late.get_by_role("button", name="Rejoindre")).to_have_count(0)


def test_a_second_factor_is_switched_on_by_its_square_asked_for_and_switched_off(site, open_page):
    account = site.account()
    page = open_page()
    come_in(page, site)
    page.get_by_role("link", name="Ajouter un code").click()
    page.locator("summary", has_text="Sans appareil photo").click()
    totp = pyotp.TOTP(page.locator(".code").inner_text().replace(" ", ""))
    page.fill("#current", PASSWORD)
    page.fill("#code", "000000")
    page.get_by_role("button", name="Mettre le code en service").click()
    expect(page.get_by_role("alert")).to_contain_text("Ce code n’est pas le bon")
    used = totp.now()
    page.fill("#current", PASSWORD)
    page.fill("#code", used)
    page.get_by_role("button", name="Mettre le code en service").click()
    expect(page.get_by_text("Le code est en service", exact=False)).to_be_visible()
    other = open_page()
    come_in(other, site)
    other.fill("#code", used)
    other.get_by_role("button", name="Se connecter").click()
    expect(other.get_by_role("alert")).to_contain_text("a déjà servi")
    _forget_steps(site, account)
    page.locator("summary", has_text="Retirer le code").click()
    page.fill("#current-too", PASSWORD)
    page.fill("#code", totp.now())
    page.get_by_role("button", name="Retirer", exact=True).click()
    expect(page.get_by_text("Le code est retiré")).to_be_visible()
    assert site.actions(account)[-2:] == ["account.totp_on", "account.totp_off"]


def _forget_steps(site, account):
    """As if the next half minute had come."""
    with site.store.engine.begin() as connection:
        connection.execute(accounts.update().where(accounts.c.id == account.id).values(totp_used=0))


def test_one_s_own_sessions_are_listed_and_closed(site):
    account = site.account()
    with site.browser() as here, site.browser() as there, site.browser() as third:
        for client in (here, there, third):
            sign_in(client)
        page = here.get("/compte").text
        handles = re.findall(r'name="session" value="(\w+)"', page)
        assert len(handles) == 3 and page.count("celle-ci") == 1
        assert not any(client.cookies[COOKIE] in page for client in (here, there, third))
        form = {"csrf": site.csrf(here)}
        there_handle = site.store.accounts.sessions(account.id)[1].key[:16]
        here.post("/compte/sessions/fermer", data={**form, "session": there_handle})
        assert there.get("/compte").status_code == 303
        here.post("/compte/sessions/fermer-les-autres", data=form)
        assert third.get("/compte").status_code == 303 and here.get("/compte").status_code == 200


def test_another_s_session_cannot_be_closed(site):
    other = site.account("autre@exemple.test")
    site.account()
    with site.browser() as mine, site.browser() as theirs:
        sign_in(mine)
        sign_in(theirs, "autre@exemple.test")
        handle = site.store.accounts.sessions(other.id)[0].key[:16]
        mine.post("/compte/sessions/fermer", data={"csrf": site.csrf(mine), "session": handle})
        assert theirs.get("/compte").status_code == 200


def test_the_password_is_changed_against_the_one_of_now(site):
    site.account()
    with site.browser() as here, site.browser() as there:
        sign_in(here)
        sign_in(there)
        new = {"password": "cinq mots encore mieux ranges", "again": "cinq mots encore mieux ranges"}
        form = {"csrf": site.csrf(here), "current": "pas celui-ci", **new}
        refused = here.post("/compte/mot-de-passe", data=form)
        assert refused.status_code == 422 and "Rien n’a été changé" in refused.text
        changed = here.post("/compte/mot-de-passe", data=form | {"current": PASSWORD})
        assert changed.headers["location"] == "/compte?suite=password"
        assert here.get("/compte").status_code == 200 and there.get("/compte").status_code == 303
        assert sign_in(there).status_code == 401
        assert sign_in(there, password=new["password"]).status_code == 303


def test_the_language_of_the_pages_is_one_s_own(site):
    account = site.account()
    with site.browser() as client:
        sign_in(client)
        client.post("/compte/langue", data={"csrf": site.csrf(client), "lang": "en"})
        assert "Open sessions" in client.get("/compte?suite=language").text
        client.post("/compte/langue", data={"csrf": site.csrf(client), "lang": "tlh"})
    assert site.store.accounts.kept(account.id).account.language == "en"


def test_an_account_is_made_closed_and_reopened_from_the_team(site):
    site.account("adm@exemple.test", ADMINISTRATOR)
    with site.browser() as administrator, site.browser() as newcomer:
        sign_in(administrator, "adm@exemple.test")
        form = {"csrf": site.csrf(administrator)}
        administrator.post("/equipe/comptes", data={**form, "name": "col@exemple.test", "role": COORDINATOR})
        link = re.search(r'value="([^"]*/bienvenue/[^"]+)"', administrator.get("/equipe").text)[1]
        assert "col@exemple.test" in newcomer.get(link).text
        chosen = {"password": PASSWORD, "again": PASSWORD}
        assert newcomer.post(link, data=chosen).headers["location"] == "/connexion?suite=chosen"
        assert newcomer.post(link, data=chosen).status_code == 404
        sign_in(newcomer, "col@exemple.test")
        number = site.store.accounts.named("col@exemple.test").id
        administrator.post(f"/equipe/comptes/{number}/fermer", data=form)
        assert newcomer.get("/compte").status_code == 303
        assert "1 compte fermé" in administrator.get("/equipe").text
        administrator.post(f"/equipe/comptes/{number}/rouvrir", data=form)
        assert sign_in(newcomer, "col@exemple.test").status_code == 303


def test_a_coordinator_sees_no_account_and_makes_none(site):
    site.account()
    with site.browser() as client:
        sign_in(client)
        page = client.get("/equipe").text
        assert "Faire une invitation" in page and "Créer le compte" not in page
        form = {"csrf": site.csrf(client), "name": "autre@exemple.test", "role": COORDINATOR}
        assert client.post("/equipe/comptes", data=form).status_code == 403
