"""How requests arrive and refusals leave: over plain HTTP, without a library between."""

import io
import json

import aiohttp
import pytest

from tests.fakes.schema import Violation
from tests.fakes.telegram import FakeTelegram

KEYBOARD = {"inline_keyboard": [[{"text": "Oui", "callback_data": "y"}]]}
SEND = {"chat_id": "1001", "text": "Bonjour", "reply_markup": json.dumps(KEYBOARD)}


def method(telegram: FakeTelegram, name: str) -> str:
    return f"{telegram.url}/bot{telegram.token}/{name}"


def multipart(fields: dict[str, str]) -> aiohttp.FormData:
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in fields.items():
        form.add_field(name, value)
    return form


@pytest.mark.parametrize(
    "carried",
    [
        {"data": SEND},
        {"data": multipart(SEND)},
        {"params": SEND},
        {"json": SEND},
        {"json": SEND | {"chat_id": 1001, "reply_markup": KEYBOARD}},
    ],
    ids=["form", "multipart", "query", "JSON of texts", "JSON"],
)
async def test_parameters_arrive_in_every_way_telegram_takes_them(telegram, http, carried):
    async with http.post(method(telegram, "sendMessage"), **carried) as response:
        answer = await response.json()
    assert answer["ok"] is True
    assert telegram.calls == [
        ("sendMessage", {"chat_id": 1001, "text": "Bonjour", "reply_markup": KEYBOARD}),
    ]
    assert telegram.last(1001).buttons == [[("Oui", "y")]]


async def test_a_get_request_is_as_good_as_a_post(telegram, http):
    async with http.get(method(telegram, "getme")) as response:
        assert (await response.json())["result"]["is_bot"] is True


async def test_an_unknown_method_is_not_found(telegram, http):
    async with http.post(method(telegram, "sendMassage")) as response:
        assert response.status == 404
        assert await response.json() == {"ok": False, "error_code": 404, "description": "Not Found"}


@pytest.mark.parametrize("path", ["bot2:OTHER/getMe", "file/bot2:OTHER/voice/file_0.oga"])
async def test_a_wrong_token_is_unauthorized(telegram, http, path):
    async with http.get(f"{telegram.url}/{path}") as response:
        assert response.status == 401
        assert (await response.json())["description"] == "Unauthorized"


@pytest.mark.parametrize(
    ("name", "carried", "words"),
    [
        ("sendMessage", {"data": {"chat_id": "1001"}}, "sendMessage › text: missing"),
        (
            "sendMessage",
            {"data": "{", "headers": {"Content-Type": "application/json"}},
            "the body is not JSON",
        ),
        ("sendMessage", {"json": [1]}, "the body is not a JSON object but list"),
        ("sendVoice", {"data": {"chat_id": "1001", "voice": "attach://v"}}, "voice: no file 'v' attached"),
        ("getChat", {"data": {"chat_id": "1001"}}, "getChat: this fake does not play it"),
        ("sendMessage", {"data": SEND | {"parse_mode": "HTML"}}, "parse_mode: this fake plays plain text"),
    ],
)
async def test_a_violation_is_answered_400_with_its_words_and_kept(lax, http, name, carried, words):
    async with http.post(method(lax, name), **carried) as response:
        assert response.status == 400
        assert words in (await response.json())["description"]
    assert len(lax.violations) == 1
    assert words in lax.violations[0]
    assert lax.messages(1001) == []


async def test_leaving_with_violations_fails_the_test(http):
    with pytest.raises(AssertionError, match="sendMessage › text: missing"):
        async with (
            FakeTelegram() as telegram,
            http.post(method(telegram, "sendMessage"), data={"chat_id": 1}),
        ):
            pass


async def test_a_test_that_fails_already_keeps_its_own_error(http):
    with pytest.raises(KeyError, match="its own"):
        async with FakeTelegram() as telegram, http.post(method(telegram, "sendMessage")):
            raise KeyError("its own")


async def test_an_ordinary_refusal_is_no_violation(telegram, http):
    async with http.post(method(telegram, "sendMessage"), data=SEND | {"text": " "}) as response:
        assert response.status == 400
    assert telegram.violations == []


@pytest.mark.parametrize(
    ("name", "params", "words"),
    [
        ("sendMessage", {"text": "?", "reply_markup": {"inline_keyboard": [[{"text": "Oui"}]]}}, "Text buttons"),
        (
            "sendMessage",
            {"text": "?", "reply_markup": {"inline_keyboard": [[{"text": "", "callback_data": "y"}]]}},
            "button text must be non-empty",
        ),
        ("editMessageText", {"text": "?"}, "message identifier is not specified"),
    ],
)
async def test_what_no_library_would_send_is_refused_too(telegram, http, name, params, words):
    async with http.post(method(telegram, name), json={"chat_id": 1001} | params) as response:
        assert response.status == 400
        assert words in (await response.json())["description"]


async def test_a_mistake_of_the_fake_itself_is_a_violation(lax, http, monkeypatch):
    monkeypatch.delattr(type(lax._server.account), "bot")
    async with http.post(method(lax, "getMe")) as response:
        assert response.status == 500
    assert "this fake failed: AttributeError" in lax.violations[0]


async def test_an_update_against_the_api_is_never_made(telegram):
    with pytest.raises(Violation, match="Update › message › message_id: missing"):
        telegram._account.deliver("message", {})


async def test_an_answer_against_the_api_is_a_violation_too(lax, http, monkeypatch):
    monkeypatch.setitem(lax._server.account.profile, ("menu_button", None), {"type": 3})
    async with http.post(method(lax, "getChatMenuButton")) as response:
        assert response.status == 400
    assert "getChatMenuButton (answer)" in lax.violations[0]


async def test_a_body_beyond_fifty_megabytes_is_too_large(telegram, http):
    form = aiohttp.FormData()
    form.add_field("document", io.BytesIO(b"x" * (51 * 1024 * 1024)), filename="big.pdf")
    async with http.post(method(telegram, "sendDocument"), params={"chat_id": 1001}, data=form) as response:
        assert response.status == 413
        assert (await response.json())["description"] == "Request Entity Too Large"
