"""A message to a household -> what a Matrix message is made of: its blocks, then what can be answered, numbered.

Right-to-left lines say so themselves, for clients that do not keep the direction of HTML.
"""

from __future__ import annotations

from bot.channels.household_chats import RIGHT_TO_LEFT, button_data, words_of
from bot.channels.matrix_view import Choice, Page, Screen, markup, paged
from bot.followup.content import Block, Shown
from bot.followup.hearing import LISTEN_BUTTON


def household_screen(shown: Shown, message: str, pressed: str | None = None) -> Screen:
    """The message with its choices; once one was ``pressed``, with that one said below and only listening left, under
    the number that it had: who pressed a reaction cannot press the same one for something else."""
    blocks = [_block(block, titled=len(shown.blocks) > 1) for block in shown.blocks]
    if shown.machine:  # under the words of the machine, which stand first
        blocks.insert(1, _lines(tuple(shown.machine.split("\n")), "em", right_to_left=shown.right_to_left))
    choices = tuple(Choice(n, button_data(message, one.id), one.text, True) for n, one in enumerate(shown.buttons, 1))
    if pressed is not None:
        blocks.append(_lines((words_of(shown, pressed),), "strong", right_to_left=shown.right_to_left))
        choices = tuple(choice for choice in choices if choice.data == button_data(message, LISTEN_BUTTON))
    if choices:
        blocks.append(_numbered(choices, right_to_left=shown.right_to_left))
    return Screen(tuple(paged([block for block in blocks if block.body])), choices)


def caption(words: str, *, right_to_left: bool) -> Page:
    """What is said of a sound."""
    return _lines(tuple(words.split("\n")), "em", right_to_left=right_to_left)


def _block(block: Block, *, titled: bool) -> Page:
    """``titled``: the first line stands out, where two languages stand one above the other."""
    title = _lines(block.lines[:1], "strong" if titled else None, right_to_left=block.right_to_left)
    rest = _lines(block.lines[1:], None, right_to_left=block.right_to_left)
    return Page("\n".join(part.body for part in (title, rest) if part.body), title.html + rest.html)


def _lines(lines: tuple[str, ...], tag: str | None, *, right_to_left: bool) -> Page:
    marked = [_marked(line, right_to_left) for line in lines if line]
    html = (markup(line) if tag is None else f"<{tag}>{markup(line)}</{tag}>" for line in marked)
    return Page("\n".join(marked), "".join(f"<p{_direction(right_to_left)}>{line}</p>" for line in html))


def _numbered(choices: tuple[Choice, ...], *, right_to_left: bool) -> Page:
    items = "".join(f"<li>{markup(_marked(choice.label, right_to_left))}</li>" for choice in choices)
    body = "\n".join(_marked(f"{choice.number}. {choice.label}", right_to_left) for choice in choices)
    start = f' start="{choices[0].number}"' if choices[0].number > 1 else ""
    return Page(body, f"<ol{start}{_direction(right_to_left)}>{items}</ol>")


def _marked(line: str, right_to_left: bool) -> str:
    return RIGHT_TO_LEFT + line if right_to_left else line


def _direction(right_to_left: bool) -> str:
    return ' dir="rtl"' if right_to_left else ""
