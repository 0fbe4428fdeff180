"""One update from its arrival to the reply on the phone: take (durable), show, note that it was shown."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError

from bot.channels import Aloud, Exchange
from bot.channels.household_chats import HouseholdChats, Took
from bot.channels.telegram_household import deed_of
from bot.channels.telegram_household_view import household_screen
from bot.channels.telegram_http import FloodError
from bot.channels.telegram_sending import Patience, show, stop_spinner, why
from bot.channels.telegram_sound import fetch, forbids_voices, meanwhile, play, voice_of
from bot.channels.telegram_updates import Arrival
from bot.channels.telegram_view import ButtonDataError, Screen, screen
from bot.channels.voice_notes import FetchError
from bot.messages import Incoming, Reply, Section, Text
from bot.speech.sounded import Sounded
from bot.speech.voice import SpeechError
from bot.wording import MissingMessage, Wording, nearest_language

log = logging.getLogger(__name__)

FAILED = "telegram.failed"
SHOW_TRIES = 3
LATER = 60.0  # seconds until a reply is tried again that nobody brings again
T = TypeVar("T")
Taking = Callable[[], Awaitable[Reply | None]]


class Answering:
    """``answer`` never raises: what goes wrong is logged under the update's number, and said where it can."""

    def __init__(
        self,
        bot: Bot,
        exchange: Exchange,
        wording: Callable[[str], Wording],
        patience: Patience,
        households: HouseholdChats | None = None,
        aloud: Aloud | None = None,
    ) -> None:
        self._bot, self._exchange, self._wording, self._patience = bot, exchange, wording, patience
        self._households, self._aloud = households, aloud
        self._noticed: deque[int] = deque(maxlen=1024)
        self._stopped: deque[str] = deque(maxlen=1024)

    async def answer(self, arrival: Arrival, tries: int) -> bool:
        """Whether the update was taken in.

        ``tries``: more than one where nobody will bring the update again; the last failure is then told.
        """
        try:
            if self._households is not None and arrival.chat is not None:
                taken = await self._household(arrival, self._households, tries)
                if taken is not None:
                    return taken
            if arrival.notice is not None:
                await self._notice(arrival)
            elif arrival.incoming is not None:
                take = await self._way_in(arrival, arrival.incoming)
                return await self._converse(arrival, arrival.incoming, take, tries)
        except Exception as error:
            log.error("telegram update %s: dropped: %s", arrival.event, why(error))
        return True

    async def stop_and_answer(self, arrival: Arrival, tries: int) -> bool:
        """``answer``, with a button's spinner stopped meanwhile, whatever happens."""
        _, taken = await asyncio.gather(self.stop_spinner(arrival), self.answer(arrival, tries))
        return taken

    def spins(self, arrival: Arrival) -> bool:
        """Whether a button was pressed whose spinner still turns: an update that comes again has its stopped."""
        return arrival.callback is not None and arrival.callback not in self._stopped

    async def stop_spinner(self, arrival: Arrival) -> None:
        """Stop the spinner of the button that was pressed, if one was."""
        if arrival.callback is None:
            return
        self._stopped.append(arrival.callback)
        try:
            await stop_spinner(self._bot, self._patience, arrival.callback)
        except BadRequest:
            log.debug("telegram update %s: the button's query is out of date", arrival.event)
        except TelegramError as error:
            log.warning("telegram update %s: button query not answered: %s", arrival.event, why(error))

    async def _household(self, arrival: Arrival, households: HouseholdChats, tries: int) -> bool | None:
        """Whether a household's update was taken in; None when it is none of a household's."""
        try:
            deed = deed_of(arrival, self._fetch)
            took = await self._insist(arrival.event, lambda: households.take(deed), tries)
        except Exception as error:
            log.error("telegram update %s: not taken in: %s", arrival.event, why(error))
            if tries > 1:
                await self._say(arrival, Text(FAILED))
            return False
        if took is None:
            return None
        if took.notice is not None:
            await self._say(arrival, took.notice)
        if took.shown is not None:
            await self._show_now(arrival, household_screen(took.shown, ""))
        if took.sound is not None:
            await self._play_to_household(arrival, took, took.sound)
        return True

    async def _play_to_household(self, arrival: Arrival, took: Took, sound: Sounded) -> None:
        try:
            await play(self._bot, self._patience, arrival.chat, sound, took.caption)
        except TelegramError as error:
            log.error("telegram update %s: not played: %s", arrival.event, why(error))
            if took.unheard is not None:
                await self._show_now(arrival, household_screen(took.unheard, ""))

    async def _fetch(self, file: str) -> bytes:
        return await fetch(self._bot, self._patience, file)

    async def _notice(self, arrival: Arrival) -> None:
        """What the channel says by itself. No journal knows of it: a repetition is told apart here."""
        if arrival.event not in self._noticed:
            self._noticed.append(arrival.event)
            await self._say(arrival, Text(arrival.notice))

    async def _way_in(self, arrival: Arrival, incoming: Incoming) -> Taking:
        """How an event is taken in: as it is, as what was said, or as why that is not heard."""
        if arrival.voice is None:
            return partial(self._exchange.take, incoming)
        try:
            async with meanwhile(self._bot, arrival.chat, ChatAction.TYPING):
                sound = await voice_of(self._bot, self._patience, arrival.voice)
        except FetchError as error:
            log.info("telegram update %s: a voice note that is not heard: %s", arrival.event, error.code)
            return partial(self._exchange.not_heard, incoming, error.code)
        return partial(self._exchange.listen, incoming, sound)

    async def _converse(self, arrival: Arrival, incoming: Incoming, take: Taking, tries: int) -> bool:
        try:
            reply = await self._insist(arrival.event, take, tries)
        except Exception as error:
            log.error("telegram update %s: not taken in: %s", arrival.event, why(error))
            if tries > 1:
                await self._say(arrival, Text(FAILED))
            return False
        if reply is None:
            return True
        try:
            shown = await self._until_shown(arrival, reply, tries)
        except FloodError as flood:
            return await self._later(arrival, incoming, flood.seconds)
        if shown is None and tries > 1:
            return await self._later(arrival, incoming, LATER)
        if shown:
            try:
                await self._exchange.shown(incoming)
            except Exception as error:
                log.error("telegram update %s: shown, but that was not noted: %s", arrival.event, why(error))
        return shown is not None

    async def _later(self, arrival: Arrival, incoming: Incoming, wait: float) -> bool:
        """Whether the reply will be shown without the update's being brought again."""
        try:
            kept = await self._exchange.later(incoming, wait)
        except Exception as error:
            log.error("telegram update %s: its reply is not kept for later: %s", arrival.event, why(error))
            return False
        said = "is shown later" if kept else "is shown once the update comes again"
        log.warning("telegram update %s: its reply %s, not before %.0f s", arrival.event, said, wait)
        return kept

    async def _until_shown(self, arrival: Arrival, reply: Reply, tries: int) -> bool | None:
        """``_reply``, again where nobody will bring the update again."""
        for _ in range(min(tries, SHOW_TRIES)):
            shown = await self._reply(arrival, reply)
            if shown is not None:
                return shown
        return None

    async def _insist(self, event: int, take: Callable[[], Awaitable[T]], tries: int) -> T:
        for failures in range(1, tries):
            try:
                return await take()
            except Exception as error:
                log.warning("telegram update %s: try %s: %s", event, failures, why(error))
                await self._patience.sleep(self._patience.pause(failures))
        return await take()

    async def _reply(self, arrival: Arrival, reply: Reply) -> bool | None:
        """Whether the reply has arrived; None: not yet, for a reason that passes.

        Where it is to be heard and cannot be, whether that was said.
        """
        if reply.written:
            written = await self._write(arrival, reply)
            if not written or not reply.aloud:
                return written
        heard = await self._read(arrival, reply)
        return True if reply.written else heard

    async def _write(self, arrival: Arrival, reply: Reply) -> bool | None:
        try:
            shown = screen(reply, self._wording(reply.language))
        except Exception as error:
            reason = error if isinstance(error, ButtonDataError | MissingMessage) else why(error)
            log.error("telegram update %s: the reply cannot be shown: %s", arrival.event, reason)
            await self._say(arrival, Text(FAILED))
            return False
        return await self._show(arrival, shown, arrival.pressed if reply.edits else None)

    async def _read(self, arrival: Arrival, reply: Reply) -> bool | None:
        """Whether the reply was played, or why it was not is said."""
        try:
            async with meanwhile(self._bot, arrival.chat, ChatAction.RECORD_VOICE):
                sound = await self._aloud.read(reply) if self._aloud else None
                if sound is not None:
                    await play(self._bot, self._patience, arrival.chat, sound)
                    return True
            unheard = "speech.no_voice"
        except Forbidden:
            log.info("telegram update %s: this chat has blocked the bot", arrival.event)
            return False
        except (SpeechError, TelegramError) as error:
            forbidden = isinstance(error, TelegramError) and forbids_voices(error)
            log.log(
                logging.INFO if forbidden else logging.ERROR,
                "telegram update %s: not played: %s",
                arrival.event,
                why(error),
            )
            unheard = "telegram.voice_forbidden" if forbidden else "speech.not_spoken"
        return await self._say(arrival, Text(unheard), reply.language)

    async def _say(self, arrival: Arrival, said: Text, language: str | None = None) -> bool | None:
        language = language or nearest_language(arrival.language)
        notice = Reply((Section("notice", (said,)),), language=language)
        return await self._show_now(arrival, screen(notice, self._wording(language)))

    async def _show_now(self, arrival: Arrival, shown: Screen) -> bool | None:
        """``_show`` of what is not kept for later."""
        try:
            return await self._show(arrival, shown)
        except FloodError as flood:
            log.error("telegram update %s: not shown: %s", arrival.event, why(flood))
            return False

    async def _show(self, arrival: Arrival, shown: Screen, replaces: int | None = None) -> bool | None:
        """Whether it arrived; None: not yet, for a reason that passes. Raises FloodError."""
        try:
            await show(self._bot, self._patience, arrival.chat, shown, replaces)
            return True
        except Forbidden:
            log.info("telegram update %s: this chat has blocked the bot", arrival.event)
        except FloodError:
            raise
        except TelegramError as error:
            log.error("telegram update %s: reply not shown: %s", arrival.event, why(error))
            passes = isinstance(error, NetworkError) and not isinstance(error, BadRequest)
            return None if passes else False
        return False
