"""A Reply -> what a Matrix message is made of: plain words beside HTML, with numbered choices.

Matrix has no buttons: a choice is answered by its number, by its words, or by the reaction with its number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from bot.messages import Button, Reply, Section
from bot.wording import Wording

LONGEST_TEXT = 16_000  # characters: an event holds 65 kB, with both forms of the words
LISTS = frozenset({"reasons", "excluded", "flips", "advice", "recap", "proposal"})
CHOICES = ("choice", "skip", "confirm", "resume", "language")


@dataclass(frozen=True, slots=True)
class Choice:
    """A button under its number. ``first``: it answers, where others lead elsewhere."""

    number: int
    data: str
    label: str
    first: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One message, in plain words and in HTML."""

    body: str
    html: str


@dataclass(frozen=True, slots=True)
class Screen:
    """``choices`` stand at the end of the last page."""

    pages: tuple[Page, ...]
    choices: tuple[Choice, ...] = ()


@dataclass(slots=True)
class _Sheet:
    """A page being written."""

    body: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)

    def length(self) -> int:
        return sum(map(len, self.body))

    def page(self) -> Page:
        return Page("\n\n".join(self.body), "".join(self.html))


def screen(reply: Reply, words: Wording) -> Screen:
    """The reply in the words of a language. Raises MissingMessage from the catalogs."""
    choices = tuple(_choices(reply, words))
    blocks = [_section(section, words) for section in reply.sections]
    blocks += list(_links(reply, words))
    blocks += [_numbered(some) for some in (_kept(choices, first=True), _kept(choices, first=False)) if some]
    return Screen(tuple(paged([block for block in blocks if block.body])), choices)


def paged(blocks: list[Page]) -> Iterator[Page]:
    """Blocks one under the other; a new page where the next one would not fit."""
    sheet = _Sheet()
    for block in blocks:
        if sheet.body and sheet.length() + len(block.body) > LONGEST_TEXT:
            yield sheet.page()
            sheet = _Sheet()
        sheet.body.append(block.body)
        sheet.html.append(block.html)
    if sheet.body:
        yield sheet.page()


def plain(words: str) -> Page:
    """One paragraph."""
    return Page(words, f"<p>{markup(words)}</p>")


def markup(words: str) -> str:
    """Words as HTML: nothing of a catalog or of a person is read as markup."""
    return escape(words, quote=False).replace("\n", "<br>")


def _choices(reply: Reply, words: Wording) -> Iterator[Choice]:
    """Those that answer first, in the order they stand in."""
    buttons = [button for row in reply.buttons for button in row if button.kind != "link"]
    ordered = sorted(buttons, key=lambda button: button.kind not in CHOICES)
    for number, button in enumerate(ordered, 1):
        yield Choice(number, button.data, words.say(button.label), button.kind in CHOICES)


def _kept(choices: tuple[Choice, ...], *, first: bool) -> list[Choice]:
    return [choice for choice in choices if choice.first == first]


def _numbered(choices: list[Choice]) -> Page:
    start = f' start="{choices[0].number}"' if choices[0].number > 1 else ""
    items = "".join(f"<li>{markup(choice.label)}</li>" for choice in choices)
    return Page("\n".join(f"{choice.number}. {choice.label}" for choice in choices), f"<ol{start}>{items}</ol>")


def _links(reply: Reply, words: Wording) -> Iterator[Page]:
    for button in (button for row in reply.buttons for button in row if button.kind == "link"):
        yield _link(button, words.say(button.label))


def _link(button: Button, label: str) -> Page:
    return Page(f"{label} : {button.data}", f'<p><a href="{escape(button.data)}">{markup(label)}</a></p>')


def _section(section: Section, words: Wording) -> Page:
    lines = [said for line in section.lines if (said := words.say(line).strip())]
    listed = section.kind in LISTS and len(lines) > 1
    body = [f"• {line}" if listed else line for line in lines]
    html = _listed(lines) if listed else "".join(_paragraph(section, line) for line in lines)
    if section.title is not None and (title := words.say(section.title)):
        body.insert(0, title)
        html = f"<p><strong>{markup(title)}</strong></p>{html}"
    return Page("\n".join(body), html)


def _listed(lines: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{markup(line)}</li>' for line in lines)}</ul>"


def _paragraph(section: Section, line: str) -> str:
    """A question stands out, in its title where it has one; progress stays in the background."""
    if section.kind == "question" and section.title is None:
        return f"<p><strong>{markup(line)}</strong></p>"
    return f"<p><em>{markup(line)}</em></p>" if section.kind == "progress" else f"<p>{markup(line)}</p>"
