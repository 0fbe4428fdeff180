"""The whole server beside a real homeserver: killed in the middle, its verdicts, its invitations, what /readyz says."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from sqlalchemy import select

from api.households.deep_links import household_start
from api.jobs.adding import DurableJobs
from api.settings import contact_keys, load_settings
from api.storage.households import Stored
from api.storage.review_schema import tidings
from api.storage.schema import events
from api.storage.store import Store
from api.storage.vault import Vault
from bot.channels.matrix_sending import named
from bot.wording import wording
from tests.api.askers_by_telegram import in_a_territory
from tests.api.reviewing import rule
from tests.api.serving import ServerProcess, serving
from tests.api.sign_in_site import sign_in, sign_in_site, with_territory
from tests.matrix.home import SENDER
from tests.matrix.homeserver import Account, Homeserver
from tests.matrix.person import Person, person
from tests.matrix.phone import newcomer

WITHIN = 60.0


def bot_of(server: Homeserver, bot: Account) -> dict[str, str]:
    """The settings of a bot."""
    return {
        "AIGUILLAGE_MATRIX_HOMESERVER": server.url,
        "AIGUILLAGE_MATRIX_USER": bot.user_id,
        "AIGUILLAGE_MATRIX_TOKEN": bot.access_token,
    }


def words(message: str, **params: object) -> str:
    return wording("fr")(message, **params).replace("\u00a0", " ")


async def hears(visitor: Person, said: str) -> str:
    """What the bot says with these words, once it does."""

    def found() -> str | None:
        texts = (one.text.replace("\u00a0", " ") for one in visitor.messages)
        return next((text for text in texts if said in text), None)

    try:
        return await visitor.until(found)
    except TimeoutError:
        raise AssertionError(f"no « {said} » in {[one.text for one in visitor.messages]}") from None


def choice(visitor: Person, label: str) -> str:
    """The number that the newest message gives a choice."""
    shown = visitor.messages[-1].text.replace("\u00a0", " ")
    found = re.search(rf"^(\d+)\. {re.escape(label)}$", shown, re.MULTILINE)
    assert found, shown
    return found[1]


@asynccontextmanager
async def in_a_room_with(server: Homeserver, bot: Account) -> AsyncIterator[Person]:
    async with person(server, newcomer(server, "visiteuse")) as visitor:
        await visitor.open_room(bot.user_id)
        await visitor.meet(bot.user_id)
        await hears(visitor, "!sr_ou_n1")
        yield visitor


async def until(seen, what: str):
    for _ in range(int(WITHIN / 0.01)):
        if (found := await asyncio.to_thread(seen)) is not None:
            return found
        await asyncio.sleep(0.01)
    raise TimeoutError(what)


def taken(store: Store, event: str):
    with store.reading() as connection:
        return connection.scalar(select(events.c.event).where(events.c.event == named(event)))


async def test_killed_in_the_middle_again_and_again_nothing_is_lost_and_nothing_doubled(
    matrix_server: Homeserver, tmp_path: Path
) -> None:
    bot = newcomer(matrix_server, "aiguillage")
    settings = {**bot_of(matrix_server, bot), **in_a_territory(tmp_path)}
    server = ServerProcess(tmp_path, **settings)
    await asyncio.to_thread(server.start)
    try:
        with Store.open(load_settings({"AIGUILLAGE_DATA_DIR": str(tmp_path)}).database_url) as store:
            async with in_a_room_with(matrix_server, bot) as visitor:
                await visitor.write("!sr_ou_n1")
                await hears(visitor, words("question.action"))
                step = await visitor.write(choice(visitor, words("choice.action.bilan")))
                await until(lambda: taken(store, step), "taken")
                await again(server)  # it was taken in, perhaps not shown
                await hears(visitor, words("question.but"))
                await asyncio.to_thread(server.kill)  # it was shown, perhaps not noted
                await visitor.write("1")  # nothing listens
                await asyncio.to_thread(server.start)
                await hears(visitor, words("question.dst"))
                await visitor.write(choice(visitor, words("choice.dst.sans_sr")))
                await hears(visitor, words("question.accompagnement_continu"))
                last = await visitor.write("!aide")
                await until(lambda: store.was_shown("matrix", named(last)) or None, "shown")
                await hears(visitor, words("chat.help.what"))
                texts = [said.text for said in visitor.messages]
                assert len(texts) == len(set(texts)) == 6  # a welcome, four questions, the help
                private = (bot.user_id, visitor.user_id, visitor.room, bot.access_token)
    finally:
        os.set_blocking(server.process.stderr.fileno(), False)  # what it started may still hold the other end
        logged = (server.process.stderr.read() or b"").decode()
        await asyncio.to_thread(server.kill)
    assert [one for one in private if one in logged] == []


async def test_a_household_that_answers_while_the_server_is_killed_is_asked_and_answered_once(
    matrix_server: Homeserver, tmp_path: Path
) -> None:
    bot = newcomer(matrix_server, "aiguillage")
    server = ServerProcess(tmp_path, **bot_of(matrix_server, bot))
    await asyncio.to_thread(server.start)
    settings = load_settings({"AIGUILLAGE_DATA_DIR": str(tmp_path)})
    vault = Vault(contact_keys(settings))
    try:
        with Store.open(settings.database_url) as store:
            with store.households(vault) as households:
                reference = households.open_case("fr", SENDER).reference
                token = households.new_link(reference, datetime.now(UTC) + timedelta(days=1)).token
            thread = lambda: _thread(store, vault, reference)  # noqa: E731
            async with in_a_room_with(matrix_server, bot) as household:
                await household.write(f"!start {household_start(token)}")
                await until(lambda: thread() or None, "paired")
                await again(server)  # it was taken in, perhaps not sent
                await hears(household, "français")
                await asyncio.to_thread(server.kill)  # it was sent, perhaps not noted
                await household.write(choice(household, "français"))  # nothing listens
                await asyncio.to_thread(server.start)
                await until(lambda: [one for one in thread() if one.direction == "in"] or None, "answered")
                await until(lambda: (len(thread()) == 3 and thread()[-1].state == "sent") or None, "asked for consent")
                consent = words("household.accord_messages.button.oui")
                assert consent in (await hears(household, consent))
                texts = [said.text for said in household.messages]
                assert len(texts) == len(set(texts)) == 3  # a welcome, the language, the consent
    finally:
        await asyncio.to_thread(server.kill)


def _thread(store: Store, vault: Vault, reference: str) -> list[Stored]:
    with store.households(vault) as households:
        return households.thread(reference)


async def again(server: ServerProcess) -> None:
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)


async def test_a_verdict_reaches_the_room_of_whoever_asked(matrix_server: Homeserver, tmp_path: Path) -> None:
    bot = newcomer(matrix_server, "aiguillage")
    settings = {**bot_of(matrix_server, bot), **in_a_territory(tmp_path)}
    running = serving(tmp_path, **settings)
    _, read = await asyncio.to_thread(running.__enter__)
    try:
        with Store.open(read.database_url) as store:
            async with in_a_room_with(matrix_server, bot) as visitor:
                await visitor.write("!start")
                await hears(visitor, words("question.action"))
                for label in (
                    words("choice.action.bilan"),
                    words("choice.but.accompagner"),
                    words("choice.dst.sans_sr"),
                ):
                    before = len(visitor.messages)
                    await visitor.write(label)
                    await visitor.until(lambda before=before: len(visitor.messages) > before)
                await visitor.write(choice(visitor, words("choice.delay.over_one", b=4)))
                await hears(visitor, words("chat.referred"))
                [enquiry] = store.enquiries()
                rule(store, enquiry.token, "corrected", DurableJobs(store.engine), missions=("soutien_renforce",))
                told = await hears(visitor, words("ruling.corrected", missions=words("mission.soutien_renforce"))[:20])
                assert enquiry.token in told
                await until(lambda: _told(store), "told")
    finally:
        await asyncio.to_thread(running.__exit__, None, None, None)


def _told(store: Store):
    with store.reading() as connection:
        return connection.scalar(select(tidings.c.shown_at))


async def test_an_invitation_is_a_line_to_write_and_a_token_taken_back_is_told_by_readyz(
    matrix_server: Homeserver, tmp_path: Path
) -> None:
    bot = newcomer(matrix_server, "aiguillage")
    running = sign_in_site(with_territory(tmp_path), **bot_of(matrix_server, bot))
    site = await asyncio.to_thread(running.__enter__)
    try:
        link, line = await asyncio.to_thread(_invited, site)
        assert link == f"https://matrix.to/#/{bot.user_id}"
        async with in_a_room_with(matrix_server, bot) as visitor:
            await visitor.write("!sr_ou_n1")
            await hears(visitor, "Il faut d’abord une invitation")
            await visitor.write(line)
            assert "scellée" in await hears(visitor, "vous avez rejoint")
        with httpx.Client(trust_env=False, headers={"Authorization": f"Bearer {bot.access_token}"}) as client:
            client.post(f"{matrix_server.url}/_matrix/client/v3/logout").raise_for_status()
        answer = await until(lambda: _not_ready(site.address), "not ready")
        assert "AIGUILLAGE_MATRIX_TOKEN" in answer["matrix"]
    finally:
        await asyncio.to_thread(running.__exit__, None, None, None)


def _invited(site) -> tuple[str, str]:
    """The link for Matrix and the line to write there, as a coordinator's page shows them."""
    site.account()
    with site.browser() as client:
        sign_in(client)
        until = site.store.accounts.clock().date() + timedelta(days=30)
        client.post("/equipe/invitations", data={"csrf": site.csrf(client), "until": f"{until}"})
        page = client.get("/equipe").text
    return re.search(r'value="(https://matrix.to/[^"]+)"', page)[1], re.search(r'value="(!start [^"]+)"', page)[1]


def _not_ready(address: str):
    answer = httpx.get(f"{address}/readyz", timeout=20)
    return answer.json() if answer.status_code == 503 and "matrix" in answer.json() else None
