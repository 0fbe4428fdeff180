"""A visitor's voice note: what can be said now, and what follows from what was heard. Nothing of it is a fact yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from babel import Locale

from bot.admission import admit
from bot.messages import Incoming, Reply, Section, Text
from bot.proposals import confirmations, propose_choice, refuse, stand, take_text
from bot.services import Services
from bot.speech.hearing import Transcript
from bot.speech.phrases import NO, spoken_choices
from bot.talk import Talk
from bot.wording import wording

NO_ENGINE, FAILED = "no_engine", "failed"


@dataclass(frozen=True, slots=True)
class Note:
    """A voice note that was taken in: whose dialogue (its key), and the turn that it was said in."""

    dialogue: str
    channel: str
    language: str
    turn: int


def listen(incoming: Incoming, services: Services) -> tuple[Reply, Note | None]:
    """What to say at once, and the note to hear; None where whoever speaks may not ask."""
    talk = Talk.of(incoming, services)
    refusal = admit(talk, incoming)
    if refusal is not None:
        return refusal, None
    services.journal.keep(talk.lasting())
    dialogue = talk.dialogue
    said = Reply((_notice("speech.listening"),), language=dialogue.language)
    return said, Note(talk.asker, incoming.channel, dialogue.language, dialogue.turn)


def not_heard(incoming: Incoming, code: str, services: Services) -> Reply:
    """Why a voice note is not heard, under what is asked. ``code``: of a message ``speech.refused.…``."""
    talk = Talk.of(incoming, services)
    refusal = admit(talk, incoming)
    if refusal is not None:
        return refusal
    services.journal.keep(talk.lasting())
    return replace(talk.show(f"speech.refused.{code}"), language=talk.dialogue.language)


def expected(note: Note, today: date, services: Services) -> tuple[str, ...]:
    """The phrases that can be said now: to the question that is asked, and to what waits for a yes."""
    talk = _talk(note, today, services)
    if talk is None:
        return ()
    choices = spoken_choices(talk.interviewer.step(talk.interview), wording(note.language))
    return tuple({**confirmations(talk), **choices})


def heard(note: Note, found: Transcript | str, today: date, services: Services) -> Reply:
    """What follows: a proposal to say yes or no to, or why there is none. ``found``: a code where nothing was heard."""
    talk = _talk(note, today, services)
    if talk is None:
        return Reply((_notice("speech.too_late"),), language=note.language)
    if talk.dialogue.turn != note.turn:
        shown = stand(talk)
        return replace(shown, sections=(_notice("speech.too_late"), *shown.sections))
    reply = _follows(talk, note, found, today)
    services.journal.keep(talk.lasting())
    return replace(reply, language=talk.dialogue.language, aloud=True)


def _follows(talk: Talk, note: Note, found: Transcript | str, today: date) -> Reply:
    step = talk.interviewer.step(talk.interview)
    if isinstance(found, str):
        return talk.show(_refusal(found, asked=step.question is not None))
    if found.other is not None:
        name = Locale.parse(note.language).languages.get(found.other, found.other)
        return talk.show(notices=(Text("speech.other_language", {"language": name}),))
    if found.said is None:
        return talk.show("speech.nothing_understood")
    if found.free:
        return take_text(talk, found.said, Incoming(note.channel, "", "", today))
    meant = confirmations(talk).get(found.said)
    if meant is not None:
        return refuse(talk) if meant == NO else _yes_is_pressed(talk)
    choices = spoken_choices(step, wording(note.language))
    return propose_choice(talk, choices.get(found.said), found.said)


def _yes_is_pressed(talk: Talk) -> Reply:
    """A guess among phrases cannot confirm a guess: what waits is shown again, with its button."""
    shown = stand(talk)
    return replace(shown, sections=(*shown.sections, _notice("speech.press_yes")))


def _refusal(code: str, *, asked: bool) -> str:
    if code == FAILED:
        return "speech.failed"
    if code == NO_ENGINE:
        return "speech.no_language" if asked else "speech.not_now"
    return f"speech.refused.{code}"


def _talk(note: Note, today: date, services: Services) -> Talk | None:
    return Talk.kept(note.dialogue, Incoming(note.channel, "", "", today, text=""), services)


def _notice(message: str) -> Section:
    return Section("notice", (Text(message),))
