"""The page and the commands of webhooks: an administrator's own territory, the secret once, a trial, the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from playwright.sync_api import sync_playwright

from api.access.gate import COOKIE
from api.cli import main
from api.storage.review_schema import audit
from api.storage.store import Store
from tests.api.askers_by_telegram import in_a_territory
from tests.api.coordination import NOBODY, TERRITORY, cookie_of, signed_in
from tests.api.receiver import receiving
from tests.api.serving import serving
from tests.chromium import LAUNCH_ARGS, chromium_path


@dataclass
class Site:
    address: str
    store: Store
    folder: Path

    def mark(self, client: httpx.Client) -> str:
        return re.search(r'name="csrf" value="(\w+)"', client.get("/webhooks").text)[1]

    def post(self, client: httpx.Client, path: str, **form: str) -> httpx.Response:
        return client.post(path, data={"csrf": self.mark(client), **form}, follow_redirects=True)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with (
        serving(tmp_path, **in_a_territory(tmp_path)) as (address, settings),
        Store.open(settings.database_url) as store,
    ):
        yield Site(address, store, tmp_path)


@pytest.mark.parametrize(
    ("role", "territory", "status"),
    [("administrator", TERRITORY, 200), ("coordinator", TERRITORY, 403), ("national", None, 403), (NOBODY, None, 303)],
)
def test_only_an_administrator_has_the_page(site: Site, role: str, territory: str | None, status: int) -> None:
    with signed_in(site.address, site.store, role, territory) as client:
        assert client.get("/webhooks").status_code == status
        for path in ("/webhooks", "/webhooks/1/essai", "/webhooks/1/fin"):
            refused = client.post(path, data={"csrf": "0" * 64})
            assert refused.status_code == (403 if role != NOBODY else 303)


def test_a_webhook_is_added_tried_and_ended_and_its_secret_is_shown_once(site: Site) -> None:
    with signed_in(site.address, site.store, "administrator") as client, receiving(200, 503) as receiver:
        assert "Aucune adresse pour l’instant" in client.get("/webhooks").text
        added = site.post(client, "/webhooks", address=receiver.address)
        assert "Le secret des signatures" in added.text and receiver.address in added.text
        secret = re.search(r"<code[^>]*>([^<]+)</code>", added.text)[1]
        assert secret not in client.get(added.url.path + "?" + added.url.query.decode()).text
        number = re.search(r"/webhooks/(\d+)/essai", added.text)[1]
        assert "L’essai est arrivé." in site.post(client, f"/webhooks/{number}/essai").text
        failed = site.post(client, f"/webhooks/{number}/essai").text
        assert "Le programme a répondu 503." in failed and "Abandonné" in failed
        ended = site.post(client, f"/webhooks/{number}/fin").text
        assert "plus rien ne part vers cette adresse" in ended and receiver.address not in ended
        assert site.post(client, f"/webhooks/{number}/essai").status_code == 404
    with site.store.reading() as connection:
        actions = [row.action for row in connection.execute(audit.select().order_by(audit.c.id))]
    assert [a for a in actions if a.startswith("webhook.")] == [
        "webhook.added",
        "webhook.tested",
        "webhook.tested",
        "webhook.ended",
    ]


def test_another_territory_s_webhook_is_unknown(site: Site) -> None:
    with receiving() as receiver:
        with signed_in(site.address, site.store, "administrator") as client:
            added = site.post(client, "/webhooks", address=receiver.address)
            number = re.search(r"/webhooks/(\d+)/essai", added.text)[1]
        with signed_in(site.address, site.store, "administrator", "ailleurs") as client:
            assert receiver.address not in client.get("/webhooks").text
            for what in ("essai", "fin"):
                assert site.post(client, f"/webhooks/{number}/{what}").status_code == 404
        assert receiver.came == []


@pytest.mark.parametrize(
    ("address", "said"),
    [("", "pas une adresse complète"), ("http://exemple.fr/", "https://"), ("https://10.0.0.1/", "réseau privé")],
)
def test_a_bad_address_is_refused_at_its_field_and_kept_there(site: Site, address: str, said: str) -> None:
    with signed_in(site.address, site.store, "administrator") as client:
        refused = site.post(client, "/webhooks", address=address)
        assert refused.status_code == 422
        assert said in refused.text and f'value="{address}"' in refused.text and 'aria-invalid="true"' in refused.text


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_page_has_no_obstacle_and_fits_a_phone(site: Site, look: str) -> None:
    with sync_playwright() as playwright, receiving(200, 500) as receiver:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGS)
        context = chromium.new_context(bypass_csp=True, color_scheme=look, viewport={"width": 360, "height": 740})
        context.add_cookies([{"name": COOKIE, "value": cookie_of(site.store, "administrator"), "url": site.address}])
        page = context.new_page()
        page.goto(f"{site.address}/webhooks")
        assert Axe().run(page).response["violations"] == []
        page.fill("#address", "http://exemple.fr")
        page.keyboard.press("Enter")
        page.wait_for_selector("#address-error")
        assert Axe().run(page).response["violations"] == []
        page.fill("#address", receiver.address)
        page.keyboard.press("Enter")
        page.wait_for_selector("code")
        for _ in range(2):
            page.get_by_role("button", name="Envoyer un essai").click()
            page.wait_for_load_state()
        for size in ({"width": 360, "height": 740}, {"width": 1280, "height": 900}):
            page.set_viewport_size(size)
            assert Axe().run(page).response["violations"] == []
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.get_by_text("Mettre fin", exact=True).click()
        page.get_by_role("button", name="Oui, mettre fin").click()
        page.wait_for_selector("text=plus rien ne part")
        chromium.close()


def test_the_commands_do_what_the_page_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"AIGUILLAGE_DATA_DIR": str(tmp_path), **in_a_territory(tmp_path), "COLUMNS": "200"}.items():
        monkeypatch.setenv(name, value)

    def run(*words: str, **options: str):
        return CliRunner().invoke(main, ["webhook", *words], **options)

    with receiving(200, 500) as receiver:
        assert "Aucun webhook" in run("list").output
        added = run("add", receiver.address, "--territory", TERRITORY)
        assert added.exit_code == 0 and "Le secret des signatures" in added.output
        assert "Rien n’a encore été envoyé" in run("list").output
        assert run("test", "1").output.strip() == "L’essai est arrivé."
        failed = run("test", "1")
        assert failed.exit_code == 1 and "Le programme a répondu 500." in failed.stderr
        assert "Abandonné" in run("list").output
        assert "Rien n’a changé" in run("end", "1", input="n\n").output
        assert run("end", "1", "--yes").exit_code == 0
        assert "Terminé" in run("list", "--all").output
    for wrong in (("add", "http://exemple.fr"), ("add", "https://a.fr", "--territory", "ailleurs"), ("test", "9")):
        refused = run(*wrong)
        assert refused.exit_code == 2 and "Traceback" not in refused.output
