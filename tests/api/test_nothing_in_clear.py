"""After golden conversations and a household's, with everything logged: nothing that tells who they are in clear."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from api.backup.tables import tables
from api.settings import load_settings
from api.storage.store import Store
from tests.api.households_by_telegram import HOUSEHOLD, SENDER, Town, template
from tests.bot.conversation_channels import CHAT, Phone
from tests.bot.test_conversations import CONVERSATIONS, _take
from tests.fakes.account import NAME
from tests.fakes.telegram import FakeTelegram

WROTE = "شكرا لكم"
PRIVATE = (SENDER.prenom, SENDER.telephone, "01 23 45", SENDER.contact, str(HOUSEHOLD), WROTE, NAME)


def every_cell(store: Store) -> dict[str, str]:
    """table.column -> all that stands in it, the jobs' tables too; bytes decoded."""
    found: dict[str, str] = {}
    with store.reading() as connection:
        for table in tables(connection):
            for row in connection.execute(select(table)).mappings():
                for column, value in row.items():
                    said = (
                        bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
                    )
                    name = f"{table.name}.{column}"
                    found[name] = f"{found.get(name, '')}\n{said}"
    return found


async def test_a_household_leaves_nothing_in_clear(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with FakeTelegram() as telegram:
        town = Town(store, telegram, tmp_path)
        reference = town.paired("ar")
        async with town.open():
            town.desk.send(reference, template("materiel_pose"))
            await town.shown(1)
            await town.writes(WROTE)
            await telegram.until(lambda: len(town.thread(reference)) >= 2, 15)
    cells = every_cell(store)
    assert {name for name, said in cells.items() for word in PRIVATE if word in said} == set()
    assert [word for word in PRIVATE if word in caplog.text] == []
    assert any(name.startswith("workflow_status.") for name in cells)


@pytest.mark.parametrize("file", CONVERSATIONS, ids=lambda file: file.stem)
async def test_a_visitor_leaves_nothing_in_clear(file: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said = yaml.safe_load(file.read_text("utf-8"))
    typed = [step["type"] for step in said["steps"] if isinstance(step, dict) and "type" in step]
    async with Phone(tmp_path).open() as phone:
        await phone.show()
        for step in said["steps"]:
            await _take(phone, step)
    private = [NAME, *(words for words in typed if len(words) > 12)]
    with Store.open(load_settings({"AIGUILLAGE_DATA_DIR": str(tmp_path)}).database_url) as store:
        cells = every_cell(store)
    assert {name for name, inside in cells.items() for word in private if word in inside} == set()
    identified = {name for name, inside in cells.items() if str(CHAT) in inside.split()}
    assert identified == set()
    ours = "\n".join(record.getMessage() for record in caplog.records)
    assert [word for word in private if word in ours] == []
