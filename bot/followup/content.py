"""What a message to a household says, as data, and how it is shown in its language, whatever the channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from bot.followup.catalog import Catalog, spoken
from bot.followup.compare import Difference
from bot.followup.departure import HELD, prepare
from bot.followup.message import Label, Message, render
from bot.followup.page_keys import page_key
from bot.followup.questions import household_questions
from bot.followup.slot_words import isolated, written
from bot.followup.templates import Slot, templates
from bot.messages import Text
from bot.wording import SOURCE_LANGUAGE
from rules.model import Territory

TEMPLATE, WORDS, WHICH_DAY, QUESTION, FREE = "template", "words", "which_day", "question", "free"
DAY = Slot("jour", "day")
DAY_BUTTON = "jour."


@dataclass(frozen=True, slots=True)
class Content:
    """What is said. ``values``: plain JSON values.

    ``template``: ``subject`` is the template, values its slots as they are written at the boundary.
    ``words``: ``subject`` names a short sentence of the catalogs (``received``). ``which_day``: the question by which
    the household says on which of ``days`` the appointment is, ``right`` being that one.
    ``question``: ``subject`` is the question, asked for an interview.
    ``free``: ``french`` as the visitor wrote it, ``translated`` by a machine.
    """

    kind: str
    subject: str
    values: Mapping[str, object] = field(default_factory=dict)

    def record(self) -> dict[str, object]:
        return {"kind": self.kind, "subject": self.subject, "values": dict(self.values)}

    @classmethod
    def from_record(cls, record: Mapping[str, object]) -> Content:
        values = record["values"]
        assert isinstance(values, Mapping)  # noqa: S101  (ours, from `record`)
        return cls(str(record["kind"]), str(record["subject"]), MappingProxyType(dict(values)))


@dataclass(frozen=True, slots=True)
class Block:
    """Lines in one language, top to bottom. ``title`` stands apart: it is all that a locked screen shows."""

    language: str
    right_to_left: bool
    lines: tuple[str, ...]

    @property
    def title(self) -> str:
        return self.lines[0]


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as the household sees it: blocks one above the other, then buttons. ``machine``: the words that say
    that a machine translated it, in the household's language, else empty. ``sound``: the media type and the bytes of a
    person reading it aloud."""

    language: str
    right_to_left: bool
    blocks: tuple[Block, ...]
    buttons: tuple[Label, ...] = ()
    machine: str = ""
    sound: tuple[str, bytes] | None = None


class HeldError(Exception):
    """A message that may not leave: ``reason`` says why, ``differences`` where the two languages differ."""

    def __init__(self, reason: Text, differences: tuple[Difference, ...] = ()) -> None:
        super().__init__(reason.message)
        self.reason, self.differences = reason, differences


def show(content: Content, language: str, territory: Territory | None = None) -> Shown:
    """The message in a language, in French where it has no catalog. Raises HeldError, SlotError, CatalogError."""
    return _SHOWN[content.kind](content, spoken(language), territory)


def worded(content: Content, language: str) -> Shown:
    """A template in a language alone, whether or not it may leave today. Raises SlotError, CatalogError."""
    return alone(render(templates()[content.subject], content.values, language))


def alone(message: Message) -> Shown:
    """A message without its French beside it."""
    return Shown(message.language, message.right_to_left, (_block(message),), message.buttons)


def _template(content: Content, words: Catalog, territory: Territory | None) -> Shown:
    outgoing = prepare(templates()[content.subject], content.values, words.language, territory)
    if outgoing.departure.how == HELD:
        assert outgoing.departure.reason is not None  # noqa: S101  (held says why)
        raise HeldError(outgoing.departure.reason, outgoing.differences)
    blocks = tuple(_block(message) for message in outgoing.messages)
    return Shown(words.language, words.right_to_left, blocks, outgoing.messages[-1].buttons)


def _block(message: Message) -> Block:
    return Block(message.language, message.right_to_left, (message.title, *message.body))


def _words(content: Content, words: Catalog, _territory: Territory | None) -> Shown:
    return _said(words, tuple(words.text(page_key(content.subject)).split("\n")))


def _which_day(content: Content, words: Catalog, _territory: Territory | None) -> Shown:
    days = content.values["days"]
    assert isinstance(days, list | tuple)  # noqa: S101  (ours)
    buttons = tuple(Label(DAY_BUTTON + day, written(DAY, date.fromisoformat(day), words)) for day in days)
    return _said(words, (words.text(page_key("which_day")),), buttons)


def _question(content: Content, words: Catalog, _territory: Territory | None) -> Shown:
    asked = household_questions()[content.subject]
    buttons = tuple(Label(choice, words.text(asked.choice_message(choice))) for choice in asked.choices)
    return _said(words, tuple(words.text(asked.text).split("\n")), buttons)


def _free(content: Content, words: Catalog, _territory: Territory | None) -> Shown:
    french, translated = str(content.values["french"]), str(content.values.get("translated") or "")
    ours = Block(SOURCE_LANGUAGE, False, tuple(french.split("\n")))
    if words.language == SOURCE_LANGUAGE:
        return Shown(words.language, False, (ours,))
    if not translated:
        raise HeldError(Text("household.held.not_translated", {"language": words.language}))
    theirs = Block(words.language, words.right_to_left, tuple(isolated(t, words) for t in translated.split("\n")))
    return Shown(words.language, words.right_to_left, (theirs, ours), machine=words.text(page_key("machine")))


def _said(words: Catalog, lines: tuple[str, ...], buttons: tuple[Label, ...] = ()) -> Shown:
    return Shown(words.language, words.right_to_left, (Block(words.language, words.right_to_left, lines),), buttons)


_SHOWN = {TEMPLATE: _template, WORDS: _words, WHICH_DAY: _which_day, QUESTION: _question, FREE: _free}
