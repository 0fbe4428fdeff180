"""What arrives by Telegram from a household, or to follow one: pairing, answers, voice notes, each taken in once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

from api.households.addresses import followup_address
from api.households.asking import case_of
from api.households.deep_links import FOLLOW, PAIR
from api.households.desk import Desk, Event, Voice, live
from api.storage.households import ALPHABET, Case, ErasedCaseError, Households, UnknownCaseError
from api.storage.journal import Clock, SqlJournal, now
from api.storage.sound import LARGEST_VOICE, OGG, media_of
from bot.channels import Aloud
from bot.channels.telegram_household import Took
from bot.channels.telegram_household_view import PREFIX, button_of
from bot.channels.telegram_updates import Arrival, VoiceNote
from bot.followup import relay
from bot.followup.catalog import catalog
from bot.followup.content import TEMPLATE, WORDS, Content, HeldError, Shown, show
from bot.followup.errors import CatalogError
from bot.followup.hearing import LISTEN_BUTTON, said
from bot.followup.page_words import page_text
from bot.followup.relay import UnknownButtonError
from bot.followup.slots import SlotError
from bot.journal import DuplicateEvent
from bot.messages import Text

CHANNEL = "telegram"
REFERENCE = re.compile(rf"M-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}")
LONGEST_VOICE = 5 * 60  # seconds

Fetch = Callable[[str], Awaitable[bytes]]


class TelegramChats:
    """``bot.channels.telegram_household.HouseholdChats`` on the desk. ``key``: the keyed hash of a chat."""

    def __init__(
        self,
        desk: Desk,
        secret: str,
        key: Callable[[str], str],
        public_url: str,
        clock: Clock = now,
        aloud: Aloud | None = None,
    ) -> None:
        self._aloud = aloud
        self._desk, self._secret, self._key, self._public_url = desk, secret, key, public_url
        self._clock = clock

    async def take(self, arrival: Arrival, fetch: Fetch) -> Took | None:
        begun = _start_of(arrival)
        if begun is not None and begun.startswith(PAIR):
            return await asyncio.to_thread(self._pair, arrival, begun.removeprefix(PAIR))
        if begun is not None and begun.startswith(FOLLOW):
            return await asyncio.to_thread(self._follow, arrival, begun.removeprefix(FOLLOW))
        case = await self._desk.store.find_case(self._key(str(arrival.chat)))
        if case is None:
            pressed = arrival.incoming.button if arrival.incoming else None
            if pressed and pressed.startswith(PREFIX):
                return Took()
            return await asyncio.to_thread(self._reply, arrival) if arrival.about else None
        if arrival.voice is not None:
            return await self._hear(arrival, arrival.voice, case, fetch)
        named = button_of(arrival.incoming.button or "") if arrival.incoming else None
        if named is not None and named[1] == LISTEN_BUTTON:
            return await self._listen(arrival, case, named[0])
        return await asyncio.to_thread(self._answer, arrival, case)

    async def _listen(self, arrival: Arrival, case: str, message: str) -> Took:
        """A message to be heard: that is no answer, and nothing of it is kept but that it was pressed once."""
        shown = await asyncio.to_thread(self._to_be_heard, arrival, case, message)
        sound = await self._aloud(said(shown), shown.language) if shown and self._aloud else None
        if shown is None:
            return Took()
        unheard = show(Content(WORDS, "not_played"), shown.language)
        if sound is None:
            return Took(shown=unheard)
        return Took(sound=(OGG, sound), caption=page_text("synthetic", catalog(shown.language)), unheard=unheard)

    def _to_be_heard(self, arrival: Arrival, reference: str, message: str) -> Shown | None:
        try:
            with self._desk.store.households(self._desk.vault) as households:
                self._once(households, arrival)
                case, stored = households.case(reference), households.message(message)
        except (DuplicateEvent, LookupError, ErasedCaseError):
            return None
        if stored.case != reference or case.consent in (relay.STOPPED, relay.REFUSED):
            return None
        try:
            return self._desk.shown(stored, case)
        except (HeldError, CatalogError, SlotError):
            return None

    def _pair(self, arrival: Arrival, token: str) -> Took:
        """From now on the household of the link is written to in this chat, first of all for its language."""
        try:
            with self._desk.store.households(self._desk.vault) as households:
                link = households.link(token)
                if link is None or not live(link, self._clock):
                    return Took(Text("telegram.household_link"))
                self._once(households, arrival)
                households.pair(link.case, CHANNEL, str(arrival.chat), self._key(str(arrival.chat)))
                self._welcome(households, households.case(link.case))
        except DuplicateEvent:
            return Took()
        except ErasedCaseError:
            return Took(Text("telegram.household_link"))
        return Took()

    def _welcome(self, households: Households, case: Case) -> None:
        thread = households.thread(case.reference)
        if case.consent == relay.GIVEN:
            first = Content(WORDS, "consented")
        elif any(one.subject == relay.LANGUAGE and one.pressed for one in thread):
            first = Content(TEMPLATE, relay.CONSENT, case.sender.slots(relay.CONSENT))
        else:
            first = Content(TEMPLATE, relay.LANGUAGE, case.sender.slots(relay.LANGUAGE))
        try:
            self._desk.send_in(households, case, first)
        except HeldError:  # a household that said STOP hears nothing before it says OUI
            return

    def _follow(self, arrival: Arrival, token: str) -> Took:
        """From now on this chat is told of what the household of the token answers."""
        reference = case_of(token, self._secret)
        try:
            with self._desk.store.households(self._desk.vault) as households:
                case = households.case(reference or "")
                households.follow(case.reference, CHANNEL, str(arrival.chat), self._key(str(arrival.chat)))
        except (UnknownCaseError, ErasedCaseError):
            return Took(Text("telegram.unknown_case"))
        return Took(Text("telegram.follows", {"reference": case.reference}))

    def _reply(self, arrival: Arrival) -> Took | None:
        """Who follows a case replies to its household: that is done where the translation can be looked at."""
        named = REFERENCE.search(arrival.about or "")
        if named is None:
            return None
        try:
            with self._desk.store.households(self._desk.vault) as households:
                case = households.case(named[0])
        except (UnknownCaseError, ErasedCaseError):
            return None
        if case.visitor != self._key(str(arrival.chat)):
            return None
        address = followup_address(case.reference, self._secret, self._public_url)
        return Took(Text("telegram.answer_there", {"reference": case.reference, "address": f"{address}/ecrire"}))

    async def _hear(self, arrival: Arrival, note: VoiceNote, case: str, fetch: Fetch) -> Took:
        if note.seconds > LONGEST_VOICE or note.size > LARGEST_VOICE:
            return await asyncio.to_thread(self._words, case, "too_long")
        sound = await fetch(note.file)
        if len(sound) > LARGEST_VOICE:
            return await asyncio.to_thread(self._words, case, "too_long")
        if media_of(sound) != OGG:
            return Took(Text("telegram.household_only"))
        event = Event(CHANNEL, str(arrival.event), case, voice=Voice(OGG, sound))
        await asyncio.to_thread(self._desk.take, event)
        return Took()

    def _answer(self, arrival: Arrival, case: str) -> Took:
        incoming = arrival.incoming
        if incoming is None:  # a photo, a sticker
            return Took(Text("telegram.household_only"))
        if incoming.button is not None:
            named = button_of(incoming.button)
            return self._take(arrival, case, message=named[0], button=named[1]) if named else Took()
        text = _said(arrival.typed or "")
        return Took(Text("telegram.household_only")) if text is None else self._take(arrival, case, text=text)

    def _take(self, arrival: Arrival, case: str, **what: str) -> Took:
        try:
            self._desk.take(Event(CHANNEL, str(arrival.event), case, **what))
        except (UnknownButtonError, LookupError):  # forged, or of a case whose chat this was before
            return Took()
        return Took()

    def _words(self, case: str, name: str) -> Took:
        with self._desk.store.households(self._desk.vault) as households:
            language = households.case(case).language
        return Took(shown=show(Content(WORDS, name), language))

    def _once(self, households: Households, arrival: Arrival) -> None:
        SqlJournal(households.connection, self._clock).record(f"household-{CHANNEL}", str(arrival.event), {})


def _start_of(arrival: Arrival) -> str | None:
    """What follows /start."""
    incoming = arrival.incoming
    return incoming.argument if incoming is not None and incoming.command == "start" else None


def _said(typed: str) -> str | None:
    """What a household means by what it typed; None for a command that is a visitor's."""
    if not typed.startswith("/"):
        return typed
    return "STOP" if typed.lower().split("@")[0] == "/stop" else None
