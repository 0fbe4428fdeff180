"""The job that hears a voice note and says what was understood; the sound is done away with in the same transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Protocol

from api.exchange import DurableExchange
from api.households.jobs import HEAR, LaterJobs
from api.jobs.runtime import Loop
from api.jobs.sending import Retries
from api.storage.store import Store
from api.storage.vault import SealError, Vault
from api.storage.voice_notes import Kept, VoiceNotes
from bot.channels import Aloud
from bot.followup.outgoing import UndeliveredError
from bot.listening import FAILED, NO_ENGINE, Note
from bot.messages import Reply
from bot.speech.errors import NoEngineError, SoundError
from bot.speech.hearing import Transcript
from bot.speech.sounded import Sounded
from bot.speech.voice import SpeechError, Voice

log = logging.getLogger(__name__)


class SpeakersChats(Protocol):
    """Where visitors of a channel are told what was understood."""

    async def tell_heard(self, address: str, reply: Reply, sound: Sounded | None) -> None:
        """``sound``: the same, spoken. Raises UndeliveredError."""


class Hearing:
    """The job ``hear_note``. ``channels``: by name, those that can write by themselves; in the others the channel asks
    for what was understood. A crash between the saying and its record says it twice, never not at all."""

    def __init__(
        self,
        store: Store,
        exchange: DurableExchange,
        vault: Vault,
        jobs: LaterJobs,
        voice: Voice,
        aloud: Aloud,
        channels: Mapping[str, SpeakersChats],
        loop: Loop,
        today: Callable[[], date] = date.today,
        retries: Retries | None = None,
    ) -> None:
        self._store, self._exchange, self._vault, self._jobs = store, exchange, vault, jobs
        self._voice, self._aloud, self._channels, self._loop = voice, aloud, channels, loop
        self._today, self._retries = today, retries or Retries()

    def hear_note(self, name: str, tries: str = "1") -> None:
        """Hear a note that was taken in, and say what was understood."""
        kept = self._kept(name)
        if kept is None:
            return
        reply = kept.reply or self._heard(name, kept.note, self._loop.run(self.listened(kept)))
        channel = self._channels.get(kept.note.channel)
        if channel is not None:
            self._tell(name, channel, kept.address, reply, int(tries))

    def give_up(self, name: str) -> None:
        """Hearing failed again and again for a reason of our own: say so."""
        kept = self._kept(name)
        if kept is not None and kept.reply is None:
            self._heard(name, kept.note, FAILED)

    async def listened(self, kept: Kept) -> Transcript | str:
        """What an engine heard, or the code of why nothing was."""
        assert kept.sound is not None  # noqa: S101  (not heard yet)
        phrases = await self._exchange.expected(kept.note, self._today())
        try:
            return await self._voice.hear(kept.sound, kept.note.language, phrases)
        except SoundError as error:
            return error.code
        except NoEngineError:
            return NO_ENGINE
        except SpeechError as error:
            log.error("speech: a voice note was not heard: %s", error)
            return FAILED

    def _kept(self, name: str) -> Kept | None:
        with self._store.reading() as connection:
            try:
                return VoiceNotes(connection, self._vault).kept(name)
            except SealError as error:
                log.error("voice note: %s", error)
                return None

    def _heard(self, name: str, note: Note, found: Transcript | str) -> Reply:
        with self._store.transaction() as journal:
            notes = VoiceNotes(journal.connection, self._vault)
            kept = notes.kept(name)
            if kept is not None and kept.reply is not None:  # heard meanwhile by another process
                return kept.reply
            reply = self._exchange.heard(journal, note, found, self._today())
            notes.heard(name, reply)
        return reply

    def _tell(self, name: str, channel: SpeakersChats, address: str, reply: Reply, tries: int) -> None:
        try:
            self._loop.run(self._told(channel, address, reply))
        except UndeliveredError as error:
            self._loop.until_done(partial(self._again, name, error, tries))
        else:
            self._loop.until_done(partial(self._drop, name))

    async def _told(self, channel: SpeakersChats, address: str, reply: Reply) -> None:
        await channel.tell_heard(address, reply, await self._sound(reply) if reply.aloud else None)

    async def _sound(self, reply: Reply) -> Sounded | None:
        try:
            return await self._aloud.read(reply)
        except SpeechError as error:
            log.warning("speech: what was understood is not spoken: %s", error)
            return None

    def _again(self, name: str, error: UndeliveredError, tries: int) -> None:
        if error.final or tries >= self._retries.tries:
            self._drop(name)
            return
        delay = self._retries.pause(tries, error.retry_after)
        with self._store.transaction() as journal:
            self._jobs.add(journal.connection, HEAR, f"hear-{name}-{tries + 1}", name, str(tries + 1), delay=delay)

    def _drop(self, name: str) -> None:
        with self._store.transaction() as journal:
            VoiceNotes(journal.connection, self._vault).drop(name)
