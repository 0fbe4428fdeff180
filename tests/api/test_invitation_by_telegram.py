"""An invitation for Telegram, from the coordinator's page to the chat it opens, over a fake Telegram."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

from tests.api.sign_in_site import sign_in, sign_in_site, with_territory
from tests.fakes.telegram import FakeTelegram

CHAT = 424_242_001


async def test_an_invitation_of_a_bot_opens_its_chat(tmp_path):
    async with FakeTelegram() as telegram:
        given = {"AIGUILLAGE_TELEGRAM_TOKEN": telegram.token, "AIGUILLAGE_TELEGRAM_API": telegram.url}
        running = sign_in_site(with_territory(tmp_path), **given)
        site = await asyncio.to_thread(running.__enter__)
        try:
            link = await asyncio.to_thread(_invited, site)
            before = await telegram.write(CHAT, "/start")
            await telegram.delivered(before)
            start = link.partition("?start=")[2]
            await telegram.delivered(await telegram.write(CHAT, f"/start {start}"))
            shown = await _shown(telegram, "vous avez rejoint")
            assert any("Il faut d’abord une invitation" in one for one in shown)
            assert any("l’adresse de cette conversation est gardée scellée" in one for one in shown)
        finally:
            await asyncio.to_thread(running.__exit__, None, None, None)


def _invited(site):
    """The link for Telegram that a coordinator's page shows."""
    site.account()
    with site.browser() as client:
        sign_in(client)
        client.post("/equipe/invitations", data={"csrf": site.csrf(client), "until": _in_a_month(site)})
        return re.search(r'value="(https://t\.me/[^"]+)"', client.get("/equipe").text)[1]


def _in_a_month(site):
    return f"{site.store.accounts.clock().date() + timedelta(days=30)}"


async def _shown(telegram, words):
    """What the bot has written, once these words are among it."""
    for _ in range(600):
        shown = [one.text for one in telegram.messages(CHAT)]
        if any(words in one for one in shown):
            return shown
        await asyncio.sleep(0.02)
    raise AssertionError(shown)
