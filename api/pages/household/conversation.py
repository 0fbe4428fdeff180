"""The messages of one link -> what its page shows, each in the household's language."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from api.storage.households import CANCELLED, FAILED, IN, Case, Stored
from bot.followup.content import FREE, TEMPLATE, Block, Content, HeldError, Shown, show
from bot.followup.errors import CatalogError
from bot.followup.hearing import LISTEN_BUTTON
from bot.followup.message import Label
from bot.followup.slots import SlotError
from bot.speech.voices import has_voice
from bot.wording import SOURCE_LANGUAGE
from rules.model import Territory


@dataclass(frozen=True, slots=True)
class Line:
    """One message. ``buttons``: those that can be pressed now; ``pressed``: the one that was.

    ``text``: what the household wrote or, where ``spoken``, said; ``sound``: whether there is something to hear,
    ``synthetic``: whether that is no person's voice.
    """

    id: str
    ours: bool
    blocks: tuple[Block, ...] = ()
    machine: str = ""
    buttons: tuple[Label, ...] = ()
    pressed: Label | None = None
    text: str = ""
    spoken: bool = False
    sound: bool = False
    synthetic: bool = False


def conversation(
    thread: Sequence[Stored],
    case: Case,
    territory: Territory | None,
    recorded: Collection[str],
    *,
    spoken: bool = False,
) -> tuple[Line, ...]:
    """The thread of a link as its page shows it. ``recorded``: the templates that have a recording; ``spoken``: whether
    the others are read aloud, where a voice speaks their language.

    A pressed button stays open to change until another message asks something.
    """

    lines: list[Line] = []
    asked_later = False
    for message in reversed(thread):
        if message.direction == IN:
            line = _answer(message)
        else:
            by_a_person = message.kind == TEMPLATE and message.subject in recorded
            line = _message(message, case, territory, asked_later=asked_later, recorded=by_a_person, spoken=spoken)
            asked_later = asked_later or (line is not None and bool(line.buttons))
        if line is not None:
            lines.append(line)
    return tuple(reversed(lines))


def shown_in(case: Case, message: Stored, territory: Territory | None) -> Shown | None:
    """A message in the household's language of today, else in the one it left in, else in French; None in none.

    A free text was translated for one language: it stays in it.
    """
    content = Content.from_record(message.content)
    today = () if content.kind == FREE else (case.language,)
    for language in (*today, message.language, SOURCE_LANGUAGE):
        try:
            return show(content, language, territory)
        except (HeldError, CatalogError, SlotError):
            continue
    return None


def _answer(message: Stored) -> Line | None:
    """What the household said in its own words; a press is shown on the button itself."""
    text, voice = str(message.content.get("original") or ""), message.kind == "voice"
    if text:
        return Line(message.id, False, text=text, spoken=voice)
    return Line(message.id, False, sound=True) if voice else None


def _message(
    message: Stored, case: Case, territory: Territory | None, *, asked_later: bool, recorded: bool, spoken: bool
) -> Line | None:
    if message.state in (CANCELLED, FAILED):
        return None
    shown = shown_in(case, message, territory)
    if shown is None:
        return None
    synthetic = spoken and not recorded and has_voice(shown.language)
    labels = tuple(label for label in shown.buttons if label.id != LISTEN_BUTTON)
    pressed = next((label for label in labels if label.id == message.pressed), None)
    return Line(
        message.id,
        True,
        blocks=tuple(sorted(shown.blocks, key=lambda block: block.language != shown.language)),
        machine=shown.machine,
        buttons=() if pressed and asked_later else labels,
        pressed=pressed,
        sound=recorded or synthetic,
        synthetic=synthetic,
    )
