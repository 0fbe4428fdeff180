"""What goes in and out of a conversation, the same for every channel. Ids and parameters; words are chosen last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing a person did in a channel.

    ``event`` is unique in its channel (a Telegram update id, an id made by the page); the same event twice is
    answered once. ``asker`` is the channel's own key of the person, kept only as a keyed hash. At most one of
    ``button``, ``command`` and ``text`` is set; ``argument`` is what followed the command.
    ``household``: the token of the case that the question is about.
    """

    channel: str
    event: str
    asker: str
    today: date
    button: str | None = None
    command: str | None = None
    argument: str | None = None
    text: str | None = None
    language: str | None = None
    territory: str | None = None
    household: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A catalog message and its parameters. A parameter may itself be a Text, a date or a plain value."""

    message: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Button:
    """``data``: ids within 64 bytes; ``kind``: choice, skip, confirm, back, correct, restart, resume, listen, language
    or link."""

    data: str
    label: Text
    kind: str = "choice"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a reply. ``kind``: verdict, notice, proposal, question, answer, reasons, source, excluded, flips, open,
    doctrine, advice, recap, progress, asked or help. ``title`` is optional; ``lines`` are sentences or list items."""

    kind: str
    lines: tuple[Text, ...]
    title: Text | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What is shown back: sections in order, then rows of buttons.

    ``edits``: the reply takes the place of the message whose button was pressed. ``share``: the token of the
    answer's address, once an answer is logged. ``language``: the language to render in. ``tidings``: the ids of what
    it tells beside, to be noted as told once it was shown. ``aloud``: it is to be heard, too; ``written``: False where
    it is only to be heard. ``territory``: whose recordings are heard before any voice.
    """

    sections: tuple[Section, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    edits: bool = False
    share: str | None = None
    language: str = "fr"
    tidings: tuple[str, ...] = ()
    aloud: bool = False
    written: bool = True
    territory: str | None = None
