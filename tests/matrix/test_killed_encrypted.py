"""The server as it is wired, killed in the middle of an encrypted conversation."""

from __future__ import annotations

import asyncio
from pathlib import Path

from api.settings import load_settings
from api.storage.store import Store
from bot.wording import wording
from tests.api.serving import ServerProcess
from tests.matrix.homeserver import Homeserver
from tests.matrix.person import Person, Said, person
from tests.matrix.phone import newcomer

STEPS = ("action.mediation_bailleur", "dst.sr_en_cours", "accompagnement_continu.sans_interruption")


async def numbered(visitor: Person, choice: str) -> tuple[Said, str]:
    """The newest message that offers the choice, once there is one, and the choice's number in it."""
    label = wording("fr")(f"choice.{choice}")

    def found() -> tuple[Said, str] | None:
        for said in reversed(visitor.messages):
            for line in said.text.replace("\u2060", "").split("\n"):
                if label in line and line.split(".")[0].isdigit():
                    return said, line.split(".")[0]
        return None

    return await visitor.until(found, 120)


async def test_a_server_killed_twice_in_an_encrypted_conversation_loses_nothing_and_says_nothing_twice(
    matrix_server: Homeserver, tmp_path: Path
) -> None:
    bot, account = newcomer(matrix_server, "aiguillage"), newcomer(matrix_server, "visiteuse")
    environ = {"HOMESERVER": matrix_server.url, "USER": bot.user_id, "TOKEN": bot.access_token}
    server = ServerProcess(tmp_path, **{f"AIGUILLAGE_MATRIX_{name}": value for name, value in environ.items()})
    async with person(matrix_server, account) as visitor:
        await asyncio.to_thread(server.start)
        try:
            await visitor.open_room(bot.user_id, encrypted=True)
            await visitor.meet(bot.user_id)
            await visitor.write("!start")
            for step in STEPS:
                _, number = await numbered(visitor, step)
                await visitor.write(number)
                if step != STEPS[-1]:
                    await asyncio.to_thread(server.kill)
                    await asyncio.to_thread(server.start)
            mission = wording("fr")("mission.soutien_renforce")
            await visitor.until(lambda: any(mission in said.text for said in visitor.messages), 120)
        finally:
            await asyncio.to_thread(server.kill)
        texts = [said.text for said in visitor.messages]
        assert len(texts) == len(set(texts)) and wording("fr")("matrix.unreadable") not in texts
        assert all(said.encrypted for said in visitor.messages) and not visitor.unreadable
    with Store.open(load_settings({"AIGUILLAGE_DATA_DIR": str(tmp_path)}).database_url) as store:
        assert len(store.enquiries()) == 1
