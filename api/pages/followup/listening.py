"""The messages of a case as sound, for those who follow it: in the household's language and in French."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fastapi.concurrency import run_in_threadpool

from api.households.desk import BUTTON
from api.pages.followup.thread import Entry, from_household, shown_in
from api.pages.played import played
from api.storage.household_values import IN, Stored
from api.storage.recordings import Recordings
from bot.channels import Aloud
from bot.channels.web_page.requests import RefusedError
from bot.followup.content import TEMPLATE, Content
from bot.followup.hearing import said
from bot.speech.reading_aloud import closed
from bot.speech.sounded import Sounded
from bot.speech.voices import has_voice
from bot.wording import SOURCE_LANGUAGE, wording
from rules.model import Territory


class UnheardError(RefusedError):
    """Nothing to hear."""


@dataclass(frozen=True)
class Listening:
    """``aloud``: reads what nobody recorded; without it only recordings are heard. ``place``: whose recordings."""

    recordings: Recordings
    aloud: Aloud | None

    def offered(
        self, thread: Iterable[Stored], place: str | None, territory: Territory | None
    ) -> Mapping[str, tuple[str, ...]]:
        """The languages in which each message can be heard, by its id, the household's own first."""
        recorded = {(one.template, one.language) for one in self.recordings.all(place)} if place else set()
        return {one.id: tuple(self._languages(one, recorded, territory)) for one in thread}

    def speaks(self, language: str) -> bool:
        """Whether a voice reads a language."""
        return self.aloud is not None and has_voice(language)

    async def message(self, message: Stored, language: str, place: str | None, territory: Territory | None) -> Sounded:
        """A message in the household's language or in French. Raises UnheardError."""
        if language not in _languages_of(message):
            raise UnheardError(404, "speech.no_voice")
        words = words_heard(message, language, territory)
        return await self.recorded(_template_of(message), place, language) or await self.read(words, language)

    async def recorded(self, template: str, place: str | None, language: str) -> Sounded | None:
        """A person reading a message aloud, whatever its values are."""
        return await run_in_threadpool(self.recordings.sound, place, template, language) if template else None

    async def read(self, words: str, language: str) -> Sounded:
        """Words read by a voice. Raises UnheardError."""
        if self.aloud is None or not words or not has_voice(language):
            raise UnheardError(404, "speech.no_voice")
        sound = await played(self.aloud, words, language)
        if sound is None:
            raise UnheardError(503, "speech.not_spoken")
        return sound

    def _languages(self, message: Stored, recorded: set[tuple[str, str]], territory: Territory | None) -> Iterable[str]:
        for language in _languages_of(message):
            by_a_person = (_template_of(message), language) in recorded
            if by_a_person or (self.speaks(language) and words_heard(message, language, territory)):
                yield language


def words_heard(message: Stored, language: str, territory: Territory | None) -> str:
    """What a voice reads of a message in the household's language or in French; empty where it is not in it."""
    if message.direction != IN:
        shown = shown_in(Content.from_record(message.content), language, territory)
        return said(shown) if shown else ""
    entry = from_household(message)
    own = entry.original.split("\n") if entry.original and language == message.language else []
    lines = own or (_in_french(entry) if language == SOURCE_LANGUAGE else [])
    return "\n".join(closed(line) for line in lines if line.strip())


def _in_french(entry: Entry) -> list[str]:
    """What was chosen; of what a machine translated also that it did, and what is to be checked."""
    if entry.kind == BUTTON or not entry.lines or entry.language == SOURCE_LANGUAGE:
        return list(entry.lines)
    words = wording(SOURCE_LANGUAGE)
    doubts = (words("visitor.doubts"), *entry.doubts) if entry.doubts else ()
    return [words("visitor.machine"), *entry.lines, *doubts]


def _languages_of(message: Stored) -> tuple[str, ...]:
    return tuple(dict.fromkeys((message.language, SOURCE_LANGUAGE)))


def _template_of(message: Stored) -> str:
    """The message to households that it is, by which a recording of it goes."""
    return message.subject if message.direction != IN and message.kind == TEMPLATE else ""
