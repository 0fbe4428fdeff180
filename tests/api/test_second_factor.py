"""A second factor that is required: no page opens before it is set up; a lost phone; and where it is only offered."""

from __future__ import annotations

import os
from itertools import product
from pathlib import Path

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from api.access.gate import COOKIE, CSRF_FIELD, SET_UP
from api.access.roles import ADMINISTRATOR, COORDINATOR, NATIONAL
from api.storage.access_schema import accounts
from tests.api.coordination import cookie_of
from tests.api.sign_in_site import NAME, PASSWORD, set_up, sign_in, sign_in_site, with_territory
from tests.api.test_doors import filled

SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
REQUIRED = {"AIGUILLAGE_SECOND_FACTOR": "required"}
ADMIN = "adm@exemple.test"


@pytest.fixture(scope="module")
def one_site(tmp_path_factory):
    with sign_in_site(with_territory(tmp_path_factory.mktemp("required")), **REQUIRED) as found:
        yield found


@pytest.fixture
def site(one_site):
    return one_site.empty()


@pytest.fixture
def open_page(browser):
    contexts = []

    def opened(size="phone", scheme="light"):
        width, height = SIZES[size]
        more = {"color_scheme": scheme, "locale": "fr-FR", "bypass_csp": True}
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **more))
        return contexts[-1].new_page()

    yield opened
    for context in contexts:
        context.close()


def to_set_up(answer):
    return answer.status_code == 303 and answer.headers["location"].startswith(SET_UP + "?vers=")


def forget_steps(site, account):
    """As if the next half minute had come."""
    with site.store.engine.begin() as connection:
        connection.execute(accounts.update().where(accounts.c.id == account.id).values(totp_used=0))


@pytest.mark.parametrize("role", [COORDINATOR, ADMINISTRATOR, NATIONAL])
def test_a_password_alone_opens_no_door_but_the_one_where_a_code_is_set_up(site, role):
    site.account(NAME, role, None if role == NATIONAL else "pays-exemple")
    with site.browser() as client:
        sign_in(client)
        doors = site.app.state.gate.doors
        assert len(doors) > 60
        form = {CSRF_FIELD: site.csrf(client)}
        for door in doors:
            if door.path == "/deconnexion":
                continue
            sent = {"data": form} if door.method == "POST" else {}
            answer = client.request(door.method, filled(door.path), **sent)
            assert to_set_up(answer) is (door.path != SET_UP), (door, answer.status_code)
        assert client.post("/deconnexion", data=form).headers["location"] == "/connexion?suite=left"


def test_the_doors_that_open_before_a_code_are_these(site):
    before = {(door.method, door.path) for door in site.app.state.gate.doors if door.before_code}
    assert before == {("GET", SET_UP), ("POST", SET_UP), ("POST", "/deconnexion")}


def test_a_part_of_a_page_leads_the_whole_page_there(site):
    site.account()
    with site.browser() as client:
        sign_in(client)
        answer = client.get("/revue", headers={"HX-Request": "true"})
        assert answer.status_code == 401 and answer.headers["hx-redirect"] == SET_UP


def test_once_set_up_one_goes_on_to_the_page_that_was_asked_for(site):
    account = site.account()
    with site.browser() as client:
        sign_in(client, vers="/equipe")
        led = client.get("/equipe")
        assert led.headers["location"] == f"{SET_UP}?vers=/equipe&lang=fr"
        assert 'name="vers" value="/equipe"' in client.get(led.headers["location"]).text
        done, _ = set_up(site.csrf(client), client, vers="/equipe")
        assert (done.status_code, done.headers["location"]) == (303, "/equipe")
        assert client.get("/equipe").status_code == 200
    assert site.store.accounts.kept(account.id).totp is not None


def test_whoever_is_led_on_stays_here(site):
    site.account()
    with site.browser() as client:
        sign_in(client)
        done, _ = set_up(site.csrf(client), client, vers="//ailleurs.exemple/")
        assert done.headers["location"] == "/revue"


def test_a_code_that_is_set_up_ends_what_the_password_alone_had_opened_elsewhere(site):
    site.account()
    with site.browser() as here, site.browser() as there:
        sign_in(there)
        sign_in(here)
        assert to_set_up(there.get("/compte"))
        set_up(site.csrf(here), here)
        assert here.get("/compte").status_code == 200
        assert there.get("/compte").headers["location"].startswith("/connexion?")


def test_who_comes_by_the_organisation_is_asked_for_no_code_of_ours(site):
    token = cookie_of(site.store, COORDINATOR)  # an account without a password
    with site.browser(cookies={COOKIE: token}) as client:
        assert client.get("/compte").status_code == 200


def test_a_lost_phone_is_told_to_the_administration_which_takes_the_code_away(site):
    site.account(ADMIN, ADMINISTRATOR)
    lost, _ = site.with_code(NAME)
    with site.browser() as administrator, site.browser() as theirs:
        sign_in(administrator, ADMIN)
        set_up(site.csrf(administrator), administrator)
        sign_in(theirs)
        assert not to_set_up(theirs.get("/compte")) and COOKIE not in theirs.cookies
        open_one = site.store.accounts.open_session(lost.id)
        form = {"csrf": site.csrf(administrator)}
        assert "Téléphone perdu" in administrator.get("/equipe").text
        done = administrator.post(f"/equipe/comptes/{lost.id}/code/retirer", data=form)
        assert done.headers["location"] == "/equipe?suite=code_removed"
        assert "Le code est retiré" in administrator.get(done.headers["location"]).text
        assert site.store.accounts.of_session(open_one) is None
        sign_in(theirs)
        assert to_set_up(theirs.get("/compte"))
        again = administrator.post(f"/equipe/comptes/{lost.id}/code/retirer", data=form)
        assert again.status_code == 422 and "rien à retirer" in again.text
    assert "account.totp_off" in site.actions(lost)


