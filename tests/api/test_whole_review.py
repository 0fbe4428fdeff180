"""The whole way: an account is made, a visitor invited, a question asked in Telegram, corrected in a browser, told."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pyotp
from click.testing import CliRunner
from playwright.async_api import Page, async_playwright

from api.cli import main
from api.storage.store import Store
from tests.api.askers_by_telegram import CHAT, N1, Town, plain
from tests.api.coordination import TERRITORY
from tests.chromium import LAUNCH_ARGS, chromium_path
from tests.fakes.telegram import FakeTelegram

NAME, PASSWORD = "coordination@exemple.test", "une phrase assez longue"
WORDS = "Les démarches n’ont jamais cessé depuis le diagnostic."


async def test_a_question_asked_in_telegram_is_corrected_in_a_browser_and_the_correction_arrives(
    store: Store, tmp_path: Path
) -> None:
    async with FakeTelegram() as telegram:
        town = Town(store, telegram, tmp_path)
        async with town.open() as address, async_playwright() as play:
            await asyncio.to_thread(make_account, store, tmp_path)
            browser = await play.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGS)
            page = await browser.new_page(locale="fr-FR")
            start = await invited(page, address)
            refused = await town.writes("/sr_ou_n1")
            assert "coordination" in refused.text and town.logged() == []
            await town.writes(f"/start {start}")
            asked = await town.asks(N1)
            await correct(page, address, asked.token)
            told = await town.shown("La réponse est corrigée. La mission retenue : Soutien renforcé (SR).")
            await browser.close()
    assert f"Dans les mots de votre coordination : « {WORDS} »" in plain(told)
    assert f"/reponse/{asked.token}" in plain(told)
    assert len([one for one in telegram.messages(CHAT) if "corrigée" in one.text]) == 1


def make_account(store: Store, folder: Path) -> None:
    """By the command, as an operator does."""
    address = store.engine.url.render_as_string(hide_password=False)
    environ = {"AIGUILLAGE_DATA_DIR": str(folder), "AIGUILLAGE_DATABASE_URL": address}
    added = ["user", "add", NAME, "--role", "coordinator", "--territory", TERRITORY, "--password-stdin"]
    done = CliRunner().invoke(main, added, input=f"{PASSWORD}\n", env=environ)
    assert done.exit_code == 0, done.output


async def invited(page: Page, address: str) -> str:
    """Sign in, set the code of a phone up, invite visitors: what their link says to the bot."""
    await page.goto(f"{address}/equipe")
    await page.fill("#name", NAME)
    await page.fill("#password", PASSWORD)
    await page.click("button.button--first")
    await page.click("text=Sans appareil photo")
    secret = (await page.locator("p.code").inner_text()).replace(" ", "")
    await page.fill("#code", pyotp.TOTP(secret).now())
    await page.click("button.button--first")
    await page.wait_for_url("**/equipe")
    await page.fill("#most", "5")
    await page.click("form[action='/equipe/invitations'] button")
    await page.locator("input[readonly]").first.wait_for()
    shown = " ".join([await one.input_value() for one in await page.locator("input[readonly]").all()])
    found = re.search(r"start=(i_[\w-]+)", shown)
    assert found, shown
    return found[1]


async def correct(page: Page, address: str, token: str) -> None:
    """Find the question in the queue, correct it, look at what will be told, send."""
    await page.goto(f"{address}/revue")
    await page.click(f"a[href*='{token}']")
    await page.click("#avis-corrected > summary")
    form = page.locator("#formulaire-corrected")
    await form.locator("input[value='soutien_renforce']").check()
    await form.locator("textarea").fill(WORDS)
    await form.locator("input[name='enonces']").fill("21")
    await form.locator(".button--send").click()
    said = await page.locator(".preview").inner_text()
    assert WORDS in said.replace("\u00a0", " ") and "corrigée" in said
    await page.get_by_role("button", name="Envoyer").click()
    await page.wait_for_selector("text=C’est corrigé. La personne est prévenue.")
