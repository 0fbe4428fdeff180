"""Jobs commit with what asks for them, run once they did, and outlive whatever happens to a send."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from api.households.jobs import SEND
from api.jobs.adding import PlainJson
from api.jobs.worker import Worker
from api.storage.store import Store
from bot.followup.catalog import catalog
from bot.followup.content import FREE, Content
from tests.api.households_by_telegram import HOUSEHOLD, SENDER, VISITOR, Town, settled, template
from tests.fakes.telegram import FakeTelegram


@pytest.fixture
async def town(store: Store, tmp_path: Path) -> AsyncIterator[Town]:
    async with FakeTelegram() as telegram:
        yield Town(store, telegram, tmp_path)


def queued(town: Town) -> list[str]:
    table = "workflow_status" if town.store.engine.dialect.name == "sqlite" else "jobs.workflow_status"
    with town.store.engine.connect() as connection:
        return list(connection.scalars(text(f"SELECT workflow_uuid FROM {table}")))  # noqa: S608


async def test_a_rollback_leaves_no_job_and_no_message(town: Town) -> None:
    reference = town.paired("ar")
    with pytest.raises(RuntimeError), town.store.households(town.vault) as households:
        town.desk.send_in(households, households.case(reference), template("materiel_pose"))
        raise RuntimeError
    assert queued(town) == []
    assert town.thread(reference) == []


async def test_a_key_that_comes_again_is_added_once_and_the_transaction_goes_on(town: Town) -> None:
    with town.store.engine.begin() as connection:
        for _ in range(2):
            town.jobs.add(connection, SEND, "send-1", "1")
        town.jobs.add(connection, SEND, "send-2", "2")
    with town.store.engine.begin() as connection:
        town.jobs.add(connection, SEND, "send-1", "1")
    assert sorted(queued(town)) == ["send-1", "send-2"]


async def test_a_day_is_planned_at_its_first_start_and_not_again_at_the_next(town: Town) -> None:
    for _ in range(2):
        async with town.open():
            await town.telegram.until(lambda: town.planned, 15)
            await settled()
    assert len(town.planned) == 1


async def test_stop_before_a_message_leaves_cancels_it(town: Town) -> None:
    reference = town.paired("ar")
    sent = town.desk.send(reference, template("materiel_pose"))
    with town.store.households(town.vault) as households:
        households.change(reference, consent="stopped")
    async with town.open():
        await town.telegram.until(lambda: town.message(sent.id).state == "cancelled", 15)
        await settled()
    assert town.telegram.messages(HOUSEHOLD) == []
    assert town.message(sent.id).failure == "stopped"


async def test_a_blocked_chat_has_failed_and_who_follows_the_case_is_told(town: Town) -> None:
    reference = town.paired("ar")
    town.followed(reference)
    town.telegram.block(HOUSEHOLD)
    sent = town.desk.send(reference, template("materiel_pose"))
    async with town.open():
        said = await town.shown(1, VISITOR)
        await town.telegram.until(lambda: town.message(sent.id).told_at, 15)
    assert reference in said and "bloqué" in said
    assert (town.message(sent.id).state, town.message(sent.id).failure) == ("failed", "blocked")


async def test_where_nobody_follows_a_case_what_it_says_waits_for_the_page(town: Town) -> None:
    reference = town.paired("ar")
    async with town.open():
        await town.writes("شكرا لكم")
        said = [one for one in town.thread(reference) if one.direction == "in"]
        await town.telegram.until(lambda: "french" in town.message(said[0].id).content, 15)
    assert town.message(said[0].id).content["french"] == "Merci à vous"
    assert town.message(said[0].id).told_at is None


async def test_words_that_no_machine_makes_sure_of_are_told_as_they_are(town: Town) -> None:
    reference = town.paired("ps")
    town.followed(reference)
    async with town.open():
        await town.writes("مننه")
        said = await town.shown(1, VISITOR)
    assert "مننه" in said and "Interprète conseillé" in said


async def test_when_telegram_asks_to_wait_the_message_waits_as_long(town: Town) -> None:
    reference = town.paired("ar")
    town.telegram.fail("sendMessage", 429, retry_after=1)
    sent = town.desk.send(reference, template("materiel_pose"))
    async with town.open():
        await town.telegram.until(lambda: town.message(sent.id).failure == "busy", 15)
        await settled()
        assert town.telegram.messages(HOUSEHOLD) == []
        await town.shown(1)
        await town.telegram.until(lambda: town.message(sent.id).state == "sent", 15)
    assert town.message(sent.id).failure is None


async def test_a_message_that_never_gets_through_has_failed_in_the_end(town: Town) -> None:
    reference = town.paired("ar")
    town.telegram.fail("sendMessage", 500, times=4)
    sent = town.desk.send(reference, template("materiel_pose"))
    async with town.open():
        await town.telegram.until(lambda: town.message(sent.id).state == "failed", 15)
    assert town.message(sent.id).failure == "unreachable"


async def test_messages_of_a_case_arrive_in_their_order(town: Town) -> None:
    reference = town.paired("fr")
    sent = [town.desk.send(reference, template(name)) for name in ("materiel_pose", "rendez_vous_confirmation") * 4]
    async with town.open():
        await town.shown(8)
    numbers = [int(town.message(one.id).sent or 0) for one in sent]
    assert numbers == sorted(numbers)


async def test_a_message_that_a_person_read_aloud_is_heard_first(town: Town) -> None:
    with town.store.households(town.vault) as households:
        reference = households.open_case("ar", SENDER, "aude").reference
        households.pair(reference, "telegram", str(HOUSEHOLD), "key")
    town.store.recordings.put("aude", "accord_messages", "ar", "audio/ogg", b"OggS-read", "une lectrice")
    town.desk.send(reference, template("accord_messages"))
    async with town.open():
        await town.shown(2)
    voice, words = town.telegram.messages(HOUSEHOLD)
    assert (voice.kind, town.telegram.file(voice.file_id)) == ("voice", b"OggS-read")
    assert [data.split(":")[-1] for row in words.buttons for _, data in row] == ["oui", "non"]


async def test_words_of_a_machine_say_so_and_stand_beside_the_original(town: Town) -> None:
    reference = town.paired("ar")
    free = Content(FREE, "", {"french": "À demain", "translated": "إلى الغد"})
    town.desk.send(reference, free)
    async with town.open():
        lines = (await town.shown(1)).split("\n")
    machine = catalog("ar").text("household.page.machine").split("\n")
    assert [line.strip("‏⁦⁧⁨⁩") for line in lines] == [
        "إلى الغد", "", *machine, "", "À demain",
    ]  # fmt: skip


async def test_a_reason_of_our_own_is_tried_again_and_then_told(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("api.jobs.runtime.LONGEST_PAUSE", 0.05)
    reference = town.paired("ar")
    town.followed(reference)
    sent = town.desk.send(reference, template("materiel_pose"))
    monkeypatch.setattr("api.households.desk.Desk.shown", lambda *_: 1 / 0)
    async with town.open():
        assert "quelque chose n’a pas fonctionné" in await town.shown(1, VISITOR)
    assert town.message(sent.id).failure == "internal"
    assert caplog.text.count("ZeroDivisionError") == 5


async def test_an_erased_case_gets_nothing_more(town: Town) -> None:
    reference = town.paired("ar")
    town.desk.send(reference, template("materiel_pose"))
    with town.store.households(town.vault) as households:
        households.erase(reference)
    async with town.open():
        await settled()
    with town.store.engine.connect() as connection:
        assert connection.scalar(text("SELECT state FROM household_messages")) == "cancelled"
    assert town.telegram.messages(HOUSEHOLD) == []


async def test_a_chat_of_a_visitor_stays_one_and_a_household_is_asked_nothing_of_the_interview(town: Town) -> None:
    town.paired("ar")
    async with town.open():
        await town.writes("bonjour", 5)
        assert town.telegram.last(5).text == "« bonjour »"
        await town.writes("/sr_ou_n1")
        assert "nos messages" in await town.shown(1)
    assert [one.asker for one in town.exchange.taken] == ["5"]


async def test_who_replies_to_a_household_is_led_to_its_page_and_nobody_else_is(town: Town) -> None:
    reference = town.paired("ar")
    town.followed(reference)
    async with town.open():
        await town.writes("شكرا لكم")
        told = await town.shown(1, VISITOR)
        assert reference in told
        reply = await town.telegram.write(VISITOR, "À demain", reply_to=town.telegram.last(VISITOR).message_id)
        await town.telegram.delivered(reply)
        assert f"https://a.fr/suivi/{reference}-" in await town.shown(2, VISITOR)
        assert town.exchange.taken == []


async def test_a_link_of_nobody_pairs_nothing(town: Town) -> None:
    async with town.open():
        await town.writes("/start m-guessed")
        assert "ne marche plus" in await town.shown(1)
        await town.writes("/start v-M-AAAA-AAAA-00000000000000000000", VISITOR)
        assert "aucun ménage" in await town.shown(1, VISITOR)


async def test_a_voice_note_too_long_or_no_voice_is_not_kept(town: Town) -> None:
    reference = town.paired("ar")
    async with town.open():
        for sound, seconds in ((b"OggS" + bytes(2 * 1024 * 1024), 9), (b"OggS", 301), (b"GIF89a", 3)):
            await town.telegram.delivered(await town.telegram.send_file(HOUSEHOLD, sound, "voice", duration=seconds))
        await town.shown(3)
    assert town.thread(reference) == []


def test_what_stands_in_a_job_is_plain_and_an_error_has_no_words() -> None:
    written = PlainJson().serialize({"args": ("abc",), "kwargs": {}, "error": ValueError("Amina")})
    assert written == '{"args": ["abc"], "kwargs": {}, "error": "ValueError"}'
    with pytest.raises(TypeError):
        PlainJson().serialize({"args": (b"sealed",)})


def test_two_processes_have_two_names_and_a_restart_has_its_own_again(tmp_path: Path) -> None:
    first, second = Worker(tmp_path), Worker(tmp_path)
    assert first.name != second.name
    assert first.left == second.left == ()
    first.release()
    third = Worker(tmp_path)
    assert third.name == first.name
    second.release()
    third.release()
    alone = Worker(tmp_path, "server")
    assert alone.name == "server-1" and alone.left == ("server-2",)
    alone.release()
