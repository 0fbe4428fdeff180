"""Sound by the Telegram channel: what is fetched and what is not, what is played and what is said where it is not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from bot.channels.telegram_updates import Arrival, VoiceNote, read
from bot.messages import Incoming, Reply
from bot.speech.limits import LARGEST, LONGEST
from bot.speech.sounded import OGG, Sounded
from bot.speech.voice import SpeechError
from tests.bot.telegram_scripted import TODAY, ScriptedExchange, button, polling, reply
from tests.fakes.telegram import FakeTelegram

CHAT = 4242
SOUND = b"OggS" + bytes(100)
LISTENING = reply("J’écoute…")


@dataclass
class GivenSound:
    """Reads every reply with the same sound; ``error`` is raised instead."""

    sound: Sounded | None = (OGG, b"OggS-read")
    error: Exception | None = None
    wait: Callable[[], Awaitable[object]] | None = None
    asked: list[Reply] = field(default_factory=list)

    async def __call__(self, said: str, language: str) -> bytes | None:
        raise AssertionError("a reply is read as a whole")

    async def read(self, wanted: Reply) -> Sounded | None:
        self.asked.append(wanted)
        if self.wait:
            await self.wait()
        if self.error:
            raise self.error
        return self.sound


def to_hear(incoming: Incoming) -> Reply:
    return Reply(reply("Une visite ?").sections, ((button("oui"),),), aloud=True, written=False)


@pytest.mark.parametrize("kind", ["voice", "audio", "video_note"])
async def test_what_is_said_is_fetched_and_taken_in_once(kind: str) -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange(lambda incoming: LISTENING)
        async with polling(telegram, exchange):
            update = await telegram.send_file(CHAT, SOUND, kind, language="en", duration=3)
            await telegram.delivered(update)
            await telegram.redeliver(update)
            await telegram.delivered(await telegram.write(CHAT + 1, "autre chose"))
        assert exchange.taken[0] == Incoming("telegram", str(update), str(CHAT), TODAY, language="en")
        assert exchange.sounds == {str(update): SOUND}
        assert [shown.text for shown in telegram.messages(CHAT)] == ["J’écoute…"]
        assert exchange.was_shown[0] == str(update)


async def test_while_it_is_fetched_the_chat_shows_that_something_is_under_way() -> None:
    async with FakeTelegram() as telegram:
        telegram.hang("getFile")
        async with polling(telegram, ScriptedExchange(lambda incoming: LISTENING)):
            await telegram.send_file(CHAT, SOUND)
            await telegram.until(lambda: telegram.actions(CHAT))
            assert telegram.actions(CHAT) == ["typing"]
            telegram.mend()
            await telegram.until(lambda: telegram.last(CHAT))
        assert telegram.last(CHAT).text == "J’écoute…"


@pytest.mark.parametrize(
    ("sound", "details", "code", "calls"),
    [
        (SOUND, {"duration": int(LONGEST) + 1}, "too_long", []),
        (b"x" * (LARGEST + 1), {"duration": 5}, "too_large", []),
        (b"x" * (LARGEST + 1), {"duration": 5, "unsized": True}, "too_large", ["getFile"]),
        (SOUND, {"duration": int(LONGEST)}, None, ["getFile"]),
    ],
)
async def test_what_is_too_long_or_too_large_is_not_fetched(
    sound: bytes, details: dict[str, object], code: str | None, calls: list[str]
) -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange()
        async with polling(telegram, exchange):
            update = await telegram.send_file(CHAT, sound, **details)
            await telegram.delivered(update)
        assert exchange.sounds == {str(update): code or sound}
        assert [method for method, _ in telegram.calls if method == "getFile"] == calls


async def test_a_file_that_is_gone_or_does_not_come_is_told_not_kept_waiting_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange()
        gone = await telegram.send_file(CHAT, SOUND)
        telegram.lose(gone)
        telegram.fail("download", status=404)
        missing = await telegram.send_file(CHAT + 1, SOUND)
        async with polling(telegram, exchange):
            await telegram.delivered(gone)
            await telegram.delivered(missing)
            telegram.fail("getFile", status=500, times=5)
            failing = await telegram.send_file(CHAT, SOUND)
            await telegram.delivered(failing)
            telegram.fail("download", status=500, times=2)
            late = await telegram.send_file(CHAT, SOUND)
            await telegram.delivered(late)
        refused = dict.fromkeys((str(gone), str(missing), str(failing)), "not_fetched")
        assert exchange.sounds == refused | {str(late): SOUND}
        assert str(CHAT) not in caplog.text and "voice-" not in caplog.text


async def test_a_voice_note_in_a_group_is_answered_like_any_message_there() -> None:
    group = {"message_id": 1, "date": 0, "chat": {"id": -100, "type": "group", "title": "Équipe"}}
    voice = {"file_id": "f", "file_unique_id": "u", "duration": 3}
    found = read({"update_id": 7, "message": group | {"voice": voice}}, lambda: TODAY)
    assert (found.notice, found.voice, found.incoming) == ("telegram.private_only", None, None)


def test_a_voice_note_whose_size_is_not_told_is_read_as_one() -> None:
    chat = {"message_id": 1, "date": 0, "chat": {"id": 5, "type": "private"}}
    voice = {"file_id": "f", "file_unique_id": "u", "duration": 3}
    incoming = Incoming("telegram", "7", "5", TODAY)
    assert read({"update_id": 7, "message": chat | {"voice": voice}}, lambda: TODAY) == Arrival(
        7, 5, incoming=incoming, voice=VoiceNote("f", 3, 0)
    )


async def test_a_reply_to_be_heard_only_is_played_and_nothing_is_written_or_changed() -> None:
    async with FakeTelegram() as telegram:
        aloud, exchange = GivenSound(), ScriptedExchange(to_hear)
        async with polling(telegram, exchange, aloud=aloud):
            update = await telegram.press(CHAT, "s:1:", message_id=1)
            await telegram.delivered(update)
        [played] = telegram.messages(CHAT)
        assert (played.kind, telegram.file(played.file_id)) == ("voice", b"OggS-read")
        assert not any(method.startswith(("edit", "sendMessage")) for method, _ in telegram.calls)
        assert exchange.was_shown == [str(update)] and aloud.asked == [to_hear(exchange.taken[0])]
        assert telegram.answered(update)


async def test_a_reply_to_be_heard_too_is_written_first() -> None:
    async with FakeTelegram() as telegram:
        both = Reply(reply("Une visite ?").sections, aloud=True)
        async with polling(telegram, ScriptedExchange(lambda incoming: both), aloud=GivenSound()):
            await telegram.delivered(await telegram.write(CHAT, "bonjour"))
        assert [shown.kind for shown in telegram.messages(CHAT)] == ["text", "voice"]


async def test_a_recording_that_is_no_ogg_is_played_as_music_is() -> None:
    async with FakeTelegram() as telegram:
        async with polling(telegram, ScriptedExchange(to_hear), aloud=GivenSound(("audio/mpeg", b"ID3-read"))):
            await telegram.delivered(await telegram.write(CHAT, "/ecouter"))
        assert telegram.last(CHAT).kind == "audio"


async def test_while_a_voice_is_made_the_chat_shows_it() -> None:
    async with FakeTelegram() as telegram:
        gate = asyncio.Event()
        async with polling(telegram, ScriptedExchange(to_hear), aloud=GivenSound(wait=gate.wait)):
            await telegram.write(CHAT, "/ecouter")
            await telegram.until(lambda: telegram.actions(CHAT))
            gate.set()
            await telegram.until(lambda: telegram.last(CHAT))
        assert set(telegram.actions(CHAT)) == {"record_voice"}


@pytest.mark.parametrize(
    ("aloud", "said"),
    [
        (None, "Aucune voix ne parle cette langue ici"),
        (GivenSound(sound=None), "Aucune voix ne parle cette langue ici"),
        (
            GivenSound(error=SpeechError("the speech process ended: status -9")),
            "La lecture à voix haute n’a pas marché",
        ),
    ],
)
async def test_where_no_voice_is_there_words_say_so(aloud: GivenSound | None, said: str) -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange(to_hear)
        async with polling(telegram, exchange, aloud=aloud):
            update = await telegram.write(CHAT, "/ecouter")
            await telegram.delivered(update)
        assert [shown.text.startswith(said) for shown in telegram.messages(CHAT)] == [True]
        assert exchange.was_shown == [str(update)]


@pytest.mark.parametrize("words", [None, "Bad Request: VOICE_MESSAGES_FORBIDDEN"])
async def test_whoever_takes_no_voice_messages_is_told_where_to_allow_them(words: str | None) -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange(to_hear)
        if words is None:
            telegram.forbid_voices(CHAT)
        else:
            telegram.fail("sendVoice", status=400, words=words)
        async with polling(telegram, exchange, aloud=GivenSound()):
            update = await telegram.write(CHAT, "/ecouter")
            await telegram.delivered(update)
        assert "Confidentialité" in telegram.last(CHAT).text
        assert exchange.was_shown == [str(update)]


async def test_a_sound_that_telegram_does_not_take_is_told_in_words() -> None:
    async with FakeTelegram() as telegram:
        telegram.fail("sendVoice", status=413, times=None, words="Request Entity Too Large")
        async with polling(telegram, ScriptedExchange(to_hear), aloud=GivenSound()):
            await telegram.delivered(await telegram.write(CHAT, "/ecouter"))
        assert telegram.last(CHAT).text.startswith("La lecture à voix haute n’a pas marché")


async def test_a_chat_that_blocked_the_bot_is_left_alone() -> None:
    async with FakeTelegram() as telegram:
        exchange, gate = ScriptedExchange(to_hear), asyncio.Event()
        async with polling(telegram, exchange, aloud=GivenSound(wait=gate.wait)):
            update = await telegram.write(CHAT, "/ecouter")
            await telegram.until(lambda: exchange.taken)
            telegram.block(CHAT)
            gate.set()
            await telegram.delivered(update)
        assert exchange.was_shown == []
