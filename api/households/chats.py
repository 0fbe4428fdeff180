"""What arrives by a chat from a household, or to follow one: pairing, answers, voice notes, each taken in once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from api.households.addresses import followup_address
from api.households.asking import case_of
from api.households.deep_links import FOLLOW, PAIR
from api.households.desk import Desk, Event, Voice, live
from api.storage.households import ALPHABET, Case, ErasedCaseError, Households, UnknownCaseError
from api.storage.journal import Clock, SqlJournal, now
from api.storage.sound import LARGEST_VOICE, OGG, media_of
from bot.channels import Aloud
from bot.channels.household_chats import Deed, Note, Took, button_of
from bot.channels.voice_notes import TOO_LARGE, FetchError
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

REFERENCE = re.compile(rf"M-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}")
LONGEST_VOICE = 5 * 60  # seconds


class DeskChats:
    """``bot.channels.household_chats.HouseholdChats`` on the desk, in the network ``channel``. ``key``: the keyed hash
    of a chat's address."""

    def __init__(
        self,
        channel: str,
        desk: Desk,
        secret: str,
        key: Callable[[str], str],
        public_url: str,
        clock: Clock = now,
        aloud: Aloud | None = None,
    ) -> None:
        self._channel, self._aloud = channel, aloud
        self._desk, self._secret, self._key, self._public_url = desk, secret, key, public_url
        self._clock = clock

    async def take(self, deed: Deed) -> Took | None:
        if deed.start is not None and deed.start.startswith(PAIR):
            return await asyncio.to_thread(self._pair, deed, deed.start.removeprefix(PAIR))
        if deed.start is not None and deed.start.startswith(FOLLOW):
            return await asyncio.to_thread(self._follow, deed, deed.start.removeprefix(FOLLOW))
        pressed = None if deed.button is None else button_of(deed.button)
        case = await self._desk.store.find_case(self._key(deed.address))
        if case is None:
            if pressed is not None:
                return Took()
            return await asyncio.to_thread(self._reply, deed) if deed.about else None
        if deed.note is not None:
            return await self._hear(deed, deed.note, case)
        if pressed is not None and pressed[1] == LISTEN_BUTTON:
            return await self._listen(deed, case, pressed[0])
        return await asyncio.to_thread(self._answer, deed, case, pressed)

    async def _listen(self, deed: Deed, case: str, message: str) -> Took:
        """A message to be heard: that is no answer, and nothing of it is kept but that it was pressed once."""
        shown = await asyncio.to_thread(self._to_be_heard, deed, case, message)
        sound = await self._aloud(said(shown), shown.language) if shown and self._aloud else None
        if shown is None:
            return Took()
        unheard = show(Content(WORDS, "not_played"), shown.language)
        if sound is None:
            return Took(shown=unheard)
        return Took(sound=(OGG, sound), caption=page_text("synthetic", catalog(shown.language)), unheard=unheard)

    def _to_be_heard(self, deed: Deed, reference: str, message: str) -> Shown | None:
        try:
            with self._desk.store.households(self._desk.vault) as households:
                self._once(households, deed)
                case, stored = households.case(reference), households.message(message)
        except (DuplicateEvent, LookupError, ErasedCaseError):
            return None
        if stored.case != reference or case.consent in (relay.STOPPED, relay.REFUSED):
            return None
        try:
            return self._desk.shown(stored, case)
        except (HeldError, CatalogError, SlotError):
            return None

    def _pair(self, deed: Deed, token: str) -> Took:
        """From now on the household of the link is written to in this chat, first of all for its language."""
        try:
            with self._desk.store.households(self._desk.vault) as households:
                link = households.link(token)
                if link is None or not live(link, self._clock):
                    return Took(Text("chat.household_link"))
                self._once(households, deed)
                households.pair(link.case, self._channel, deed.address, self._key(deed.address))
                self._welcome(households, households.case(link.case))
        except DuplicateEvent:
            return Took()
        except ErasedCaseError:
            return Took(Text("chat.household_link"))
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

    def _follow(self, deed: Deed, token: str) -> Took:
        """From now on this chat is told of what the household of the token answers."""
        reference = case_of(token, self._secret)
        try:
            with self._desk.store.households(self._desk.vault) as households:
                case = households.case(reference or "")
                households.follow(case.reference, self._channel, deed.address, self._key(deed.address))
        except (UnknownCaseError, ErasedCaseError):
            return Took(Text("chat.unknown_case"))
        return Took(Text("chat.follows", {"reference": case.reference}))

    def _reply(self, deed: Deed) -> Took | None:
        """Who follows a case replies to its household: that is done where the translation can be looked at."""
        named = REFERENCE.search(deed.about or "")
        if named is None:
            return None
        try:
            with self._desk.store.households(self._desk.vault) as households:
                case = households.case(named[0])
        except (UnknownCaseError, ErasedCaseError):
            return None
        if case.visitor != self._key(deed.address):
            return None
        address = followup_address(case.reference, self._secret, self._public_url)
        return Took(Text("chat.answer_there", {"reference": case.reference, "address": f"{address}/ecrire"}))

    async def _hear(self, deed: Deed, note: Note, case: str) -> Took:
        if note.seconds > LONGEST_VOICE or note.size > LARGEST_VOICE:
            return await asyncio.to_thread(self._words, case, "too_long")
        try:
            sound = await note.fetch()
        except FetchError as error:
            words = "too_long" if error.code == TOO_LARGE else "not_heard"
            return await asyncio.to_thread(self._words, case, words)
        if len(sound) > LARGEST_VOICE:
            return await asyncio.to_thread(self._words, case, "too_long")
        if media_of(sound) != OGG:
            return Took(Text("chat.household_only"))
        event = Event(self._channel, deed.event, case, voice=Voice(OGG, sound))
        await asyncio.to_thread(self._desk.take, event)
        return Took()

    def _answer(self, deed: Deed, case: str, pressed: tuple[str, str] | None) -> Took:
        if pressed is not None:
            return self._take(deed, case, message=pressed[0], button=pressed[1])
        if deed.button is not None:  # of an interview that this chat had before
            return Took()
        if deed.typed is None:
            return Took(Text("chat.household_only"))
        return self._take(deed, case, text=deed.typed)

    def _take(self, deed: Deed, case: str, **what: str) -> Took:
        try:
            self._desk.take(Event(self._channel, deed.event, case, **what))
        except (UnknownButtonError, LookupError):  # forged, or of a case whose chat this was before
            return Took()
        return Took()

    def _words(self, case: str, name: str) -> Took:
        with self._desk.store.households(self._desk.vault) as households:
            language = households.case(case).language
        return Took(shown=show(Content(WORDS, name), language))

    def _once(self, households: Households, deed: Deed) -> None:
        SqlJournal(households.connection, self._clock).record(f"household-{self._channel}", deed.event, {})
