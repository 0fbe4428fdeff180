"""A Reply -> what a Telegram message is made of: pages of text, what is bold in them, an inline keyboard.

Bold and italics are entities, not HTML: no word of a catalog or of a person can then be read as markup. Keyboards and
entities are the Bot API's own JSON: the library's classes cost more than all else that a reply needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from telegram.constants import InlineKeyboardButtonLimit, MessageEntityType, MessageLimit

from bot.messages import Button, Reply, Section
from bot.wording import Wording

LONGEST_TEXT = int(MessageLimit.MAX_TEXT_LENGTH)
LONGEST_DATA = int(InlineKeyboardButtonLimit.MAX_CALLBACK_DATA)
BOLD, ITALIC = MessageEntityType.BOLD.value, MessageEntityType.ITALIC.value
LISTS = frozenset({"reasons", "excluded", "flips", "advice", "recap", "proposal"})


Entity = dict[str, str | int]
Keyboard = list[list[dict[str, str]]]
"""Rows of buttons."""


class ButtonDataError(ValueError):
    """A button's data does not fit into a Telegram button."""


@dataclass(frozen=True, slots=True)
class Page:
    """One message: at most LONGEST_TEXT, with its entities."""

    text: str
    entities: tuple[Entity, ...] = ()


@dataclass(frozen=True, slots=True)
class Screen:
    """``keyboard`` goes under the last of the pages."""

    pages: tuple[Page, ...]
    keyboard: Keyboard | None = None


class Line(NamedTuple):
    """A line, in a style (an entity's name) or plain."""

    words: str
    style: str | None = None


@dataclass(slots=True)
class _Sheet:
    """A page being written."""

    text: str = ""
    entities: list[Entity] = field(default_factory=list)

    def fits(self, block: tuple[Line, ...], gap: str) -> bool:
        longest = len(self.text) + sum([len(line.words) + 2 for line in block])  # no gap is longer than two
        return 2 * longest <= LONGEST_TEXT or fits(self.text + gap + "\n".join(line.words for line in block))

    def write(self, block: tuple[Line, ...], gap: str) -> None:
        for line in block:
            self.text += gap if self.text else ""
            if line.style:
                self.entities.append({"type": line.style, "offset": units(self.text), "length": units(line.words)})
            self.text, gap = self.text + line.words, "\n"


def screen(reply: Reply, words: Wording) -> Screen:
    """The reply in the words of a language. Raises ButtonDataError, or MissingMessage from the catalogs."""
    sections = (tuple(_lines(section, words)) for section in reply.sections)
    return Screen(tuple(paged(filter(None, sections))), _keyboard(reply.buttons, words))


def units(text: str) -> int:
    """The length as Telegram counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def fits(text: str) -> bool:
    """Whether it can be a message. (No character takes more than two units: most texts need no counting.)"""
    return 2 * len(text) <= LONGEST_TEXT or units(text) <= LONGEST_TEXT


def _lines(section: Section, words: Wording) -> Iterator[Line]:
    if section.title is not None:
        for part in cut(words.say(section.title)):
            yield Line(part, BOLD)
    bullet = "• " if section.kind in LISTS and len(section.lines) > 1 else ""
    style = _style(section)
    for line in section.lines:
        for part in cut(bullet + words.say(line)):
            yield Line(part, style)


def _style(section: Section) -> str | None:
    """How lines look: a question stands out, in its title where it has one; progress stays in the background."""
    if section.kind == "question" and section.title is None:
        return BOLD
    return ITALIC if section.kind == "progress" else None


def paged(sections: Iterable[tuple[Line, ...]]) -> Iterator[Page]:
    """Sections, an empty line between them; a new page at a section's border, within one only if it must."""
    sheet = _Sheet()
    for section in sections:
        gap = "\n\n"
        for block in [section] if _Sheet().fits(section, "") else [(line,) for line in section]:
            if sheet.text and not sheet.fits(block, gap):
                yield Page(sheet.text, tuple(sheet.entities))
                sheet = _Sheet()
            sheet.write(block, gap)
            gap = "\n"
    if sheet.text:
        yield Page(sheet.text, tuple(sheet.entities))


def cut(line: str) -> Iterator[str]:
    """A line in parts within the limit, cut at a space where there is one. Nothing of an empty line."""
    line = line.strip()
    while not fits(line):
        head = line.encode("utf-16-le")[: 2 * LONGEST_TEXT].decode("utf-16-le", "ignore")
        part = head.rpartition(" ")[0].rstrip() or head
        yield part
        line = line[len(part) :].lstrip()
    if line:
        yield line


def _keyboard(rows: tuple[tuple[Button, ...], ...], words: Wording) -> Keyboard | None:
    return [[_button(button, words) for button in row] for row in rows] or None


def _button(button: Button, words: Wording) -> dict[str, str]:
    label = words.say(button.label)
    if button.kind == "link":
        return {"text": label, "url": button.data}
    if (size := len(button.data.encode())) > LONGEST_DATA:
        raise ButtonDataError(
            f"button {button.label.message!r}: its data {button.data!r} takes {size} bytes, "
            f"and Telegram takes {LONGEST_DATA}"
        )
    return {"text": label, "callback_data": button.data}
