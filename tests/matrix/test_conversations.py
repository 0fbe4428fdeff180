"""The golden conversations of tests/conversations, on a real homeserver."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.conversation_channels import CHANNELS
from tests.bot.test_conversations import CONVERSATIONS, _check, _read, _take
from tests.matrix.homeserver import Homeserver
from tests.matrix.phone import Phone

EVERYWHERE = [file for file in CONVERSATIONS if set(CHANNELS) <= set(_read(file).get("channels", CHANNELS))]


@pytest.mark.parametrize("file", EVERYWHERE, ids=lambda file: file.stem)
async def test_a_conversation_ends_as_written_on_matrix(file: Path, matrix_server: Homeserver, tmp_path: Path) -> None:
    said = _read(file)
    async with Phone(matrix_server, tmp_path).open() as phone:
        await phone.show()
        for step in said["steps"]:
            await _take(phone, step)
        screen = phone.screen.replace("\u2060", "").replace("\u202f", "\u00a0")
    _check(said, screen, tmp_path, "matrix")
