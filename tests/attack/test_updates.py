"""Anything that could come as an update of Telegram or as a household's words: read, or the one documented error."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.exchange import keyed_hash
from api.parts import open_parts
from api.settings import load_settings
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_updates import Arrival, ShapeError, read
from bot.followup.catalog import household_languages
from bot.followup.relay import GIVEN, STOPPED, Sender, Standing, UnknownButtonError, take
from bot.followup.relay import Arrival as Done
from bot.messages import Incoming
from bot.wording import wording
from tests.fakes.telegram import FakeTelegram

TODAY = date(2026, 11, 26)
SEARCH = settings(max_examples=400, deadline=None, derandomize=True)
SECRET = "right-secret_1"
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["\ud800", "\x00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
PERSON = {"id": 1001, "is_bot": False, "first_name": "B", "language_code": "fr"}
CHAT = {"id": 1001, "type": "private", "first_name": "B"}
WRITTEN = {
    "update_id": 7,
    "message": {"message_id": 5, "date": 1_790_000_000, "chat": CHAT, "from": PERSON, "text": "Bonjour"},
}
PRESSED = {
    "update_id": 8,
    "callback_query": {
        "id": "77", "from": PERSON, "chat_instance": "x", "data": "a:1:oui",
        "message": {"message_id": 5, "date": 1_790_000_000, "chat": CHAT, "text": "Bonjour"},
    },
}  # fmt: skip


def places(value, path=()):
    """The way to each value of an update."""
    if path:
        yield path
    for key, one in value.items() if isinstance(value, dict) else ():
        yield from places(one, (*path, key))


def with_value(update, path, value):
    """The update with one value another."""
    new = json.loads(json.dumps(update))
    place = new
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return new


def reads(payload):
    """The Arrival, whose words can be kept and sent on, or None where the payload was refused."""
    try:
        arrival = read(payload, lambda: TODAY)
    except ShapeError as error:
        assert "Bonjour" not in str(error)
        return None
    assert isinstance(arrival, Arrival)
    said = arrival.incoming
    for words in (arrival.typed, arrival.language, *((said.text, said.button, said.argument) if said else ())):
        assert words is None or (words.encode() is not None and "\x00" not in words)
    return arrival


def test_the_two_good_updates_are_read():
    assert reads(WRITTEN).incoming.text == "Bonjour"
    assert reads(PRESSED).incoming.button == "a:1:oui"


@SEARCH
@given(anything)
def test_anything_at_all_is_refused_or_read(payload):
    reads(payload)


@SEARCH
@given(st.sampled_from([WRITTEN, PRESSED]), st.integers(0, 100), anything)
def test_an_update_with_any_one_value_changed_is_refused_or_read(update, pick, value):
    found = list(places(update))
    reads(with_value(update, found[pick % len(found)], value))


def test_a_number_that_no_column_keeps_is_no_number_of_an_update():
    for number in (2**63, -(2**63) - 1, 10**400):
        assert reads({**WRITTEN, "update_id": number}) is None
        assert reads(with_value(WRITTEN, ("message", "chat", "id"), number)) is None


def test_a_nul_is_no_word(store):
    assert reads(with_value(WRITTEN, ("message", "text"), "/start i_\x00")) is None
    assert reads(with_value(PRESSED, ("callback_query", "data"), "a:1:\x00")) is None


SENDER = Sender("Amina", "Département de l'Aude", "3949", "dpo@exemple.test")


@SEARCH
@given(
    st.text(max_size=300) | st.sampled_from(["STOP", "stop!!!", "oui", "\x00", "ا" * 500, "STOP " * 400]),
    st.sampled_from(sorted(household_languages())),
    st.sampled_from([GIVEN, STOPPED]),
    st.none() | st.text(max_size=20),
)
def test_whatever_a_household_writes_or_forges_has_an_outcome_or_is_an_unknown_button(text, language, consent, button):
    standing = Standing(language, consent, SENDER)
    done = Done(button=button) if button is not None else Done(text=text)
    try:
        outcome = take(done, standing)
    except UnknownButtonError:
        assert button is not None
        return
    assert outcome.says or outcome.consent or outcome.urgent or outcome.again or consent == STOPPED


@pytest.fixture
async def hook(tmp_path):
    """A channel that takes updates by webhook under the right secret, and the log that they end in."""
    settings = load_settings({"AIGUILLAGE_DATA_DIR": str(tmp_path)})
    parts = open_parts(settings)
    async with FakeTelegram() as telegram:
        channel = TelegramChannel(
            "1:TEST", parts.exchange, wording, clock=lambda: TODAY, api=telegram.url, secret=SECRET
        )
        await channel.start()
        try:
            yield channel, telegram, parts
        finally:
            await channel.stop()
            parts.store.close()


WRONG = [
    None,
    "",
    "wrong",
    SECRET[:-1],
    SECRET + "x",
    SECRET.upper(),
    " " + SECRET,
    SECRET + "\x00",
    "é" * 14,
    "x" * 100_000,
]


@pytest.mark.parametrize("given_secret", WRONG, ids=lambda one: repr(one)[:20])
async def test_a_secret_that_is_missing_or_anything_but_right_is_refused_before_the_body_is_read(hook, given_secret):
    channel, telegram, _ = hook
    for body in (json.dumps(WRITTEN).encode(), b"not json", b"[" * 100_000):
        assert (await channel.receive(body, given_secret)).status == 401
    assert telegram.messages(1001) == []


async def test_a_webhook_call_that_is_played_again_is_answered_and_kept_once(hook):
    channel, telegram, parts = hook
    body = json.dumps(WRITTEN).encode()
    assert [(await channel.receive(body, SECRET)).status for _ in range(5)] == [200] * 5
    assert len(telegram.messages(1001)) == 1
    again = parts.exchange.take_now(Incoming("telegram", "7", "1001", TODAY, text="Bonjour"))
    assert again is None


async def test_a_number_that_is_played_again_with_other_words_changes_nothing(hook):
    """Whoever learns the number of an update cannot have it answered as something else."""
    channel, _, parts = hook
    assert (await channel.receive(json.dumps(PRESSED | {"update_id": 7}).encode(), SECRET)).status == 200
    key = keyed_hash(parts.settings.secret_key)("telegram:1001")
    with parts.store.transaction() as journal:
        before = journal.dialogue(key)
    other = with_value(WRITTEN, ("message", "text"), "/recommencer")
    assert (await channel.receive(json.dumps(other).encode(), SECRET)).status == 200
    with parts.store.transaction() as journal:
        assert journal.dialogue(key) == replace(before)
