"""Fetching what happened: one long request after the other, from where the last batch was answered whole."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from bot.channels.lanes import Lanes
from bot.channels.matrix_client import Homeserver, RefusedError, why
from bot.channels.matrix_events import UNREADABLE, Arrival, read, shows, transaction_of
from bot.channels.matrix_keys import Encryption
from bot.channels.matrix_rooms import PENDING, MatrixMemory

log = logging.getLogger(__name__)

LONG_POLL = 30_000  # milliseconds that the homeserver holds the request when there is nothing new
ROOMS_AT_ONCE = 64
BATCHES_AHEAD = 64  # fetched while earlier ones are still being answered
STANDING = 20  # messages of ours
OF_A_GAP = 100  # events asked for at a time
NOTHING = {"types": []}
FILTER = {
    "presence": NOTHING,
    "account_data": NOTHING,
    "room": {"ephemeral": NOTHING, "account_data": NOTHING, "timeline": {"limit": 50}},
}
Work = Callable[[], Awaitable[None]]


class Syncing:
    """``answer`` an event, ``enter`` a room that the bot is called into, ``gone`` from a room. All of them may be told
    the same twice; what they raise ends the syncing, and is told again at the next start."""

    def __init__(
        self,
        homeserver: Homeserver,
        memory: MatrixMemory,
        answer: Callable[[Arrival], Awaitable[None]],
        enter: Callable[[str], Awaitable[None]],
        gone: Callable[[str], Awaitable[None]],
    ) -> None:
        self._homeserver, self._memory = homeserver, memory
        self._answer, self._enter, self._gone = answer, enter, gone
        self._lanes = Lanes(ROOMS_AT_ONCE)
        self._standing: dict[str, tuple[str, ...]] = {}

    async def run(self) -> None:
        """Until it is cancelled: what is being answered then ends or is left, and comes again. Raises TokenError."""
        batches: asyncio.Queue[tuple[str, list[asyncio.Task[None]]]] = asyncio.Queue(BATCHES_AHEAD)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._fetch(batches))
                group.create_task(self._keep(batches))
        except BaseExceptionGroup as group_of_one:
            raise group_of_one.exceptions[0] from None

    async def end(self, patience: float) -> None:
        """After run(): let what is being answered end, as many seconds, and leave the rest."""
        await self._lanes.end(patience)

    async def _fetch(self, batches: asyncio.Queue[tuple[str, list[asyncio.Task[None]]]]) -> None:
        since, whole = await self._memory.position(), True
        while True:
            found = await self._homeserver.insist(lambda: self._sync(since, whole))  # noqa: B023  (awaited here)
            if self._homeserver.encryption is not None:
                await self._homeserver.encryption.tend()
            started = [self._lanes.start(room, work) async for room, work in self._works(found, since)]
            await batches.put((found.next_batch, started))
            since, whole = found.next_batch, False

    async def _keep(self, batches: asyncio.Queue[tuple[str, list[asyncio.Task[None]]]]) -> None:
        """Note how far all is answered; after a stop it goes on from there."""
        while True:
            position, started = await batches.get()
            for task in started:
                await task
            try:
                await self._memory.keep_position(position)
            except Exception as error:
                log.error("matrix: how far all is answered was not noted: %s", why(error))

    async def _sync(self, since: str | None, whole: bool) -> Any:
        """``whole``: with the state of every room, which a client that just started does not know."""
        wait = 0 if whole else LONG_POLL
        return await self._homeserver.client.sync(wait, FILTER, since=since, full_state=whole or None)

    async def _works(self, found: Any, since: str | None) -> Any:
        for room in found.rooms.invite:
            yield room, self._work(self._enter, room)
        for room in found.rooms.leave:
            yield room, self._work(self._gone, room)
        if since is None:  # what was said before the very first start is not for us
            return
        for room, news in found.rooms.join.items():
            events = [one.source for one in news.timeline.events]
            called = called_at(events, self._homeserver.user)
            if called is None:
                events = [*await self._missed(room, news.timeline, since), *events]
            await self._remember(room, events)
            for event in events[called or 0 :]:
                arrival = self._placed(room, event)
                if arrival is None or arrival.sender == self._homeserver.user:
                    continue
                if arrival.notice == UNREADABLE and self._homeserver.encryption is not None:
                    yield room, self._later(arrival, event, self._homeserver.encryption)
                else:
                    yield room, self._work(self._answer, arrival)

    async def _remember(self, room: str, events: list[Any]) -> None:
        """Which messages of ours stood in a room before all this, as far as choices stand under them; and which ones
        arrived there while that was not noted."""
        if room in self._standing:
            return
        ours = [event for event in events if event.get("sender") == self._homeserver.user]
        new, offered = {shows(event) for event in ours}, await self._memory.offered(room)
        sending = {one.message for one in offered if one.message.startswith(PENDING)}
        for event in ours:
            name = f"{PENDING}{transaction_of(event)}"
            if name in sending:
                await self._memory.stands(room, name, event["event_id"])
        self._standing[room] = tuple(one.message for one in offered if one.message not in new | sending)

    def _placed(self, room: str, event: Any) -> Arrival | None:
        """The event as an Arrival that knows what it was sent under; of an event of ours, what stands there now."""
        if event.get("sender") == self._homeserver.user:
            message = shows(event)
            if message is not None:
                self._standing[room] = (message, *self._standing[room])[:STANDING]
            return None
        arrival = read(room, event)
        return arrival and replace(arrival, before=self._standing[room])

    def _work(self, do: Callable[[Any], Awaitable[None]], with_what: object) -> Work:
        return lambda: do(with_what)

    def _later(self, sealed: Arrival, event: Any, encryption: Encryption) -> Work:
        """Answer an event whose key may still come."""

        async def opened() -> None:
            arrival = read(sealed.room, await encryption.opened(sealed.room, event))
            if arrival is not None:
                await self._answer(replace(arrival, before=sealed.before))

        return opened

    async def _missed(self, room: str, timeline: Any, since: str) -> list[Any]:
        """What lies between the last batch and this one where a room had more to tell, the oldest first."""
        if not timeline.limited or not timeline.prev_batch:
            return []
        missed: list[Any] = []
        start = timeline.prev_batch
        while start:
            try:
                page = await self._homeserver.insist(
                    lambda: self._homeserver.client.room_messages(room, start, since, limit=OF_A_GAP)  # noqa: B023
                )
            except RefusedError as refused:
                log.warning("matrix: what was missed in a room cannot be read: %s", refused)
                break
            missed += [one.source for one in page.chunk]
            start = page.end if page.chunk else None
        return missed[::-1]


def called_at(events: list[Any], user: str) -> int | None:
    """Where the bot was called into the room, or entered it: what others said before is not for it. None: long ago."""
    for at, event in enumerate(events):
        if event.get("type") == "m.room.member" and event.get("state_key") == user:
            return at
    return None
