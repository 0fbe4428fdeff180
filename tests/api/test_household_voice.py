"""What a household says aloud: written down by real weights and its sound gone, or brought on with the reason."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
from sqlalchemy import func, select

from api.households.desk import LINK, Event, Voice
from api.storage.household_schema import household_audio
from api.storage.households import Stored
from api.storage.store import Store
from bot.speech.sounds import RATE, Sound, opus, read
from tests.api.households_by_telegram import HOUSEHOLD, VISITOR, Town, in_job_tables, template
from tests.api.speakers_by_telegram import noise, spoken
from tests.fakes.telegram import FakeTelegram
from tests.speech.prompts import prompt
from tests.speech.test_whisper import WEIGHTS

WAIT = 400  # seconds at most: the engines are polite, and the machine may be busy
SILENCE = opus(Sound(np.zeros(2 * RATE, np.int16)))


@pytest.fixture
async def town(store: Store, tmp_path: Path) -> AsyncIterator[Town]:
    async with FakeTelegram() as telegram:
        yield Town(store, telegram, tmp_path, whisper=WEIGHTS)


def followed(town: Town, language: str) -> str:
    reference = town.paired(language)
    town.followed(reference)
    return reference


def answers(town: Town, reference: str) -> list[Stored]:
    return [one for one in town.thread(reference) if one.direction == "in"]


def consent(town: Town, reference: str) -> str:
    with town.store.households(town.vault) as households:
        return households.case(reference).consent


def sounds(town: Town) -> int:
    with town.store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(household_audio))


async def speaks(town: Town, sound: bytes) -> None:
    await town.telegram.delivered(await town.telegram.send_file(HOUSEHOLD, sound, "voice", duration=4), WAIT)


async def said_to(town: Town, chat: int, words: str) -> str:
    """The message with these words, once the chat has it."""

    def found() -> str | None:
        return next((one.text for one in town.telegram.messages(chat) if words in one.text), None)

    await town.telegram.until(found, WAIT, words)
    return found()


async def voices(town: Town, count: int) -> list[bytes]:
    """What was brought on to the visitor as sound, once there is so much."""

    def there() -> list[str]:
        return [one.file_id for one in town.telegram.messages(VISITOR) if one.kind == "voice"]

    await town.telegram.until(lambda: len(there()) >= count, WAIT, "no voice")
    return [town.telegram.file(one) for one in there()]


async def test_what_is_said_is_written_down_and_its_sound_is_gone(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    reference = followed(town, "en")
    async with town.open():
        await speaks(town, opus(prompt("en", "agent-loginok")))
        message = await said_to(town, VISITOR, "transcrit par une machine")
        assert "Agent logged in" in message
        assert "Pas de traduction sûre de ces mots. Interprète conseillé." in message
        assert "A person will read your message." in await said_to(town, HOUSEHOLD, "We have received it.")
    [said] = answers(town, reference)
    assert (said.kind, said.content["original"]) == ("voice", "Agent logged in.")
    assert said.urgent and sounds(town) == 0
    assert [one.kind for one in town.telegram.messages(VISITOR)] == ["text"]
    for kept in (caplog.text, in_job_tables(town.store)):
        assert "logged in" not in kept and "OggS" not in kept and str(HOUSEHOLD) not in kept


async def test_a_spoken_stop_ends_the_messages_and_the_word_in_a_sentence_does_not(town: Town) -> None:
    reference = followed(town, "en")
    async with town.open():
        await speaks(town, spoken("please do not stop the heating", "en"))
        assert "not stop" in await said_to(town, VISITOR, "transcrit par une machine")
        assert consent(town, reference) == "given"
        await speaks(town, spoken("stop please", "en"))
        await said_to(town, HOUSEHOLD, "You will receive no more messages.")
        assert consent(town, reference) == "stopped"
        before = len(town.telegram.messages(HOUSEHOLD))
        await speaks(town, opus(prompt("en", "agent-loginok")))
        await said_to(town, VISITOR, "Agent logged in")
    assert len(town.telegram.messages(HOUSEHOLD)) == before
    with town.store.households(town.vault) as households:
        assert [one.decision for one in households.consents(reference)] == ["stopped"]


async def test_a_language_that_no_engine_knows_is_brought_on_as_sound_with_the_reason(town: Town) -> None:
    reference, sound = followed(town, "ar"), spoken("شكرا لكم", "ar")
    async with town.open():
        await speaks(town, sound)
        assert "un message vocal" in await said_to(town, VISITOR, "aucune machine d’ici ne sait écrire cette langue")
        assert await voices(town, 1) == [sound]
    [said] = answers(town, reference)
    assert said.content["unheard"] == "no_engine" and sounds(town) == 1


async def test_what_cannot_be_written_down_is_said_and_kept(town: Town) -> None:
    """Only where a person would hear nothing either is the household asked to say it again."""
    reference = followed(town, "en")
    async with town.open():
        for sound, why in (
            (noise(62, 0.05), "plus d’une minute"),
            (noise(2, 0.05), "trop de bruit"),
            (SILENCE, "entend rien"),
        ):
            await speaks(town, sound)
            await said_to(town, VISITOR, why)
        await said_to(town, HOUSEHOLD, "Speak closer to the phone.")
        await speaks(town, b"OggS-broken")
        await said_to(town, VISITOR, "abîmé")
        assert len(await voices(town, 4)) == 4
    assert sounds(town) == 4
    words = [one.subject for one in town.thread(reference) if one.direction == "out"]
    assert [words.count(one) for one in ("received", "not_heard")] == [4, 2]


BROWSERS = pytest.mark.parametrize(
    ("media", "container", "codec"), [("audio/webm", "webm", "libopus"), ("audio/mp4", "mp4", "aac")]
)


def recorded(folder: Path, container: str, codec: str, said: Sound) -> bytes:
    """What is said, as a browser records it."""
    with av.open(str(folder / f"note.{container}"), "w") as made:
        stream = made.add_stream(codec, rate=16_000 if codec == "aac" else 48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(said.samples.reshape(1, -1), "s16", "mono")
        frame.sample_rate = said.rate
        resampler = av.AudioResampler(stream.format, "mono", stream.rate, frame_size=stream.frame_size or 960)
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            made.mux(stream.encode(part))
        made.mux(stream.encode(None))
    return (folder / f"note.{container}").read_bytes()


@BROWSERS
async def test_what_a_browser_recorded_on_the_page_is_written_down(
    town: Town, media: str, container: str, codec: str, tmp_path: Path
) -> None:
    reference = followed(town, "en")
    sent = town.desk.send(reference, template("materiel_pose"), channel=LINK)
    sound = recorded(tmp_path, container, codec, prompt("en", "vm-tomakecall"))
    async with town.open():
        town.desk.take(Event(LINK, "1", reference, sent.link, voice=Voice(media, sound)))
        assert "to place an outgoing call" in await said_to(town, VISITOR, "transcrit par une machine")
    assert sounds(town) == 0


@BROWSERS
async def test_what_a_browser_recorded_and_no_engine_knows_is_brought_on_as_a_voice_note(
    town: Town, media: str, container: str, codec: str, tmp_path: Path
) -> None:
    reference = followed(town, "ar")
    sent = town.desk.send(reference, template("materiel_pose"), channel=LINK)
    said = read(spoken("شكرا لكم", "ar"))
    sound = recorded(tmp_path, container, codec, said)
    async with town.open():
        town.desk.take(Event(LINK, "1", reference, sent.link, voice=Voice(media, sound)))
        [brought] = await voices(town, 1)
    with av.open(BytesIO(brought)) as opened:
        assert (opened.format.name, opened.streams.audio[0].codec_context.name) == ("ogg", "opus")
    again = read(brought)
    assert abs(again.seconds - said.seconds) < 0.2 and not again.silent
    [kept] = answers(town, reference)
    with town.store.households(town.vault) as households:
        assert households.sound(kept.id) == (media, sound)


async def test_what_cannot_be_made_a_voice_note_is_told_without_its_sound(town: Town) -> None:
    reference = followed(town, "ar")
    sent = town.desk.send(reference, template("materiel_pose"), channel=LINK)
    async with town.open():
        broken = Voice("audio/webm", b"\x1a\x45\xdf\xa3webm-broken")
        town.desk.take(Event(LINK, "1", reference, sent.link, voice=broken))
        told = await said_to(town, VISITOR, "Le son n’a pas pu être joint ici.")
    assert "abîmé" in told and sounds(town) == 1
    assert [one.kind for one in town.telegram.messages(VISITOR)] == ["text"]
