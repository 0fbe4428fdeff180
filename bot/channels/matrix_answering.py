"""One event from its arrival to the reply in the room: take (durable), show, note that it was shown."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from typing import TypeVar

from bot.channels import Aloud, Exchange
from bot.channels.household_chats import Deed, HouseholdChats
from bot.channels.matrix_client import Homeserver, RefusedError, TokenError, why
from bot.channels.matrix_events import MARKS, UNREADABLE, Arrival, Reaction, Recording
from bot.channels.matrix_household import HouseholdRooms
from bot.channels.matrix_rooms import FIRST_TIME, VISITOR, MatrixMemory, Offered, last_seen, number_typed
from bot.channels.matrix_sending import Sending, named
from bot.channels.matrix_sound import voice_of
from bot.channels.matrix_view import plain, screen
from bot.channels.voice_notes import FetchError
from bot.commands import said
from bot.messages import Incoming, Reply, Text
from bot.presses import press_data
from bot.speech.voice import SpeechError
from bot.wording import SOURCE_LANGUAGE, Wording

log = logging.getLogger(__name__)

CHANNEL = "matrix"
TAKE_TRIES = 8  # half a minute to a minute: a database that restarts
FAILED, OTHER_MEMBER, CROWDED = "matrix.failed", "matrix.other_member", "matrix.crowded"
NO_SUCH_NUMBER = "matrix.no_such_number"
OUT_OF_DATE = press_data("answer", 999_999_999)  # a turn that no question has
Taking = Callable[[], Awaitable[Reply | None]]
T = TypeVar("T")


class Answering:
    """``answer`` raises TokenError alone: what else goes wrong is logged, and said where it can."""

    def __init__(
        self,
        homeserver: Homeserver,
        exchange: Exchange,
        wording: Callable[[str], Wording],
        memory: MatrixMemory,
        clock: Callable[[], date],
        aloud: Aloud | None = None,
        households: HouseholdChats | None = None,
    ) -> None:
        self._homeserver, self._exchange, self._wording = homeserver, exchange, wording
        self._memory, self._clock, self._aloud = memory, clock, aloud
        self._sending = Sending(homeserver)
        self._households = HouseholdRooms(homeserver, self._sending, households) if households else None

    async def answer(self, arrival: Arrival) -> None:
        """Take an event in and show what it leads to. The same event again shows nothing twice."""
        name = named(arrival.event)
        try:
            if await self._heeded(arrival, name):
                await self._meet(arrival, name)
        except TokenError:
            raise
        except Exception as error:
            log.error("matrix event %s: dropped: %s", name, why(error))

    async def idle(self) -> None:
        """End what nothing waits for."""
        await self._sending.idle()

    async def say(self, room: str, said: Text, name: str, language: str = SOURCE_LANGUAGE) -> None:
        """What the channel says by itself; by the same name once."""
        await self._sending.say(room, plain(self._wording(language).say(said)), named(name, said.message))

    async def leave(self, room: str) -> None:
        """Speak to nobody there any more."""
        try:
            await self._homeserver.insist(lambda: self._homeserver.client.room_leave(room))
        except RefusedError:
            log.info("matrix: a room was left before")
        await self._memory.leave(room)

    async def _heeded(self, arrival: Arrival, name: str) -> bool:
        """Whether whoever did this is the visitor of the room, and the room is one's alone."""
        if not await self._memory.bound(arrival.room) and self.crowded(arrival.room):
            await self.say(arrival.room, Text(CROWDED), name)
            await self.leave(arrival.room)
            return False
        speaks = arrival.typed is not None or arrival.voice is not None
        who = await self._memory.speaker(arrival.room, arrival.sender, binds=speaks)
        if who == FIRST_TIME:
            await self.say(arrival.room, Text(OTHER_MEMBER), name)
        unread = arrival.notice is not None and not await self._memory.bound(arrival.room)
        return who == VISITOR or unread

    def crowded(self, room: str) -> bool:
        """Whether more than the bot and one person are in a room, or called into it."""
        known = self._homeserver.client.rooms.get(room)
        return known is not None and len(known.users) > 2

    async def _meet(self, arrival: Arrival, name: str) -> None:
        offered = await self._memory.offered(arrival.room)
        if self._households is not None and arrival.notice != UNREADABLE:
            deed = await self._households.deed(arrival, name, offered)
            if await self._household(arrival, name, self._households, deed):
                return
        if arrival.notice is not None:
            await self.say(arrival.room, Text(arrival.notice), name)
            return
        if arrival.voice is not None:
            spoken = Incoming(CHANNEL, name, arrival.sender, self._clock())
            await self._converse(arrival, spoken, await self._spoken(arrival.voice, spoken))
            return
        meant = await self._meaning(arrival, offered)
        if isinstance(meant, Text):
            await self.say(arrival.room, meant, name)
        elif meant is not None:
            incoming = Incoming(CHANNEL, name, arrival.sender, self._clock(), **meant)
            await self._converse(arrival, incoming, partial(self._exchange.take, incoming))

    async def _household(self, arrival: Arrival, name: str, rooms: HouseholdRooms, deed: Deed) -> bool:
        """Whether what was done is a household's, or about one: then it is taken in, and answered."""
        try:
            took = await self._insist(name, lambda: rooms.chats.take(deed))
        except Exception as error:
            log.error("matrix event %s: not taken in: %s", name, why(error))
            await self.say(arrival.room, Text(FAILED), name)
            return True
        if took is None:
            return False
        try:
            if took.notice is not None:
                await self.say(arrival.room, took.notice, name)
            await rooms.show(arrival, name, took)
        except RefusedError as refused:
            log.info("matrix event %s: the room takes no reply: %s", name, refused)
        return True

    async def _spoken(self, recording: Recording, incoming: Incoming) -> Taking:
        """How a voice note is taken in: as what was said, or as why that is not heard."""
        try:
            sound = await voice_of(self._homeserver, recording)
        except FetchError as error:
            log.info("matrix event %s: a voice note that is not heard: %s", incoming.event, error.code)
            return partial(self._exchange.not_heard, incoming, error.code)
        return partial(self._exchange.listen, incoming, sound)

    async def _meaning(self, arrival: Arrival, offered: tuple[Offered, ...]) -> dict[str, str | None] | Text | None:
        """The fields of Incoming that this fills, what to say instead, or None where it is none of ours."""
        if arrival.reaction is not None:
            return await self._pressed(arrival.room, arrival.reaction, offered)
        typed = arrival.typed or ""
        number, under = number_typed(typed), last_seen(offered, arrival.before)
        if number and offered:
            return _numbered(under, number) if under else {"button": OUT_OF_DATE}
        data = under.said(typed) if under else None
        return {"button": data} if data else said(typed, MARKS)

    async def _pressed(
        self, room: str, reaction: Reaction, offered: tuple[Offered, ...]
    ) -> dict[str, str | None] | Text | None:
        under = next((one for one in offered if one.message == reaction.message), None)
        if under is not None:
            return _numbered(under, reaction.number)
        try:
            found = await self._homeserver.insist(
                lambda: self._homeserver.client.room_get_event(room, reaction.message)
            )
        except RefusedError:
            return None
        return {"button": OUT_OF_DATE} if found.event.sender == self._homeserver.user else None

    async def _converse(self, arrival: Arrival, incoming: Incoming, take: Taking) -> None:
        try:
            reply = await self._insist(incoming.event, take)
        except Exception as error:
            log.error("matrix event %s: not taken in: %s", incoming.event, why(error))
            await self.say(arrival.room, Text(FAILED), incoming.event)
            return
        if reply is None:
            return
        try:
            if reply.written:
                await self._show(arrival, incoming, reply)
            if reply.aloud or not reply.written:
                await self._read(arrival.room, incoming.event, reply)
        except RefusedError as refused:
            log.info("matrix event %s: the room takes no reply: %s", incoming.event, refused)
            return
        await self._exchange.shown(incoming)

    async def _show(self, arrival: Arrival, incoming: Incoming, reply: Reply) -> None:
        """Where a reaction was pressed the same message goes on, as long as it can be pressed anew."""
        shown = screen(reply, self._wording(reply.language))
        pressed = arrival.reaction.message if arrival.reaction and reply.edits else None
        if pressed is not None and (
            self._homeserver.sparing or not await self._sending.release(arrival.room, arrival.event)
        ):
            pressed = None
        message = await self._sending.show(arrival.room, shown.pages, incoming.event, pressed)
        await self._memory.offer(arrival.room, message, shown.choices)
        self._sending.put(arrival.room, message, shown.choices)

    async def _read(self, room: str, name: str, reply: Reply) -> None:
        """Play the reply, or say why it is not played. Raises RefusedError where the room takes neither."""
        try:
            sound = await self._aloud.read(reply) if self._aloud else None
            if sound is not None:
                await self._sending.play(room, sound, name)
                return
            unheard = "speech.no_voice"
        except SpeechError as error:
            log.error("matrix event %s: not played: %s", name, why(error))
            unheard = "speech.not_spoken"
        await self.say(room, Text(unheard), name, reply.language)

    async def _insist(self, name: str, take: Callable[[], Awaitable[T]]) -> T:
        for failures in range(1, TAKE_TRIES):
            try:
                return await take()
            except Exception as error:
                log.warning("matrix event %s: try %s: %s", name, failures, why(error))
                await self._homeserver.pauses.sleep(self._homeserver.pauses.pause(failures))
        return await take()


def _numbered(offered: Offered, number: int) -> dict[str, str | None] | Text:
    data = offered.data(number)
    return {"button": data} if data else Text(NO_SUCH_NUMBER, {"number": number, "most": len(offered.choices)})
