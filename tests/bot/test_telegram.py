"""The Telegram channel over real HTTP: polling, the order of things, and what goes wrong."""

from __future__ import annotations

import asyncio
import logging

import pytest

import bot.wording
from bot.channels import telegram_commands
from bot.channels.channel import Invitation
from bot.channels.telegram import TelegramChannel, TokenError
from bot.channels.telegram_sending import Patience
from bot.messages import Incoming, Reply
from tests.bot.telegram_scripted import (
    TODAY,
    GivenWords,
    Pauses,
    ScriptedExchange,
    button,
    channel_to,
    polling,
    reply,
)
from tests.fakes.telegram import FakeTelegram

CHAT = 4242


@pytest.fixture(autouse=True)
def two_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (bot.wording, telegram_commands):
        monkeypatch.setattr(module, "languages", lambda: ("fr", "en"))


def one_question(incoming: Incoming) -> Reply:
    """A question with two buttons; a press changes it in place."""
    if incoming.button:
        return reply(f"Vous avez choisi {incoming.button}", edits=True)
    return reply("Une visite ?", rows=((button("oui"), button("non", "Non")),))


async def test_a_text_is_taken_in_answered_and_noted_as_shown() -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange()
        async with polling(telegram, exchange):
            update = await telegram.write(CHAT, "bonjour", language="en")
            await telegram.delivered(update)
        assert exchange.taken == [Incoming("telegram", str(update), str(CHAT), TODAY, text="bonjour", language="en")]
        assert telegram.last(CHAT).text == "« bonjour »"
        assert exchange.was_shown == [str(update)]


async def test_a_press_edits_its_message_in_place_and_its_spinner_stops() -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange(one_question)
        async with polling(telegram, exchange):
            await telegram.delivered(await telegram.write(CHAT, "bonjour"))
            assert telegram.last(CHAT).buttons == [[("Oui", "oui"), ("Non", "non")]]
            press = await telegram.press(CHAT, "oui")
            await telegram.delivered(press)
        assert [shown.text for shown in telegram.messages(CHAT)] == ["Vous avez choisi oui"]
        assert telegram.last(CHAT).buttons == []
        assert telegram.answered(press)
        assert exchange.taken[1].button == "oui"
        assert exchange.taken[1].text is None


async def test_an_edit_that_changes_nothing_counts_as_shown() -> None:
    async with FakeTelegram() as telegram:
        rows = ((button("oui"),),)
        exchange = ScriptedExchange(lambda incoming: reply("La même", rows=rows, edits=bool(incoming.button)))
        async with polling(telegram, exchange):
            await telegram.delivered(await telegram.write(CHAT, "bonjour"))
            press = await telegram.press(CHAT, "oui")
            await telegram.delivered(press)
        assert len(telegram.messages(CHAT)) == 1
        assert str(press) in exchange.was_shown


async def test_the_reply_to_a_button_of_a_deleted_message_is_a_new_message() -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange(one_question)
        async with polling(telegram, exchange):
            press = await telegram.press(CHAT, "oui", message_id=999)
            await telegram.delivered(press)
        assert telegram.last(CHAT).text == "Vous avez choisi oui"
        assert str(press) in exchange.was_shown


async def test_a_press_is_answered_even_when_there_is_nothing_to_say_any_more() -> None:
    async with FakeTelegram() as telegram:
        async with polling(telegram, ScriptedExchange(lambda incoming: None)):
            press = await telegram.press(CHAT, "oui", message_id=1)
            await telegram.delivered(press)
        assert telegram.answered(press)
        assert telegram.messages(CHAT) == []


async def test_the_spinner_stops_before_the_answer_is_known() -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange(one_question, gate=asyncio.Event())
        async with polling(telegram, exchange):
            press = await telegram.press(CHAT, "oui", message_id=1)
            await telegram.until(lambda: telegram.answered(press))
            assert telegram.messages(CHAT) == []
            exchange.gate.set()


async def test_a_press_too_old_to_be_answered_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange(one_question)
        press = await telegram.press(CHAT, "oui", message_id=1)
        telegram.expire(press)
        async with polling(telegram, exchange):
            await telegram.delivered(press)
        assert telegram.last(CHAT).text == "Vous avez choisi oui"
        assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_an_update_polled_twice_is_answered_once() -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange()
        async with polling(telegram, exchange):
            update = await telegram.write(CHAT, "bonjour")
            await telegram.delivered(update)
            await telegram.redeliver(update)
            await telegram.delivered(await telegram.write(CHAT, "encore"))
            await telegram.until(lambda: exchange.tries == 3)
        assert [shown.text for shown in telegram.messages(CHAT)] == ["« bonjour »", "« encore »"]


