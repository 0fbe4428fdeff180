"""Messages to households by Telegram, and what visitors are told there."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from aiolimiter import AsyncLimiter
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, TelegramError

from bot.channels.household_chats import Deed, Note
from bot.channels.telegram_household_view import household_screen
from bot.channels.telegram_http import FloodError
from bot.channels.telegram_sending import Patience, edit, show, why
from bot.channels.telegram_sound import play
from bot.channels.telegram_updates import Arrival
from bot.channels.telegram_view import Line, Screen, cut, paged, screen
from bot.commands import START
from bot.followup.content import Shown
from bot.followup.outgoing import UndeliveredError
from bot.messages import Reply
from bot.speech.sounded import OGG, Sounded
from bot.wording import wording

log = logging.getLogger(__name__)
T = TypeVar("T")

ONCE = Patience(tries=1)  # the jobs try again, and remember it
OVERALL, PER_CHAT = 30, 1  # messages a second, as Telegram asks
CHATS_REMEMBERED = 1000


class Pace:
    """At most 30 messages a second, and one to each chat. ``on``: False lets everything go at once."""

    def __init__(self, *, on: bool = True) -> None:
        self._all = AsyncLimiter(OVERALL, 1) if on else None
        self._chats: OrderedDict[str, AsyncLimiter] = OrderedDict()

    @asynccontextmanager
    async def turn(self, chat: str) -> AsyncIterator[None]:
        if self._all is None:
            yield
            return
        async with self._of(chat), self._all:
            yield

    def _of(self, chat: str) -> AsyncLimiter:
        limiter = self._chats.pop(chat, None) or AsyncLimiter(PER_CHAT, 1)
        self._chats[chat] = limiter
        if len(self._chats) > CHATS_REMEMBERED:
            self._chats.popitem(last=False)
        return limiter


class TelegramHouseholds:
    """``bot.followup.outgoing.OutgoingChannel`` over a bot. An address is a chat's number."""

    name = "telegram"

    def __init__(self, bot: Bot, pace: Pace | None = None, patience: Patience | None = None) -> None:
        self._bot, self._pace, self._patience = bot, pace or Pace(), patience or Patience(tries=3)

    async def send(self, address: str, shown: Shown, message: str) -> str:
        screen = household_screen(shown, message)
        if shown.sound is not None:
            await self._play(address, *shown.sound)
        return await self._show(address, screen)

    async def answered(self, address: str, sent: str, shown: Shown, message: str, button: str) -> None:
        screen = household_screen(shown, message, pressed=button)
        await _delivered(lambda: edit(self._bot, ONCE, int(address), int(sent), screen.pages[-1], screen.keyboard))

    async def tell(self, address: str, lines: tuple[tuple[str, str | None], ...], sound: bytes | None = None) -> None:
        """Tell who follows a case: lines in a style or plain, an empty line between, then what was said, as sound.

        Raises UndeliveredError.
        """
        sections = [tuple(Line(part, style) for part in cut(line)) for line, style in lines]
        await self._show(address, Screen(tuple(paged(filter(None, sections)))))
        if sound is not None:
            await self._play(address, OGG, sound)

    async def tell_asker(self, address: str, reply: Reply) -> None:
        """Tell a visitor in their own chat what coordination said. Raises UndeliveredError."""
        await self._show(address, screen(reply, wording(reply.language)))

    async def tell_heard(self, address: str, reply: Reply, sound: Sounded | None) -> None:
        """Tell a visitor what was understood of a voice note, in words and, where there is one, in speech.

        Raises UndeliveredError where the words do not arrive: once they have, they are not told again for the speech.
        """
        await self.tell_asker(address, reply)
        if sound is None:
            return
        try:
            async with self._pace.turn(address):
                await play(self._bot, self._patience, int(address), sound)
        except TelegramError as error:
            log.info("telegram: what was understood was told, not played: %s", why(error))

    async def _play(self, address: str, media: str, sound: bytes) -> None:
        """A voice note where Telegram takes it as one, else a sound to play."""
        async with self._pace.turn(address):
            await _delivered(lambda: play(self._bot, ONCE, int(address), (media, sound)))

    async def _show(self, address: str, screen: Screen) -> str:
        async with self._pace.turn(address):
            return str(await _delivered(lambda: show(self._bot, ONCE, int(address), screen)))


def deed_of(arrival: Arrival, fetch: Callable[[str], Awaitable[bytes]]) -> Deed:
    """What an arrival comes to where the chat is a household's. ``fetch`` gets the bytes of a file by its id."""
    incoming, voice = arrival.incoming, arrival.voice
    return Deed(
        str(arrival.event),
        str(arrival.chat),
        start=incoming.argument if incoming is not None and incoming.command == START else None,
        button=incoming.button if incoming is not None else None,
        typed=None if arrival.typed is None else _meant(arrival.typed),
        note=None if voice is None else Note(voice.seconds, voice.size, lambda: fetch(voice.file)),
        about=arrival.about,
    )


def _meant(typed: str) -> str | None:
    """What a household means by what it typed; None for a command that is a visitor's."""
    if not typed.startswith("/"):
        return typed
    return "STOP" if typed.lower().split("@")[0] == "/stop" else None


async def deep_link(bot: Bot, start: str) -> str:
    """The address that opens a chat with the bot and says /start with these words. Raises a TelegramError."""
    return f"https://t.me/{(await bot.get_me()).username}?start={start}"


async def _delivered(call: Callable[[], Awaitable[T]]) -> T:
    """What the call gives. Raises UndeliveredError for what Telegram or the way to it refuses."""
    try:
        return await call()
    except FloodError as flood:
        raise UndeliveredError("busy", retry_after=flood.seconds) from None
    except Forbidden:
        raise UndeliveredError("blocked", final=True) from None
    except ChatMigrated:
        raise UndeliveredError("gone", final=True) from None
    except BadRequest as refusal:
        code = "gone" if "not found" in refusal.message.lower() else "refused"
        raise UndeliveredError(code, final=True) from None
    except InvalidToken:
        raise UndeliveredError("unreachable") from None
    except (NetworkError, TelegramError):
        raise UndeliveredError("unreachable") from None
