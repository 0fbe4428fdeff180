"""Showing in a room. Each send has a name made of the event that it answers: sent again, it stands there once."""

from __future__ import annotations

import asyncio
import hashlib
import logging

from bot.channels.matrix_client import AwayError, Homeserver, RefusedError, TokenError, why
from bot.channels.matrix_events import STAYS, keycap_of
from bot.channels.matrix_sound import heard
from bot.channels.matrix_view import Choice, Page
from bot.speech.sounded import Sounded

MESSAGE, REACTION = "m.room.message", "m.reaction"
MOST_REACTIONS = 7
log = logging.getLogger(__name__)


def named(*parts: object) -> str:
    """A name that is the same whenever the parts are, and tells nothing of them."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:32]


class Sending:
    """What the bot does in rooms. ``insists``: where the homeserver is away it waits, however long; without it
    AwayError is raised. Every use may raise TokenError, and RefusedError where the bot may not do this in the room."""

    def __init__(self, homeserver: Homeserver, *, insists: bool = True) -> None:
        self._homeserver, self._client = homeserver, homeserver.client
        self._through = homeserver.insist if insists else homeserver.call
        self._comforts: set[asyncio.Task[None]] = set()

    async def show(self, room: str, pages: tuple[Page, ...], name: str, replaces: str | None = None) -> str:
        """Show every page, the first one in the place of the message ``replaces``. The last one's message."""
        shown = ""
        for number, page in enumerate(pages, 1):
            edited = replaces if number == 1 else None
            sent = await self._send(room, MESSAGE, _edit(page, edited) if edited else _words(page), named(name, number))
            shown = edited or sent
        return shown

    def name_of_last(self, pages: tuple[Page, ...], name: str) -> str:
        """The name under which the homeserver takes the last page: in its events, the transaction."""
        return named(name, len(pages))

    async def mark(self, room: str, page: Page, name: str, message: str) -> None:
        """Show this page in the place of a message; what was said since still stands below it."""
        await self._send(room, MESSAGE, _edit(page, message, stays=True), named(name, "mark"))

    async def say(self, room: str, page: Page, name: str) -> None:
        """What the channel says by itself."""
        await self._send(room, MESSAGE, {**_words(page), "msgtype": "m.notice"}, named(name, "notice"))

    async def play(self, room: str, sound: Sounded, name: str) -> None:
        """A voice note, or a sound to play."""
        sealed = await self._homeserver.sealed(room, self._through)
        content = await heard(self._homeserver, self._through, sound, sealed=sealed)
        await self._send(room, MESSAGE, content, named(name, "sound"))

    def put(self, room: str, message: str, choices: tuple[Choice, ...]) -> None:
        """A reaction to press for each choice that answers, where they are few, under a message of ours: a comfort that
        nothing waits for, left out while the homeserver asks to slow down."""
        numbers = [choice.number for choice in choices if choice.first]
        if 0 < len(numbers) <= MOST_REACTIONS and not self._homeserver.sparing:
            task = asyncio.create_task(self._put_all(room, message, numbers))
            self._comforts.add(task)
            task.add_done_callback(self._comforts.discard)

    async def idle(self) -> None:
        """End what nothing waits for."""
        for task in self._comforts:
            task.cancel()
        if self._comforts:
            await asyncio.wait(set(self._comforts))

    async def _put_all(self, room: str, message: str, numbers: list[int]) -> None:
        try:
            for number in numbers:
                await self._put(room, message, number)
        except (AwayError, RefusedError, TokenError) as error:
            log.info("matrix: no reactions to press: %s", why(error))

    async def _put(self, room: str, message: str, number: int) -> None:
        content = {"m.relates_to": {"rel_type": "m.annotation", "event_id": message, "key": keycap_of(number)}}
        name = named(message, REACTION, number)
        try:
            await self._homeserver.call(lambda: self._client.room_send(room, REACTION, content, tx_id=name))
        except RefusedError as refused:
            if refused.code != "M_DUPLICATE_ANNOTATION":
                raise

    async def release(self, room: str, reaction: str) -> bool:
        """Take the reaction of whoever pressed away again, so that it can be pressed anew; whether that was allowed."""
        name = named(reaction, "released")
        try:
            await self._homeserver.call(lambda: self._client.room_redact(room, reaction, tx_id=name))
        except (RefusedError, AwayError):
            return False
        return True

    async def _send(self, room: str, kind: str, content: dict[str, object], name: str) -> str:
        await self._homeserver.sealed(room, self._through)
        sent = await self._through(
            lambda: self._client.room_send(room, kind, content, tx_id=name, ignore_unverified_devices=True)
        )
        return str(sent.event_id)


def _words(page: Page) -> dict[str, object]:
    return {
        "msgtype": "m.text",
        "body": page.body,
        "format": "org.matrix.custom.html",
        "formatted_body": page.html,
    }


def _edit(page: Page, message: str, *, stays: bool = False) -> dict[str, object]:
    """The message with this page in place of its own; the words beside are for clients that know no edits."""
    relation: dict[str, object] = {"rel_type": "m.replace", "event_id": message}
    return {
        **_words(Page(f"* {page.body}", f"* {page.html}")),
        "m.new_content": _words(page),
        "m.relates_to": {**relation, STAYS: True} if stays else relation,
    }
