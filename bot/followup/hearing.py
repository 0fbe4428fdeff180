"""A message to a household as it is heard: in its language, with what can be answered."""

from __future__ import annotations

from dataclasses import replace

from bot.followup.catalog import catalog
from bot.followup.catalog_text import LISTEN
from bot.followup.content import Shown
from bot.followup.message import Label
from bot.speech.reading_aloud import closed
from bot.speech.voices import has_voice

LISTEN_BUTTON = "ecouter"
EAR = "\N{SPEAKER WITH THREE SOUND WAVES}"  # for who does not read


def said(shown: Shown) -> str:
    """The sentences that a voice reads, one a line."""
    block = next((one for one in shown.blocks if one.language == shown.language), shown.blocks[0])
    answers = [label.text for label in shown.buttons if label.id != LISTEN_BUTTON]
    lines = [*block.lines, *([shown.machine] if shown.machine else []), *answers]
    return "\n".join(closed(line) for line in lines)


def with_listening(shown: Shown, sound: tuple[str, bytes] | None) -> Shown:
    """The message with a person's recording of it, else with a button to hear it, where a voice speaks its language."""
    others = tuple(label for label in shown.buttons if label.id != LISTEN_BUTTON)
    if sound is not None or not has_voice(shown.language):
        return replace(shown, buttons=others, sound=sound)
    listen = Label(LISTEN_BUTTON, f"{EAR} {catalog(shown.language).text(LISTEN)}")
    return replace(shown, buttons=(*others, listen))
