"""Voice notes that are not heard, on a real homeserver: what is said instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.speech.limits import LARGEST, LONGEST
from bot.speech.sounds import read
from bot.wording import wording
from tests.matrix.homeserver import Homeserver
from tests.matrix.phone import Phone

NOTE = b"OggS" + bytes(100)
ROOMS = pytest.mark.parametrize("encrypted", [False, True], ids=["in clear", "encrypted"])


async def answered(phone: Phone, event: str) -> str:
    await phone._done(event)
    return phone.visitor.messages[-1].text.replace("\u2060", "")


@ROOMS
async def test_what_is_too_long_or_too_large_is_refused_in_words_also_where_its_size_is_announced_wrong(
    encrypted: bool, matrix_server: Homeserver, tmp_path: Path
) -> None:
    words = wording("fr")
    async with Phone(matrix_server, tmp_path, encrypted=encrypted).open() as phone:
        await phone.show()
        said = await answered(phone, await phone.visitor.speak(NOTE, LONGEST + 1))
        assert words("speech.refused.too_long") in said
        said = await answered(phone, await phone.visitor.speak(bytes(LARGEST + 1), 3, size=100))
        assert words("speech.refused.too_large") in said


async def test_a_voice_note_whose_file_is_another_one_is_not_heard(matrix_server: Homeserver, tmp_path: Path) -> None:
    async with Phone(matrix_server, tmp_path, encrypted=True).open() as phone:
        await phone.show()
        event = await phone.visitor.speak(NOTE, 3, hashes={"sha256": "A" * 43})
        assert wording("fr")("speech.refused.not_fetched") in await answered(phone, event)


async def test_a_reply_read_aloud_has_its_length_and_a_picture_of_itself(
    matrix_server: Homeserver, tmp_path: Path
) -> None:
    async with Phone(matrix_server, tmp_path).open() as phone:
        await phone.show()
        await phone.visitor.write("!ecouter")
        note = await phone.visitor.until(lambda: next((one for one in phone.visitor.messages if one.is_voice), None))
        sound, told = read(await phone.visitor.hear(note)), note.content["org.matrix.msc1767.audio"]
        assert told["duration"] == pytest.approx(sound.seconds * 1000, abs=50)
        assert max(told["waveform"]) == 1024 and min(told["waveform"]) >= 0 and len(told["waveform"]) == 60
