"""Who follows a case is told what its household answered, in French, with the original beside what a machine wrote."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Protocol

from babel import Locale

from api.households.desk import BUTTON, SAID, UNHEARD, VOICE, Desk
from api.households.jobs import TELL_VISITOR, LaterJobs
from api.jobs.runtime import Interrupted, Loop
from api.jobs.sending import Retries
from api.storage.households import FAILED, IN, Case, ErasedCaseError, Stored
from bot.followup.catalog import catalog, own_name
from bot.followup.content import WHICH_DAY
from bot.followup.message import LANGUAGE_BUTTON
from bot.followup.outgoing import BOLD, ITALIC, UndeliveredError
from bot.followup.page_keys import page_key
from bot.followup.questions import household_questions
from bot.followup.templates import templates
from bot.messages import Text
from bot.speech.errors import SoundError
from bot.speech.sounded import OGG, Sounded
from bot.speech.voice import SpeechError
from bot.translation.translator import MachineText
from bot.wording import SOURCE_LANGUAGE, wording

log = logging.getLogger(__name__)
AsVoiceNote = Callable[[bytes], Awaitable[bytes]]
"""Sound as a household's browser recorded it -> Ogg Opus. Raises SoundError or SpeechError."""
Translate = Callable[[str, str], Awaitable[MachineText | None]]
"""(words, their language) -> in French; None where the machine cannot be asked."""


class VisitorChats(Protocol):
    """Where visitors of a channel are told."""

    async def tell(self, address: str, lines: tuple[tuple[str, str | None], ...], sound: bytes | None = None) -> None:
        """Raises UndeliveredError."""


async def no_translation(_words: str, _language: str) -> MachineText | None:
    return None


class Telling:
    """The job ``tell_visitor``. ``channels``: by name. Where nobody follows the case, its page shows what came."""

    def __init__(
        self,
        desk: Desk,
        jobs: LaterJobs,
        channels: Mapping[str, VisitorChats],
        loop: Loop,
        as_voice_note: AsVoiceNote,
        translate: Translate = no_translation,
        retries: Retries | None = None,
    ) -> None:
        self._desk, self._jobs, self._channels, self._loop = desk, jobs, channels, loop
        self._as_voice_note = as_voice_note
        self._translate, self._retries = translate, retries or Retries()

    def tell_visitor(self, message: str, tries: str = "1") -> None:
        try:
            stored, case, sound = self._found(message)
        except ErasedCaseError:
            return
        if stored.direction == IN and SAID in stored.content:
            stored = self._translated(stored)
        chats = self._channels.get(case.visitor_channel or "")
        if chats is None or case.visitor_address is None or stored.told_at is not None:
            return
        note = self._playable(sound) if sound else None
        lines = (*told(stored), *(_not_brought() if sound and note is None else ()))
        try:
            self._loop.run(chats.tell(case.visitor_address, lines, note))
        except UndeliveredError as error:
            self._again(message, int(tries), error)
            return
        with self._desk.store.households(self._desk.vault) as households:
            households.told(message)

    def _found(self, message: str) -> tuple[Stored, Case, Sounded | None]:
        with self._desk.store.households(self._desk.vault) as households:
            stored = households.message(message)
            kept = households.sound(message) if stored.kind == VOICE else None
            return stored, households.case(stored.case), kept

    def _playable(self, sound: Sounded) -> bytes | None:
        """The sound as every network plays it; None where it cannot be made so: the page of the case has it."""
        media, content = sound
        if media == OGG:
            return content
        try:
            return self._loop.run(self._as_voice_note(content))
        except SoundError:
            return None
        except SpeechError as error:
            if self._loop.stopping.is_set():
                raise Interrupted from None
            log.error("speech: a household's sound was not brought on: %s", error)
            return None

    def _translated(self, stored: Stored) -> Stored:
        """The message with its French kept beside it, made once; French words stay what they are."""
        if stored.language == SOURCE_LANGUAGE or "doubts" in stored.content:
            return stored
        machine = self._loop.run(self._translate(str(stored.content[SAID]), stored.language))
        reasons = machine.reasons if machine else (Text("tell.untranslated"),)
        known: dict[str, object] = {"doubts": [wording(SOURCE_LANGUAGE).say(reason) for reason in reasons]}
        if machine is not None and not machine.held:
            known["french"] = machine.text
        with self._desk.store.households(self._desk.vault) as households:
            households.reword(stored, {**stored.content, **known})
            return households.message(stored.id)

    def _again(self, message: str, tries: int, error: UndeliveredError) -> None:
        """What a visitor could not be told stays for the page of the case."""
        if error.final or tries >= self._retries.tries:
            return
        delay, key = self._retries.pause(tries, error.retry_after), f"tell-{message}-{tries + 1}"
        with self._desk.store.households(self._desk.vault) as households:
            self._jobs.add(households.connection, TELL_VISITOR, key, message, str(tries + 1), delay=delay)


