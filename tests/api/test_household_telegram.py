"""A household's whole conversation by Telegram, on both databases, with real jobs and a fake Bot API."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.storage.store import Store
from bot.followup.catalog import catalog
from tests.api.households_by_telegram import HOUSEHOLD, VISITOR, Town, in_job_tables, settled, template
from tests.api.speakers_by_telegram import spoken
from tests.fakes.telegram import FakeTelegram

SAID = spoken("شكرا لكم", "ar")


@pytest.fixture
async def town(store: Store, tmp_path: Path) -> AsyncIterator[Town]:
    async with FakeTelegram() as telegram:
        yield Town(store, telegram, tmp_path)


@pytest.mark.parametrize("language", ["ar", "fa-AF"])
async def test_a_household_goes_the_whole_way(town: Town, language: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    words = catalog(language)
    reference = town.opened("fr")
    async with town.open():
        await town.writes(town.visitor_start_of(reference), VISITOR)
        assert reference in await town.shown(1, VISITOR)

        await town.writes(town.start_of(reference))
        assert await town.shown(1)
        await town.press(f"langue.{language}")
        assert words.text("household.accord_messages.button.oui") in [
            label for row in (await consent_shown(town)).buttons for label, _ in row
        ]
        await town.press("oui")
        assert words.text("household.page.consented").split("\n")[0] in await town.shown(3)

        appointment = town.desk.send(reference, template("rendez_vous_confirmation"))
        await town.shown(4)
        await town.press("bon")
        assert words.text("household.page.which_day") in await town.shown(5)
        await town.press("jour.2027-01-13")
        await town.shown(7)
        assert words.text("household.page.wrong_day").split("\n")[0] in town.telegram.messages(HOUSEHOLD)[5].text
        assert not town.message(appointment.id).understood
        again = town.thread(reference)[-1]
        await town.press("bon")
        await town.shown(8)
        await town.press("jour.2027-01-06")
        assert words.text("household.page.right_day") in await town.shown(9)
        assert town.message(again.id).understood

        await town.writes("شكرا لكم")
        await town.shown(10)
        await town.telegram.delivered(await town.telegram.send_file(HOUSEHOLD, SAID, "voice", duration=4))
        await town.shown(11)
        await told(town, "aucune machine d’ici ne sait écrire cette langue")
        assert await heard_by(town) == SAID
        await town.writes("STOP")
        await town.shown(12)
        await town.writes("encore")
        await settled()
        assert len(town.telegram.messages(HOUSEHOLD)) == 12
        await town.writes(words.words_to_write("yes")[0])
        assert words.text("household.page.restarted").split("\n")[0] in await town.shown(13)
        await told(town, "Merci à vous")

    sound = next(one for one in town.thread(reference) if one.kind == "voice")
    with town.store.households(town.vault) as households:
        assert households.sound(sound.id) == ("audio/ogg", SAID)
    assert right_to_left(town)
    private = ["Amina", str(HOUSEHOLD), str(VISITOR), "شكرا", "01 23 45"]
    in_jobs, logged = in_job_tables(town.store), caplog.text
    assert [word for word in private if word in in_jobs] == []
    assert [word for word in private if word in logged] == []


async def consent_shown(town: Town):
    await town.shown(2)
    return town.telegram.last(HOUSEHOLD)


async def told(town: Town, words: str) -> None:
    await town.telegram.until(
        lambda: any(words in one.text for one in town.telegram.messages(VISITOR)),
        words=str([one.text for one in town.telegram.messages(VISITOR)]),
    )


async def heard_by(town: Town) -> bytes:
    """The voice message that the visitor got."""
    await town.telegram.until(lambda: any(one.kind == "voice" for one in town.telegram.messages(VISITOR)))
    [voice] = [one for one in town.telegram.messages(VISITOR) if one.kind == "voice"]
    return town.telegram.file(voice.file_id)


def right_to_left(town: Town) -> bool:
    """Whether each line of the household's language says its direction."""
    lines = [line for shown in town.telegram.messages(HOUSEHOLD)[2:] for line in shown.text.split("\n") if line]
    arabic = [line for line in lines if any("\u0600" <= letter <= "\u06ff" for letter in line)]
    return bool(arabic) and all(line.startswith("\u200f") for line in arabic)
