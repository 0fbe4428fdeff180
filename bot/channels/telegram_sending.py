"""Showing things on a visitor's phone, with patience: flood control, lost connections, deleted messages."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from telegram import Bot
from telegram.error import BadRequest, NetworkError, TelegramError

from bot.channels.patience import Pauses, kind_and_place
from bot.channels.telegram_http import FloodError, Parameters
from bot.channels.telegram_view import Keyboard, Page, Screen

T = TypeVar("T")

STOP_SPINNER = "answerCallbackQuery"
NO_PREVIEW = {"is_disabled": True}


@dataclass(frozen=True, slots=True)
class Patience(Pauses):
    """How often something is tried and how long is waited in between, in seconds."""

    tries: int = 5
    longest_flood: float = 60.0

    async def insist(self, call: Callable[[], Awaitable[T]]) -> T:
        """Call until it works; what Telegram refuses for good, or the last failure, is raised."""
        for failures in range(1, self.tries):
            try:
                return await call()
            except FloodError as flood:
                if flood.seconds > self.longest_flood:
                    raise
                wait = flood.seconds
            except BadRequest:
                raise  # a NetworkError to python-telegram-bot, yet it never gets better
            except NetworkError:
                wait = self.pause(failures)
            await self.sleep(wait)
        return await call()


async def show(bot: Bot, patience: Patience, chat: int, screen: Screen, replaces: int | None = None) -> int | None:
    """Show every page, the first one in the place of the message ``replaces`` when it is still there.

    The id of the last message.
    """
    shown = replaces
    for number, page in enumerate(screen.pages, start=1):
        keyboard = screen.keyboard if number == len(screen.pages) else None
        edited = number == 1 and replaces is not None
        if not (edited and await edit(bot, patience, chat, replaces, page, keyboard)):
            shown = await _send(bot, patience, chat, page, keyboard)
    return shown


async def _send(bot: Bot, patience: Patience, chat: int, page: Page, keyboard: Keyboard | None) -> int:
    sent = await patience.insist(lambda: call(bot, "sendMessage", chat_id=chat, **_shown(page, keyboard)))
    return sent["message_id"]


async def edit(bot: Bot, patience: Patience, chat: int, message: int, page: Page, keyboard: Keyboard | None) -> bool:
    """Whether the message now shows the page. False when it cannot be edited any more."""
    where = {"chat_id": chat, "message_id": message}
    try:
        await patience.insist(lambda: call(bot, "editMessageText", **where, **_shown(page, keyboard)))
    except BadRequest as refusal:
        return "not modified" in refusal.message.lower()
    return True


def _shown(page: Page, keyboard: Keyboard | None) -> dict[str, object]:
    return {
        "text": page.text,
        "entities": page.entities or None,
        "reply_markup": keyboard and {"inline_keyboard": keyboard},
        "link_preview_options": NO_PREVIEW,
    }


async def call(bot: Bot, method: str, **parameters: object) -> Any:
    """The result of a method of the Bot API as plain JSON, without the library's classes on the way. Raises a
    TelegramError."""
    return await bot.request.post(f"{bot.base_url}/{method}", Parameters(parameters))


async def stop_spinner(bot: Bot, patience: Patience, callback: str) -> None:
    """Answer a callback query. BadRequest: it is too old, or was answered before."""
    await patience.insist(lambda: call(bot, STOP_SPINNER, callback_query_id=callback))


def spinner_stopped(callback: str) -> Mapping[str, str]:
    """``stop_spinner`` as the answer to a webhook call, which Telegram takes for a call of its method."""
    return {"method": STOP_SPINNER, "callback_query_id": callback}


def why(error: BaseException) -> str:
    """The kind of an error and where it comes from; its text only where it cannot hold a person's words."""
    if isinstance(error, TelegramError):
        return f"{type(error).__name__}: {re.split('[:.]', error.message)[0]}"
    return kind_and_place(error)