def test_nobody_takes_away_their_own_code_there_nor_that_of_another_territory(site):
    own = site.account(ADMIN, ADMINISTRATOR)
    elsewhere = site.account("loin@exemple.test", territory="ailleurs")
    with site.browser() as client:
        sign_in(client, ADMIN)
        set_up(site.csrf(client), client)
        form = {"csrf": site.csrf(client)}
        refused = client.post(f"/equipe/comptes/{own.id}/code/retirer", data=form)
        assert refused.status_code == 422 and "Votre compte" in refused.text
        assert client.post(f"/equipe/comptes/{elsewhere.id}/code/retirer", data=form).status_code == 404


def test_a_code_is_taken_away_and_set_up_by_whoever_knows_the_password_alone(tmp_path):
    with sign_in_site(tmp_path, AIGUILLAGE_SECOND_FACTOR="offered") as site:
        account = site.account()
        with site.browser() as client:
            sign_in(client)
            refused, _ = set_up(site.csrf(client), client, current="pas celui-ci")
            assert refused.status_code == 422 and "Rien n’a été changé" in refused.text
            done, totp = set_up(site.csrf(client), client, current=PASSWORD)
            assert done.headers["location"] == "/compte?suite=code_on"
            forget_steps(site, account)
            form = {"csrf": site.csrf(client), "code": totp.now()}
            assert client.post("/compte/code/retirer", data=form).status_code == 422
            assert site.store.accounts.kept(account.id).totp is not None
            gone = client.post("/compte/code/retirer", data=form | {"current": PASSWORD})
            assert gone.headers["location"] == "/compte?suite=code_off"
            for _ in range(8):
                last, _ = set_up(site.csrf(client), client, current="pas celui-ci")
            assert last.status_code == 429 and int(last.headers["retry-after"]) <= 60


def test_a_new_password_by_a_link_does_not_go_round_the_code(site):
    site.with_code(NAME)
    link = site.sign_in_link(NAME)
    with site.browser() as client:
        form = {"password": "cinq mots encore mieux ranges", "again": "cinq mots encore mieux ranges"}
        assert client.post(link, data=form).status_code == 303
        asked = sign_in(client, password=form["password"])
        assert asked.headers["location"].startswith("/connexion/code") and COOKIE not in client.cookies


def test_where_it_is_only_offered_a_password_opens_the_pages(tmp_path):
    with sign_in_site(tmp_path, AIGUILLAGE_SECOND_FACTOR="offered") as site:
        site.account()
        with site.browser() as client:
            sign_in(client)
            assert client.get("/compte").status_code == 200


def fit(page, name):
    """Whether the page is as wide as the screen, and axe finds nothing; kept as a picture where SHOTS says so."""
    page.wait_for_load_state()
    if shots := os.environ.get("SHOTS"):
        page.screenshot(path=Path(shots) / f"{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


@pytest.mark.parametrize(("size", "scheme"), tuple(product(SIZES, ("light", "dark"))))
def test_the_first_code_is_set_up_in_the_browser_and_asked_for_from_then_on(site, open_page, size, scheme):
    account = site.account()
    page = open_page(size, scheme)
    page.goto(f"{site.address}/connexion?vers=/equipe")
    page.fill("#name", NAME)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", name="Un code, en plus du mot de passe")).to_be_visible()
    expect(page.get_by_role("navigation")).to_have_count(0)
    fit(page, f"first-{size}-{scheme}")
    page.locator("summary", has_text="Sans appareil photo").click()
    page.locator("summary", has_text="Pas de téléphone").click()
    opens = page.get_by_role("link", name="Ouvrir l’application de codes").get_attribute("href")
    assert opens.startswith("otpauth://totp/Aiguillage") and "secret=" in opens
    fit(page, f"help-{size}-{scheme}")
    totp = pyotp.TOTP(page.locator(".code").inner_text().replace(" ", ""))
    page.fill("#code", "000000")
    page.get_by_role("button", name="Mettre le code en service").click()
    expect(page.get_by_role("alert")).to_contain_text("Ce code n’est pas le bon")
    fit(page, f"wrong-{size}-{scheme}")
    page.fill("#code", totp.now())
    page.get_by_role("button", name="Mettre le code en service").click()
    page.wait_for_url("**/equipe")
    forget_steps(site, account)
    page.goto(f"{site.address}/compte")
    page.locator("summary", has_text="Changer de téléphone").click()
    fit(page, f"change-{size}-{scheme}")
    page.fill("#current-too", PASSWORD)
    page.fill("#code", totp.now())
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", name="Un code, en plus du mot de passe")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_the_administration_takes_the_code_of_a_lost_phone_away_in_the_browser(site, open_page, size):
    administrator, totp = site.with_code(ADMIN)
    with site.store.engine.begin() as connection:
        connection.execute(accounts.update().where(accounts.c.id == administrator.id).values(role=ADMINISTRATOR))
    site.with_code(NAME)
    page = open_page(size)
    page.goto(f"{site.address}/connexion?vers=/equipe")
    page.fill("#name", ADMIN)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.fill("#code", totp.now())
    page.get_by_role("button", name="Se connecter").click()
    page.locator("summary", has_text="Téléphone perdu").click()
    fit(page, f"lost-{size}")
    page.get_by_role("button", name="Oui, retirer le code").click()
    expect(page.get_by_text("Le code est retiré, et ses sessions sont fermées.")).to_be_visible()
    expect(page.locator("summary", has_text="Téléphone perdu")).to_have_count(0)
