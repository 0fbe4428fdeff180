"""Accounts and their passwords, as ASVS asks: none that comes with the program, nothing asked but what is needed."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from api.storage.access_schema import accounts
from tests.api.sign_in_site import NAME, PASSWORD, sign_in, sign_in_site
from tests.attack.test_source import ROOT

TEMPLATES = [file for room in ("api", "bot") for file in (ROOT / room).rglob("*.html")]
SCRIPTS = [file for room in ("api", "bot") for file in (ROOT / room).rglob("*.js")]
FIELD = re.compile(r"<input[^>]*>")
PASSWORDS = {"password", "again", "current"}


@pytest.fixture(scope="module")
def one_site(tmp_path_factory):
    with sign_in_site(tmp_path_factory.mktemp("accounts")) as found:
        yield found


def fields():
    """Every field of a password in every page."""
    for file in TEMPLATES:
        for field in FIELD.findall(file.read_text("utf-8")):
            name = re.search(r'name="(\w+)"', field)
            if name and name[1] in PASSWORDS:
                yield file.name, field


def test_a_password_is_masked_and_a_manager_of_passwords_finds_its_field():
    found = list(fields())
    assert len(found) >= 7
    for file, field in found:
        assert 'type="password"' in field, (file, field)
        assert re.search(r'autocomplete="(current|new)-password"', field), (file, field)


def test_no_page_keeps_anybody_from_pasting():
    for file in (*TEMPLATES, *SCRIPTS):
        if not file.name.endswith(".min.js"):
            assert not re.search(r"onpaste|[\"']paste[\"']", file.read_text("utf-8")), file.name


def test_no_account_comes_with_the_program(one_site):
    assert one_site.empty().store.accounts.all() == []


def test_nothing_is_kept_of_an_account_that_could_hint_at_its_password():
    assert set(accounts.c.keys()) == {
        "id", "name", "role", "territory", "language", "password", "sealing", "totp", "totp_used", "subject", "made_at",
        "closed_at",
    }  # fmt: skip


def test_a_password_has_no_term(one_site):
    site = one_site.empty()
    site.account()
    with site.store.engine.begin() as connection:
        connection.execute(accounts.update().values(made_at=datetime(2006, 1, 1, tzinfo=UTC)))
    with site.browser() as client:
        assert sign_in(client, vers="/compte").headers["location"] == "/compte"


def test_after_signing_out_the_way_back_shows_nothing(one_site, browser):
    site = one_site.empty()
    site.account()
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    page.goto(f"{site.address}/connexion?vers=/compte")
    page.fill("#name", NAME)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", name="Sessions ouvertes")).to_be_visible()
    page.locator(".desk__who").click()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_text("Vous êtes déconnecté")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Sessions ouvertes")).to_have_count(0)
    context.close()


def test_signing_out_tells_the_browser_to_forget_pages_and_keeps_what_visitors_wrote_without_network(one_site):
    site = one_site.empty()
    site.account()
    with site.browser() as client:
        sign_in(client)
        left = client.post("/deconnexion", data={"csrf": site.csrf(client)})
        assert left.headers["clear-site-data"] == '"cache"'
