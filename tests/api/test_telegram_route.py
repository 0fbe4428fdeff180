"""Telegram's own calls go before all that pages need; what else comes to their address goes the way of all else."""

from __future__ import annotations

from datetime import date

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from api.every_answer import headers_of_every_answer
from api.networks import FirstOfAll
from api.routes.telegram import webhook
from bot.channels.telegram import WEBHOOK_PATH, TelegramChannel
from bot.wording import wording

SECRET = "agreed-with-telegram"
HEADERS = headers_of_every_answer("https://a.fr")


@pytest.fixture
def client():
    """The door of a bot, before a server that answers everything with 418."""
    channel = TelegramChannel("1:TOKEN", None, wording, clock=lambda: date(2026, 11, 26), secret=SECRET)
    return TestClient(FirstOfAll(PlainTextResponse("all else", 418), [webhook(channel, HEADERS)]))


def test_what_telegram_brings_is_answered_before_all_else_with_every_header(client):
    answer = client.post(WEBHOOK_PATH, content=b"no update", headers={"X-Telegram-Bot-Api-Secret-Token": SECRET})
    assert answer.status_code == 400
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize("brought", [{}, {"X-Telegram-Bot-Api-Secret-Token": "guessed"}])
def test_what_does_not_bring_the_secret_goes_the_way_of_all_else(client, brought):
    assert client.post(WEBHOOK_PATH, content=b"{}", headers=brought).status_code == 418


def test_so_does_what_is_no_call_of_telegram_s(client):
    secret = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    assert client.get(WEBHOOK_PATH, headers=secret).status_code == 418
    assert client.post("/", headers=secret).status_code == 418