def told(stored: Stored) -> Iterator[tuple[str, str | None]]:
    """What is said of a message, in French: lines, each in a style or plain."""
    say = wording(SOURCE_LANGUAGE).say
    where = {"reference": stored.case}
    if stored.urgent:
        yield say(Text("tell.urgent")), BOLD
    if stored.state == FAILED:
        yield say(Text(f"tell.failed.{stored.failure}", where)), None
    elif stored.kind == BUTTON:
        yield say(Text("tell.button", {**where, "answer": answered(stored)})), None
        if title := asked(stored.subject):
            yield say(Text("tell.about", {"title": title})), ITALIC
    elif stored.kind == VOICE and SAID not in stored.content:
        yield say(Text("tell.voice", where)), None
        if UNHEARD in stored.content:
            yield say(Text(f"tell.unheard.{stored.content[UNHEARD]}")), ITALIC
    elif stored.language == SOURCE_LANGUAGE:
        yield say(Text("tell.same", {**where, "original": str(stored.content[SAID])})), None
        yield from _by_a_machine(stored)
    else:
        yield from _beside(stored, where)


def answered(stored: Stored) -> str:
    """A pressed button in French words; a language by its French name."""
    said = str(stored.content["french"])
    if str(stored.content["button"]).startswith(LANGUAGE_BUTTON):
        return str(Locale.parse(SOURCE_LANGUAGE).languages.get(said.replace("-", "_")) or own_name(said))
    return said


def asked(subject: str) -> str:
    """The first French line of what was asked, so that an answer tells to what it is one."""
    french = catalog(SOURCE_LANGUAGE)
    if subject == WHICH_DAY:
        return french.text(page_key(WHICH_DAY))
    if subject in household_questions():
        return french.text(household_questions()[subject].text).split("\n")[0]
    return french.text(templates()[subject].text).split("\n")[0] if subject in templates().by_id else ""


def _not_brought() -> Iterator[tuple[str, str | None]]:
    """That the sound is not there, and where it is."""
    yield wording(SOURCE_LANGUAGE).say(Text("tell.not_brought")), ITALIC


def _beside(stored: Stored, where: dict[str, str]) -> Iterator[tuple[str, str | None]]:
    say, content = wording(SOURCE_LANGUAGE).say, stored.content
    yield say(Text("tell.text", where)), None
    yield f"\u2068{content[SAID]}\u2069", None
    yield from _by_a_machine(stored)
    if "french" in content:
        yield say(Text("tell.machine")), ITALIC
        yield str(content["french"]), None
    else:
        yield say(Text("tell.interpreter")), ITALIC
    for doubt in content.get("doubts", ()):
        yield f"• {doubt}", None


def _by_a_machine(stored: Stored) -> Iterator[tuple[str, str | None]]:
    """That words were spoken, and who wrote them down."""
    if stored.kind == VOICE:
        yield wording(SOURCE_LANGUAGE).say(Text("tell.transcribed")), ITALIC
