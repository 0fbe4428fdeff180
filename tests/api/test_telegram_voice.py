"""A visitor answers by voice on Telegram and listens to it: the whole server, the real engines, both databases."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.storage.store import Store
from bot.speech.closed_choice import ClosedChoice
from bot.speech.sounds import opus, read
from tests.api.askers_by_telegram import CHAT, plain
from tests.api.coordination import TERRITORY
from tests.api.households_by_telegram import in_job_tables
from tests.api.speakers_by_telegram import LISTENING, WAIT, Speakers, engines, noise, send, spoken, words
from tests.fakes.telegram import FakeTelegram
from tests.speech.test_sounds import tone

SECRET = "w" * 20
FIRST = "question.action"
ACTIONS = ("bilan", "conseil", "mediation_bailleur", "maintien_contact")


@pytest.fixture
async def town(store: Store, tmp_path: Path) -> AsyncIterator[Speakers]:
    async with FakeTelegram() as telegram:
        yield Speakers(store, telegram, tmp_path)


async def test_a_spoken_choice_is_said_back_confirmed_and_leads_on(
    town: Speakers, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with town.open():
        await town.writes("/start")
        await town.says(spoken("un bilan"))
        assert LISTENING in town.texts()
        await town.is_told(words("choice.action.bilan"))
        sound = await town.played()
        await town.presses("bilan")
    assert words("question.but") in town.asked()
    assert "C’est bien ça ?" not in town.asked()
    said = {action: f"j'ai compris {words(f'choice.action.{action}').lower()} c'est bien ça" for action in ACTIONS}
    assert ClosedChoice().hear(read(sound, longest=60), "fr", list(said.values())) == said["bilan"]
    assert town.notes() == 0
    jobs = in_job_tables(town.store)
    for kept in (caplog.text, jobs):
        assert str(CHAT) not in kept and "un bilan" not in kept and "OggS" not in kept
    assert "hear_note" in jobs


async def test_by_webhook_a_note_that_is_brought_twice_is_heard_once(store: Store, tmp_path: Path) -> None:
    async with FakeTelegram(secret=SECRET) as telegram:
        town = Speakers(store, telegram, tmp_path)
        async with town.open(AIGUILLAGE_TELEGRAM_WEBHOOK_SECRET=SECRET):
            await town.writes("/start")
            update = await town.says(spoken("un bilan"))
            await telegram.redeliver(update)
            await town.is_told(words("choice.action.bilan"))
            await town.played()
            await telegram.redeliver(update)
            await town.presses("bilan")
        assert sum(LISTENING in text for text in town.texts()) == 1
        assert sum(m.kind == "voice" for m in telegram.messages(CHAT)) == 1


async def test_no_gives_the_buttons_again_and_takes_nothing(town: Speakers) -> None:
    async with town.open():
        await town.writes("/start")
        await town.says(spoken("un bilan"))
        await town.is_told("C’est bien ça ?")
        await town.presses("n:")
        assert words("speech.again") in town.asked() and words(FIRST) in town.asked()
        assert any(data.endswith(":bilan") for data in town.offered())
        await town.writes("/retour")
        assert words("chat.nothing_before") in town.texts()[-1]


@pytest.mark.parametrize(
    ("sound", "code"),
    [
        (opus(tone(3, loud=0.0005)), "silent"),
        (b"OggS and nothing more", "unreadable"),
        (b"%PDF-1.7 not a sound at all", "unreadable"),
        (noise(62), "too_long"),  # Telegram was told three seconds
    ],
)
async def test_what_cannot_be_heard_is_told_with_the_buttons(town: Speakers, sound: bytes, code: str) -> None:
    async with town.open():
        await town.writes("/start")
        await town.says(sound)
        told = await town.is_told(words(f"speech.refused.{code}"))
    assert words(FIRST) in plain(told)
    assert any(data.endswith(":bilan") for row in told.buttons for _, data in row)


async def test_what_telegram_announces_as_too_long_is_told_with_the_buttons_unheard(town: Speakers) -> None:
    async with town.open():
        await town.writes("/start")
        await town.says(spoken("un bilan"), duration=61)
        [_, told] = town.telegram.messages(CHAT)
        lost = await town.telegram.send_file(CHAT, spoken("un bilan"))
        town.telegram.lose(lost)
        await town.is_told(words("speech.refused.not_fetched")[:30])
    assert words("speech.refused.too_long") in told.text
    assert any(data.endswith(":bilan") for row in told.buttons for _, data in row)
    assert "getFile" not in [method for method, _ in town.telegram.calls[:-1]][:4]


async def test_a_note_for_a_question_that_is_gone_meanwhile_is_not_taken(town: Speakers) -> None:
    async with town.open():
        await town.writes("/start")
        await town.presses("s:")
        await town.played()
        assert send(signal.SIGSTOP) == 1
        await town.says(spoken("un bilan"))
        await town.presses("premiere_visite")
        send(signal.SIGCONT)
        told = await town.is_told(words("speech.too_late"))
        assert town.texts()[-1].startswith(words("speech.too_late")) and len(told.buttons) > 2


async def test_an_engine_that_dies_is_told_nothing_is_taken_and_the_next_note_is_heard(town: Speakers) -> None:
    async with town.open():
        await town.writes("/start")
        await town.says(spoken("un bilan"))

        def failed() -> bool:
            send(signal.SIGKILL)
            return any(words("speech.failed") in text for text in town.texts())

        await town.telegram.until(failed, WAIT)
        told = await town.is_told(words("speech.failed"))
        assert any(data.endswith(":bilan") for row in told.buttons for _, data in row)
        await town.says(spoken("un bilan"))
        await town.is_told(words("choice.action.bilan"))
        await town.is_told("C’est bien ça ?")


async def test_what_is_shown_is_heard_again_without_being_made_again(town: Speakers) -> None:
    async with town.open():
        asked = await town.writes("/start")
        await town.presses("s:")
        sound = await town.played()
        before = town.sounds()
        await town.writes("/ecouter")
        again = await town.played(2)
    assert (sound, again[:4]) == (again, b"OggS")
    assert town.sounds() == before
    assert [m.text for m in town.telegram.messages(CHAT) if m.kind == "text"] == [asked.text]
    assert 3 < read(sound, longest=120).seconds < 90
    assert not list(engines())


async def test_an_answer_is_heard_whole(town: Speakers) -> None:
    async with town.open():
        await town.asks(("mediation_bailleur", "sr_en_cours", "sans_interruption"))
        await town.presses("s:")
        sound = await town.played()
    assert read(sound, longest=300).seconds > 5


async def test_a_question_that_the_territory_recorded_is_heard_in_its_own_voice(town: Speakers) -> None:
    town.store.recordings.put(TERRITORY, FIRST, "fr", "audio/ogg", b"OggS-read", "une lectrice")
    async with town.open():
        await town.writes("/start")
        await town.presses("s:")
        assert await town.played() == b"OggS-read"
        await town.says(opus(tone(3, loud=0.0005)))
        await town.is_told(words("speech.refused.silent"))
        with_notice = await town.played(2)
        assert with_notice != b"OggS-read"
        await town.writes("/langue en", language="fr")
        await town.presses("s:")
        assert await town.played(3) not in (b"OggS-read", with_notice)


async def test_in_english_a_spoken_choice_is_said_back_confirmed_and_leads_on(town: Speakers) -> None:
    async with town.open():
        await town.writes("/start", language="en")
        await town.says(spoken("taking stock", "en"), language="en")
        await town.is_told(words("choice.action.bilan", "en"))
        assert (await town.played())[:4] == b"OggS"
        await town.presses("bilan")
    assert words("question.but", "en") in town.asked()


async def test_while_ten_notes_are_heard_others_are_answered(town: Speakers) -> None:
    async with town.open():
        chats = range(CHAT, CHAT + 10)
        for chat in (*chats, CHAT + 10):
            await town.writes("/start", chat)
        await asyncio.gather(*(town.says(spoken("un bilan"), chat) for chat in chats))
        typed = await town.writes("1", CHAT + 10)
        assert typed.text
        for chat in chats:
            await town.is_told("C’est bien ça ?", chat)
        assert all(words("choice.action.bilan") in " ".join(town.texts(chat)) for chat in chats)
