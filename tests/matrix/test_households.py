"""Households on a real homeserver: linked by a line, asked in their language, answering by every way there is."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from bot.channels.matrix_events import keycap_of
from bot.followup.catalog import catalog
from bot.followup.hearing import LISTEN_BUTTON
from bot.followup.page_words import page_text
from bot.speech.sounds import read
from bot.wording import wording
from tests.api.speakers_by_telegram import spoken
from tests.matrix.home import RIGHT_TO_LEFT, followed, heard, home, plain
from tests.matrix.homeserver import Homeserver
from tests.matrix.person import Said
from tests.matrix.phone import Phone
from tests.matrix.wire import wire

ROOMS = pytest.mark.parametrize("encrypted", [False, True], ids=["in clear", "encrypted"])
SAID = "شكرا لكم"


def words(message: str, **params: object) -> str:
    return plain(wording("fr")(message, **params))


def first_line(name: str, language: str) -> str:
    return plain(catalog(language).text(f"household.page.{name}").split("\n")[0])


@pytest.mark.parametrize(
    ("language", "digits", "encrypted"),
    [("ar", "٠١٢٣٤٥٦٧٨٩", False), ("fa-AF", "۰۱۲۳۴۵۶۷۸۹", True)],
    ids=["ar", "fa-AF"],
)
async def test_a_household_goes_the_whole_way(
    language: str,
    digits: str,
    encrypted: bool,
    matrix_server: Homeserver,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in ("api", "bot"):
        caplog.set_level(logging.DEBUG, name)
    async with home(Phone(matrix_server, tmp_path, encrypted=encrypted)) as family:
        await family.person.write(await family.line())
        chosen = await family.press(f"langue.{language}", digits=digits)
        await family.press("oui", by="words")
        await heard(family.person, first_line("consented", language))
        await family.person.until(lambda: "✓" in chosen.text)

        family.send()
        appointment, _, _ = await family.asked("bon")
        await family.person.until(lambda: appointment.keys[:1] == [keycap_of(1)])
        await family.press("bon", by="reaction")
        await family.press("jour.2027-01-06", digits=digits)
        await heard(family.person, first_line("right_day", language))
        await family.person.until(lambda: "✓" in appointment.text)
        assert plain(catalog(language).text("household.rendez_vous_confirmation.button.bon")) in plain(appointment.text)
        await family.until(lambda: left_to_choose(family, appointment) == [LISTEN_BUTTON], "only listening")
        assert len([one for one in family.thread() if one.understood]) == 2

        await family.person.write(SAID)
        await heard(family.person, first_line("received", language))
        await family.person.write("77")  # a number that is no choice may be what was asked: how many live there
        await family.until(lambda: [one.content.get("original") for one in family.answers()[-2:]] == [SAID, "77"])
        await family.person.speak(spoken(SAID, "ar"), 4)
        await family.until(lambda: family.answers()[-1].kind == "voice")
        await family.person.write("!sr_ou_n1")
        await heard(family.person, words("chat.household_only"))
        assert family.answers()[-1].kind == "voice"
        await family.person.write("!stop")
        await family.until(lambda: family.case().consent == "stopped")
        assert all(said.encrypted == encrypted for said in family.person.messages) and not family.person.unreadable
        assert turned(family.person.messages[2:]) == []  # after the welcome and the languages, in French
        private = [family.person.user_id, family.phone.bot.user_id, family.person.room, SAID, "Amina"]
    logged = "\n".join(one.getMessage() for one in caplog.records if one.name.startswith(("api", "bot")))
    assert [one for one in private if one in logged] == []


def left_to_choose(family, message: Said) -> list[str]:
    """The buttons that a message still has."""
    offered = family.phone.memory.offered_now(family.person.room)
    under = next(one for one in offered if one.message == message.event)
    return [data.rpartition(":")[2] for data, _ in under.choices if data]


def turned(messages: list[Said]) -> list[str]:
    """The lines in Arabic letters that do not say their direction, or whose paragraph does not."""
    theirs = [one for one in messages if arabic(one.text)]
    lines = [line for one in theirs for line in one.text.split("\n") if arabic(line)]
    assert len(theirs) > 5
    return [one for one in lines if not one.startswith(RIGHT_TO_LEFT)] + [
        one.html for one in theirs if '<p dir="rtl">' not in one.html
    ]


def arabic(words: str) -> bool:
    return any("\u0600" <= letter <= "\u06ff" for letter in words)


@ROOMS
async def test_who_follows_a_household_is_told_in_their_own_room_and_replies_where_it_can_be_read_again(
    encrypted: bool, matrix_server: Homeserver, tmp_path: Path
) -> None:
    async with home(Phone(matrix_server, tmp_path, encrypted=encrypted), "ar") as family, followed(family) as visitor:
        await family.pair(consent="given")
        family.send()
        await family.press("changer_jour", by="words")
        told = await heard(visitor, f"Ménage {family.reference}")
        assert plain(catalog("fr").text("household.rendez_vous_confirmation.button.changer_jour")) in plain(told.text)
        await family.person.write("شكرا")
        await heard(visitor, "شكرا")
        await family.person.speak(spoken(SAID, "ar"), 4)
        note = await visitor.until(lambda: next((one for one in visitor.messages if one.is_voice), None))
        assert await visitor.hear(note) == spoken(SAID, "ar") and note.encrypted == encrypted
        await visitor.reply(told.event, "Je rappelle demain")
        there = await heard(visitor, words("chat.answer_there", reference=family.reference, address="")[:30])
        assert f"/suivi/{family.reference}-" in there.text
        assert all("Je rappelle" not in one.text for one in family.person.messages)
        await visitor.write("!sr_ou_n1")  # a visitor they are still
        await heard(visitor, words("question.action"))


@ROOMS
async def test_a_message_is_heard_again_and_again_and_that_is_no_answer(
    encrypted: bool, matrix_server: Homeserver, tmp_path: Path
) -> None:
    async with home(Phone(matrix_server, tmp_path, encrypted=encrypted), "uk", trusted=True) as family:
        await family.pair(consent="given")
        family.send()
        appointment, _, _ = await family.asked("bon")
        _, listening, _ = await family.asked(LISTEN_BUTTON)
        await family.press(LISTEN_BUTTON, by="reaction")
        await played(family, 1)
        await heard(family.person, plain(page_text("synthetic", catalog("uk"))))
        assert family.answers() == []
        await family.press("bon", by="reaction")
        await family.person.until(lambda: "✓" in appointment.text)
        await family.until(lambda: left_to_choose(family, appointment) == [LISTEN_BUTTON], "only listening")
        await family.person.react(keycap_of(listening), appointment.event)
        await played(family, 2)
        await family.person.write(f"{listening}.")
        await played(family, 3)
        assert [one.content["button"] for one in family.answers()] == ["bon"]


async def played(family, times: int) -> None:
    """Wait until so many voice notes came, each of a whole message."""
    notes = lambda: [one for one in family.person.messages if one.is_voice]  # noqa: E731
    await family.person.until(lambda: len(notes()) == times)
    assert read(await family.person.hear(notes()[-1])).seconds > 4


async def test_a_number_means_the_last_question_also_where_the_one_before_was_marked_as_answered_since(
    matrix_server: Homeserver, tmp_path: Path
) -> None:
    async with home(Phone(matrix_server, tmp_path), "fr") as family:
        await family.person.write(await family.line())
        chosen = await family.press("langue.fr")
        await family.asked("oui")
        await family.person.until(lambda: "✓" in chosen.text)
        await family.press("non")
        await family.until(lambda: family.case().consent == "refused")


async def test_what_the_homeserver_took_and_did_not_confirm_stands_there_once(
    matrix_server: Homeserver, tmp_path: Path
) -> None:
    async with wire(matrix_server.url) as between, home(Phone(matrix_server, tmp_path, between.url), "fr") as family:
        await family.pair(consent="given")
        between.lose(1)
        sent = family.send()
        await family.until(lambda: next(one for one in family.thread() if one.id == sent.id).state == "sent")
        assert between.lost == 1
        said, _, _ = await family.asked("bon")
        assert len([one for one in family.person.messages if one.text == said.text]) == 1


async def test_an_old_reaction_and_a_withdrawn_link_are_told_or_left_alone_in_words_for_a_household(
    matrix_server: Homeserver, tmp_path: Path
) -> None:
    async with home(Phone(matrix_server, tmp_path), "fr") as family:
        await family.person.write("!start m-nimportequoi")
        await heard(family.person, words("chat.household_link"))
        await family.pair(consent="given")
        before = len(family.person.messages)
        await family.person.react(keycap_of(1), family.person.messages[0].event)  # under the welcome
        await family.person.write("Bonjour")
        await heard(family.person, first_line("received", "fr"))
        await asyncio.sleep(0)
        assert len(family.person.messages) == before + 1 and len(family.answers()) == 1