async def test_a_failing_take_is_tried_eight_times_then_told_and_let_go(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange(failures=8)
        async with polling(telegram, exchange):
            update = await telegram.press(CHAT, "oui", message_id=1)
            await telegram.delivered(update)
            assert exchange.tries == 8
            assert telegram.last(CHAT).text.startswith("Pardon, quelque chose n’a pas fonctionné")
            assert telegram.answered(update)
            await telegram.delivered(await telegram.write(CHAT, "encore"))
        assert telegram.last(CHAT).text == "« encore »"
        errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
        assert len(errors) == 1
        assert errors[0].startswith(f"telegram update {update}: not taken in: RuntimeError at ")


async def test_a_take_that_fails_once_is_answered_all_the_same() -> None:
    async with FakeTelegram() as telegram:
        async with polling(telegram, ScriptedExchange(failures=1)):
            await telegram.delivered(await telegram.write(CHAT, "bonjour"))
        assert [shown.text for shown in telegram.messages(CHAT)] == ["« bonjour »"]


async def test_an_update_stays_with_telegram_until_it_is_taken_in() -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange(gate=asyncio.Event())
        async with polling(telegram, exchange):
            update = await telegram.write(CHAT, "bonjour")
            await telegram.until(lambda: exchange.under_way)
            other = await telegram.write(CHAT + 1, "moi aussi")
            await telegram.until(lambda: exchange.under_way == 2, words="the other chat had to wait")
            assert not telegram.is_delivered(update)
            assert not telegram.is_delivered(other)
            exchange.gate.set()
            await telegram.delivered(other)
        assert exchange.tries == 2


async def test_one_chat_is_answered_in_order_and_others_side_by_side() -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange(gate=asyncio.Event())
        for number in range(3):
            await telegram.write(CHAT, f"a{number}")
            await telegram.write(CHAT + 1, f"b{number}")
        async with polling(telegram, exchange):
            await telegram.until(lambda: exchange.under_way == 2)
            await asyncio.sleep(0.05)
            exchange.gate.set()
            await telegram.until(lambda: len(exchange.was_shown) == 6)
        assert exchange.most_under_way == 2
        assert [shown.text for shown in telegram.messages(CHAT)] == ["« a0 »", "« a1 »", "« a2 »"]


async def test_at_most_64_chats_are_answered_at_once() -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange(gate=asyncio.Event())
        for number in range(80):
            await telegram.write(CHAT + number, "bonjour")
        async with polling(telegram, exchange):
            await telegram.until(lambda: exchange.under_way == 64)
            await asyncio.sleep(0.05)
            exchange.gate.set()
            await telegram.until(lambda: len(exchange.was_shown) == 80)
        assert exchange.most_under_way == 64


async def test_the_wait_that_telegram_asks_for_is_waited() -> None:
    async with FakeTelegram() as telegram:
        pauses, exchange = Pauses(), ScriptedExchange()
        telegram.fail("sendMessage", status=429, retry_after=7)
        async with polling(telegram, exchange, patience=Patience(sleep=pauses.sleep)):
            await telegram.delivered(await telegram.write(CHAT, "bonjour"))
        assert pauses.waited == [7]
        assert [shown.text for shown in telegram.messages(CHAT)] == ["« bonjour »"]
        assert len(exchange.was_shown) == 1


async def test_a_wait_of_many_minutes_is_not_waited_and_the_reply_comes_at_the_next_delivery() -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange()
        telegram.fail("sendMessage", status=429, retry_after=3600)
        async with polling(telegram, exchange):
            update = await telegram.write(CHAT, "bonjour")
            await telegram.delivered(update)
            assert exchange.was_shown == []
            await telegram.redeliver(update)
            await telegram.until(lambda: exchange.was_shown == [str(update)])
        assert len(exchange.taken) == 1
        assert [shown.text for shown in telegram.messages(CHAT)] == ["« bonjour »"]


async def test_a_reply_that_must_wait_for_an_hour_is_kept_for_then() -> None:
    async with FakeTelegram() as telegram:
        pauses, exchange = Pauses(), ScriptedExchange(keeps=True)
        telegram.fail("sendMessage", status=429, retry_after=3600)
        async with polling(telegram, exchange, patience=Patience(sleep=pauses.sleep)):
            update = await telegram.write(CHAT, "bonjour")
            await telegram.delivered(update)
        assert exchange.later_in == {str(update): 3600}
        assert (pauses.waited, exchange.was_shown) == ([], [])


async def test_a_reply_that_fails_for_long_and_that_nobody_brings_again_is_kept_for_later() -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange(keeps=True)
        telegram.fail("sendMessage", status=500, times=None)
        async with polling(telegram, exchange):
            update = await telegram.write(CHAT, "bonjour")
            await telegram.delivered(update)
        assert exchange.later_in == {str(update): 60}


async def test_a_server_error_is_tried_again_after_growing_pauses() -> None:
    async with FakeTelegram() as telegram:
        pauses, exchange = Pauses(), ScriptedExchange()
        telegram.fail("sendMessage", status=500, times=3)
        async with polling(telegram, exchange, patience=Patience(sleep=pauses.sleep)):
            await telegram.delivered(await telegram.write(CHAT, "bonjour"))
        assert telegram.last(CHAT).text == "« bonjour »"
        for pause, longest in zip(pauses.waited, (0.5, 1.0, 2.0), strict=True):
            assert longest / 2 <= pause <= longest


async def test_after_three_times_five_server_errors_the_reply_is_given_up_and_logged_without_a_person(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange()
        telegram.fail("sendMessage", status=500, times=15)
        async with polling(telegram, exchange):
            update = await telegram.write(CHAT, "bonjour")
            await telegram.delivered(update)
        assert exchange.was_shown == []
        assert telegram.messages(CHAT) == []
        errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
        assert errors == [f"telegram update {update}: reply not shown: NetworkError: Internal Server Error"] * 3


async def test_a_visitor_who_blocked_the_bot_is_left_in_peace(caplog: pytest.LogCaptureFixture) -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange()
        update = await telegram.write(CHAT, "bonjour")
        telegram.block(CHAT)
        async with polling(telegram, exchange):
            await telegram.delivered(update)
        assert [method for method, _ in telegram.calls].count("sendMessage") == 1
        assert exchange.was_shown == []
        assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_polling_goes_on_after_network_trouble_with_pauses_up_to_30_seconds() -> None:
    async with FakeTelegram() as telegram:
        pauses = Pauses()
        telegram.fail("getUpdates", status=500, times=9)
        async with polling(telegram, ScriptedExchange(), patience=Patience(sleep=pauses.sleep)):
            await telegram.delivered(await telegram.write(CHAT, "bonjour"))
        assert telegram.last(CHAT).text == "« bonjour »"
        assert len(pauses.waited) == 9
        assert 15 <= pauses.waited[-1] <= 30


async def test_polling_removes_a_webhook_first() -> None:
    async with FakeTelegram() as telegram:
        async with polling(telegram, ScriptedExchange()):
            await telegram.until(lambda: "getUpdates" in [method for method, _ in telegram.calls])
        methods = [method for method, _ in telegram.calls]
        assert methods.index("deleteWebhook") < methods.index("getUpdates")


async def test_an_update_that_cannot_be_read_does_not_stop_the_others(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange()
        async with polling(telegram, exchange) as channel:
            fetch = channel.bot.raw_updates

            async def with_a_broken_one(*args: object, **options: object) -> list[object]:
                broken = {"update_id": 1, "message": {"text": "private words"}}
                return [broken, *await fetch(*args, **options)]

            monkeypatch.setattr(type(channel.bot), "raw_updates", staticmethod(with_a_broken_one))
            await telegram.delivered(await telegram.write(CHAT, "avant"))
            await telegram.delivered(await telegram.write(CHAT, "après"))
            monkeypatch.undo()
        assert [incoming.text for incoming in exchange.taken] == ["avant", "après"]
        assert "update 1 is not of the Bot API's shape" in caplog.text
        assert "private words" not in caplog.text


async def test_stopping_finishes_what_is_under_way_and_telegram_is_told() -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange(gate=asyncio.Event())
        channel = channel_to(telegram, exchange)
        await channel.start()
        task = asyncio.create_task(channel.poll())
        update = await telegram.write(CHAT, "bonjour")
        await telegram.until(lambda: exchange.under_way)
        stopping = asyncio.create_task(channel.stop())
        await asyncio.sleep(0.05)
        assert not stopping.done()
        exchange.gate.set()
        await stopping
        await task
        assert telegram.last(CHAT).text == "« bonjour »"
        assert telegram.is_delivered(update)


async def test_a_wrong_token_is_named_and_not_shown() -> None:
    async with FakeTelegram() as telegram:
        channel = TelegramChannel("1:WRONG", ScriptedExchange(), GivenWords, clock=lambda: TODAY, api=telegram.url)
        with pytest.raises(TokenError, match="AIGUILLAGE_TELEGRAM_TOKEN") as refusal:
            await channel.start()
        assert "WRONG" not in str(refusal.value)
        assert refusal.value.__suppress_context__


async def test_a_token_revoked_later_ends_the_polling_with_the_same_error() -> None:
    async with FakeTelegram() as telegram:
        channel = channel_to(telegram, ScriptedExchange())
        await channel.start()
        telegram.fail("getUpdates", status=401)
        with pytest.raises(TokenError):
            await channel.poll()
        await channel.stop()


async def test_telegram_out_of_reach_at_the_start_is_waited_for() -> None:
    async with FakeTelegram() as telegram:
        telegram.fail("getMe", status=500)
        telegram.fail("deleteWebhook", status=500, times=2)
        async with polling(telegram, ScriptedExchange()):
            await telegram.delivered(await telegram.write(CHAT, "bonjour"))
        assert telegram.last(CHAT).text == "« bonjour »"


async def test_commands_are_registered_in_french_for_all_and_in_english() -> None:
    async with FakeTelegram() as telegram:
        async with polling(telegram, ScriptedExchange()):
            await telegram.until(lambda: "getUpdates" in [method for method, _ in telegram.calls])
        registered = [params for method, params in telegram.calls if method == "setMyCommands"]
        assert [params.get("language_code") for params in registered] == [None, "en"]
        french = {command["command"]: command["description"] for command in registered[0]["commands"]}
        assert list(french) == ["sr_ou_n1", "recommencer", "retour", "ecouter", "langue", "aide"]
        assert french["langue"] == "Changer de langue"
        assert registered[1]["commands"][4]["description"] == "Change language"


async def test_commands_that_telegram_already_has_are_not_registered_again() -> None:
    async with FakeTelegram() as telegram:
        for _ in range(2):
            async with polling(telegram, ScriptedExchange()):
                await telegram.delivered(await telegram.write(CHAT, "bonjour"))
        assert [method for method, _ in telegram.calls].count("setMyCommands") == 2


async def test_what_is_no_word_is_kindly_asked_to_be_one_and_nothing_is_logged() -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange()
        async with polling(telegram, exchange):
            update = await telegram.send_file(CHAT, b"%PDF", "document", language="en")
            await telegram.delivered(update)
            await telegram.redeliver(update)
            await telegram.delivered(update)
            await telegram.delivered(await telegram.send_file(CHAT + 1, b"jpeg", "photo"))
        assert [shown.text[:31] for shown in telegram.messages(CHAT)] == ["I cannot read photos, stickers "]
        assert "par écrit" in telegram.last(CHAT + 1).text
        assert exchange.taken == []


async def test_a_button_that_does_not_fit_is_named_in_the_log_and_the_visitor_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange(lambda incoming: reply("?", rows=((button("x" * 65),),)))
        async with polling(telegram, exchange):
            await telegram.delivered(await telegram.write(CHAT, "bonjour"))
        assert telegram.last(CHAT).text.startswith("Pardon")
        assert exchange.was_shown == []
        assert "takes 65 bytes, and Telegram takes 64" in caplog.text


async def test_a_reply_longer_than_a_message_arrives_as_several_with_the_buttons_last() -> None:
    async with FakeTelegram() as telegram:
        long = reply("a" * 3000, "b" * 3000, "c" * 1000, rows=((button("oui"),),))
        async with polling(telegram, ScriptedExchange(lambda incoming: long)):
            await telegram.delivered(await telegram.write(CHAT, "bonjour"))
        first, second = telegram.messages(CHAT)
        assert first.text == "a" * 3000
        assert second.text == "b" * 3000 + "\n\n" + "c" * 1000
        assert (first.buttons, second.buttons) == ([], [[("Oui", "oui")]])


async def test_no_log_record_holds_the_token_a_chat_or_a_word(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.NOTSET, "telegram")
    async with FakeTelegram(token="77:VERY-HIDDEN") as telegram:
        exchange = ScriptedExchange(failures=4)
        telegram.fail("sendMessage", status=500, times=7)
        telegram.fail("getUpdates", status=500, times=2)
        async with polling(telegram, exchange):
            await telegram.delivered(await telegram.write(424299, "Mme Martin"))
            await telegram.delivered(await telegram.write(424299, "Mme Martin"))
            await telegram.delivered(await telegram.press(424299, "oui", message_id=1))
    ours = [record for record in caplog.records if not record.name.startswith(("aiohttp.access", "tests"))]
    logged = "\n".join(logging.Formatter("%(name)s %(message)s").format(record) for record in ours)
    assert "bot.channels.telegram" in logged
    for hidden in ("VERY-HIDDEN", "424299", "Martin"):
        assert hidden not in logged


async def test_an_invitation_opens_this_bot_and_says_start_with_its_words() -> None:
    async with FakeTelegram() as telegram, polling(telegram, ScriptedExchange()) as channel:
        assert await channel.invitation("m-token") == Invitation("https://t.me/aiguillage_test_bot?start=m-token")
