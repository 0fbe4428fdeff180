"""Households listen to their messages: a button in Telegram, a player on the page, in their own language."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from api.speech.speaking import Speaking
from api.storage.sounds import Sounds
from api.storage.store import Store
from bot.followup.catalog import catalog
from bot.followup.catalog_text import LISTEN
from bot.followup.content import show
from bot.followup.hearing import LISTEN_BUTTON, said, with_listening
from bot.followup.message import offered_languages
from bot.followup.page_words import page_text
from bot.speech.errors import NoEngineError
from bot.speech.sounds import read
from bot.speech.voice import Voice
from bot.speech.voices import has_voice
from tests.api.household_site import Site, household_site
from tests.api.households_by_telegram import HOUSEHOLD, Town, settled, template
from tests.fakes.telegram import FakeTelegram

APPOINTMENT = "rendez_vous_confirmation"


@pytest.fixture
async def town(store: Store, tmp_path: Path) -> AsyncIterator[Town]:
    async with FakeTelegram() as telegram:
        yield Town(store, telegram, tmp_path)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with household_site(tmp_path) as site:
        yield site


@pytest.mark.parametrize("language", offered_languages())
async def test_a_message_can_be_heard_in_every_language_that_has_a_voice(language: str, tmp_path: Path) -> None:
    shown = show(template(APPOINTMENT), language)
    listens = [label.id for label in with_listening(shown, None).buttons if label.id == LISTEN_BUTTON]
    assert bool(listens) is has_voice(language)
    async with Voice(tmp_path) as voice:
        if not listens:
            with pytest.raises(NoEngineError):
                await voice.speak(said(shown), language)
            return
        assert 4 < read(await voice.speak(said(shown), language)).seconds < 60


def test_only_these_languages_of_households_have_no_voice() -> None:
    assert {language for language in offered_languages() if not has_voice(language)} == {"ps"}


@pytest.mark.parametrize("language", ["ar", "uk"])
async def test_pressing_listen_plays_the_message_and_is_no_answer(town: Town, language: str, tmp_path: Path) -> None:
    async with Voice(tmp_path / "models") as voice:
        town.aloud = Speaking(Sounds(town.store.engine), voice)
        reference = town.paired(language)
        async with town.open():
            sent = town.desk.send(reference, template(APPOINTMENT))
            await town.shown(1)
            labels = [label for row in town.telegram.last(HOUSEHOLD).buttons for label, _ in row]
            assert catalog(language).text(LISTEN) in labels[-1]
            await town.press(LISTEN_BUTTON)
            await town.telegram.until(lambda: len(town.telegram.messages(HOUSEHOLD)) == 2)
            played = town.telegram.last(HOUSEHOLD)
            assert played.kind == "voice" and read(town.telegram.file(played.file_id)).seconds > 4
            assert played.text == page_text("synthetic", catalog(language))
            assert town.message(sent.id).pressed is None and len(town.thread(reference)) == 1


@pytest.mark.parametrize("language", ["ar", "uk"])
async def test_a_message_that_was_answered_can_still_be_heard(town: Town, language: str, tmp_path: Path) -> None:
    async with Voice(tmp_path / "models") as voice:
        town.aloud = Speaking(Sounds(town.store.engine), voice)
        reference = town.paired(language)
        async with town.open():
            sent = town.desk.send(reference, template(APPOINTMENT))
            await town.shown(1)
            await town.press("bon")
            await town.shown(2)
            assert town.message(sent.id).pressed == "bon"
            await town.telegram.until(lambda: "✓" in town.telegram.messages(HOUSEHOLD)[0].text)
            left = [data for row in town.telegram.messages(HOUSEHOLD)[0].buttons for _, data in row]
            assert left == [f"h:{sent.id}:{LISTEN_BUTTON}"]
            await town.press(LISTEN_BUTTON)
            await town.telegram.until(lambda: town.telegram.last(HOUSEHOLD).kind == "voice")


async def test_a_sound_that_cannot_be_played_is_said_in_the_household_s_words(town: Town, tmp_path: Path) -> None:
    async with Voice(tmp_path / "models") as voice:
        town.aloud = Speaking(Sounds(town.store.engine), voice)
        reference = town.paired("ar")
        town.telegram.forbid_voices(HOUSEHOLD)
        async with town.open():
            town.desk.send(reference, template(APPOINTMENT))
            await town.shown(1)
            await town.press(LISTEN_BUTTON)
            assert page_text("not_played", catalog("ar")).split("\n")[1] in await town.shown(2)


async def test_after_stop_nothing_is_played(town: Town, tmp_path: Path) -> None:
    async with Voice(tmp_path / "models") as voice:
        town.aloud = Speaking(Sounds(town.store.engine), voice)
        reference = town.paired("uk")
        async with town.open():
            town.desk.send(reference, template(APPOINTMENT))
            await town.shown(1)
            await town.writes("STOP")
            await town.shown(2)
            await town.press(LISTEN_BUTTON)
            await settled()
            assert [shown.kind for shown in town.telegram.messages(HOUSEHOLD)] == ["text", "text"]


def test_the_page_plays_a_message_that_nobody_recorded_in_a_form_that_every_browser_plays(site: Site) -> None:
    reference = site.open("ar")
    address = site.page(site.send(reference, APPOINTMENT))
    source = f"{address}/son/{site.thread(reference)[0].id}"
    assert source.removeprefix(site.url) in httpx.get(address).text
    played = httpx.get(source, timeout=60)
    assert (played.status_code, played.headers["content-type"]) == (200, "audio/mpeg")
    assert read(played.content).seconds > 4


@pytest.mark.parametrize("language", offered_languages())
def test_the_page_says_whose_voice_it_is_and_offers_none_where_there_is_none(site: Site, language: str) -> None:
    page = httpx.get(site.page(site.send(site.open(language), APPOINTMENT))).text
    heard, words = "/son/" in page, catalog(language)
    assert heard is has_voice(language)
    assert (page_text("synthetic", words) in page) is heard
    assert (page_text("audio_only", words) in page) is heard


def test_what_a_person_recorded_is_not_called_a_synthetic_voice(site: Site) -> None:
    site.desk.store.recordings.put("aude", APPOINTMENT, "ar", "audio/ogg", b"OggS" + bytes(2000), "médiatrice")
    page = httpx.get(site.page(site.send(site.open("ar", "aude"), APPOINTMENT))).text
    assert "/son/" in page and page_text("synthetic", catalog("ar")) not in page
