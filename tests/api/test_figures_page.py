"""The page of the figures in a real Chromium, on a phone: nothing overflows, nothing is blocked by its policy."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect, sync_playwright

from api.app import create_app
from api.deciding import open_decider
from api.pages.figures import figures_page
from api.settings import load_settings
from tests.api.serving import free_port, running
from tests.chromium import LAUNCH_ARGS, chromium_path


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    port, folder = free_port(), tmp_path_factory.mktemp("data")
    settings = load_settings({"AIGUILLAGE_DATA_DIR": str(folder)})
    app = create_app(settings)
    app.router.routes.extend(figures_page(open_decider(settings)))
    with running(app, port):
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_counts_typed_on_a_phone_give_the_readings_below(address, scheme):
    told = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGS)
        context = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme, locale="fr-FR")
        page = context.new_page()
        page.on("console", lambda message: told.append(message.text))
        page.goto(f"{address}/chiffres-convention")
        page.get_by_label("Ménages suivis").fill("110")
        page.get_by_label("Ménages avec au moins un SR").fill("25")
        page.get_by_role("button", name="Montrer les lectures").click()
        expect(page.locator("#now")).to_contain_text("Seuil atteint (il en faut 22).")
        page.get_by_text("4 montants possibles").click()
        expect(page.get_by_text("38 500 €", exact=True)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        browser.close()
    assert told == []
