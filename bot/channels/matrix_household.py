"""A household's room: what somebody did there as a Deed, and what is shown back."""

from __future__ import annotations

import logging

from bot.channels.household_chats import Deed, HouseholdChats, Note, Took, button_of
from bot.channels.matrix_client import Homeserver, RefusedError, why
from bot.channels.matrix_events import MARKS, Arrival, Recording
from bot.channels.matrix_household_view import caption, household_screen
from bot.channels.matrix_rooms import Offered, last_seen, number_typed
from bot.channels.matrix_sending import Sending
from bot.channels.matrix_sound import fetch
from bot.commands import MENU, START, said
from bot.followup.content import Shown
from bot.speech.sounded import Sounded

log = logging.getLogger(__name__)

STOP = "stop"
NOTHING = ""  # pressed under what offers it no more


class HouseholdRooms:
    """``chats``: whose rooms are a household's. A person is written to by their Matrix id, in whatever room."""

    def __init__(self, homeserver: Homeserver, sending: Sending, chats: HouseholdChats) -> None:
        self._homeserver, self._sending, self.chats = homeserver, sending, chats

    async def deed(self, arrival: Arrival, name: str, offered: tuple[Offered, ...]) -> Deed:
        """What an arrival comes to where the room is a household's. ``name``: of the event; ``offered``: what stood
        there to choose. A number that is none is taken as words: it may be an answer, as of how many people.

        Raises TokenError.
        """
        typed = arrival.typed
        command = said(typed, MARKS) if typed else {}
        return Deed(
            name,
            arrival.sender,
            start=command.get("argument") if command.get("command") == START else None,
            button=_button(arrival, offered),
            typed=None if typed is None else meant(typed),
            note=None if arrival.voice is None else self._note(arrival.voice),
            about=await self._ours(arrival.room, arrival.about) if arrival.about else None,
        )

    async def show(self, arrival: Arrival, name: str, took: Took) -> None:
        """Show what is said back in the household's words. Raises RefusedError, TokenError."""
        if took.shown is not None:
            await self._show(arrival.room, name, took.shown)
        if took.sound is not None:
            await self._play(arrival, name, took, took.sound)

    async def _show(self, room: str, name: str, shown: Shown) -> None:
        await self._sending.show(room, household_screen(shown, "").pages, name)

    async def _play(self, arrival: Arrival, name: str, took: Took, sound: Sounded) -> None:
        """The sound, then what is said of it. A reaction that asked for it can be put again where we may take it."""
        if arrival.reaction is not None:
            await self._sending.release(arrival.room, arrival.event)
        try:
            await self._sending.play(arrival.room, sound, name)
        except RefusedError as error:
            log.error("matrix event %s: not played: %s", name, why(error))
            if took.unheard is not None:
                await self._show(arrival.room, name, took.unheard)
            return
        if took.caption is not None:
            turned = took.unheard is not None and took.unheard.right_to_left
            await self._sending.say(arrival.room, caption(took.caption, right_to_left=turned), name)

    def _note(self, voice: Recording) -> Note:
        return Note(round(voice.seconds), voice.size, lambda: fetch(self._homeserver, voice))

    async def _ours(self, room: str, message: str) -> str | None:
        """The words of a message, as it was first sent, where it is one of ours."""
        try:
            found = await self._homeserver.insist(lambda: self._homeserver.client.room_get_event(room, message))
        except RefusedError:
            return None
        if found.event.sender != self._homeserver.user:
            return None
        event = found.event.source
        if self._homeserver.encryption is not None and event.get("type") == "m.room.encrypted":
            event = await self._homeserver.encryption.opened(room, event)
        body = event.get("content", {}).get("body")
        return body if isinstance(body, str) else None


def meant(typed: str) -> str | None:
    """What a household means by what it typed; None for a command that is a visitor's."""
    if typed[:1] not in tuple(MARKS):
        return typed
    name = typed[1:].split(maxsplit=1)[0].lower() if typed[1:].strip() else ""
    if name == STOP:
        return STOP.upper()
    return None if typed[0] == MARKS[0] or name in (START, *MENU) else typed


def _button(arrival: Arrival, offered: tuple[Offered, ...]) -> str | None:
    """The data of the choice that was pressed, by its reaction, its number or its words."""
    if arrival.reaction is not None:
        under = next((one for one in offered if one.message == arrival.reaction.message), None)
        return (under.data(arrival.reaction.number) if under else None) or NOTHING
    under = last_seen(offered, arrival.before)
    if under is None or arrival.typed is None:
        return None
    number = number_typed(arrival.typed)
    data = under.said(arrival.typed) if number is None else under.data(number)
    return data if data and button_of(data) else None
