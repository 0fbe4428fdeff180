"""A message to a household -> what a Telegram message is made of. Right-to-left lines say so themselves."""

from __future__ import annotations

from bot.channels.household_chats import RIGHT_TO_LEFT, button_data, words_of
from bot.channels.telegram_view import BOLD, ITALIC, LONGEST_DATA, ButtonDataError, Keyboard, Line, Screen, cut, paged
from bot.followup.content import Block, Shown
from bot.followup.hearing import LISTEN_BUTTON
from bot.followup.message import Label

LANGUAGES_IN_A_ROW = 2
SHORT = 16  # characters: two such buttons fit beside each other


def household_screen(shown: Shown, message: str, pressed: str | None = None) -> Screen:
    """The message with its buttons; once one was ``pressed``, with that one said below and only listening left.

    Raises ButtonDataError.
    """
    sections = [tuple(_lines(block, len(shown.blocks) > 1)) for block in shown.blocks]
    if shown.machine:  # under the words of the machine, which stand first
        sections.insert(1, _marked(tuple(shown.machine.split("\n")), shown.right_to_left, ITALIC))
    if pressed is not None:
        sections.append(_marked((words_of(shown, pressed),), shown.right_to_left, None))
    left = shown.buttons if pressed is None else tuple(one for one in shown.buttons if one.id == LISTEN_BUTTON)
    return Screen(tuple(paged(filter(None, sections))), _keyboard(left, message))


def _lines(block: Block, titled: bool) -> tuple[Line, ...]:
    """``titled``: the first line stands out, where two languages stand one above the other."""
    title = _marked(block.lines[:1], block.right_to_left, BOLD if titled else None)
    return title + _marked(block.lines[1:], block.right_to_left, None)


def _marked(lines: tuple[str, ...], right_to_left: bool, style: str | None) -> tuple[Line, ...]:
    mark = RIGHT_TO_LEFT if right_to_left else ""
    return tuple(Line(mark + part, style) for line in lines for part in cut(line))


def _keyboard(buttons: tuple[Label, ...], message: str) -> Keyboard | None:
    if not buttons:
        return None
    wide = 1 if any(len(label.text) > SHORT for label in buttons) else LANGUAGES_IN_A_ROW
    rows = [buttons[at : at + wide] for at in range(0, len(buttons), wide)]
    return [[_button(label, message) for label in row] for row in rows]


def _button(label: Label, message: str) -> dict[str, str]:
    data = button_data(message, label.id)
    if (size := len(data.encode())) > LONGEST_DATA:
        raise ButtonDataError(f"button {label.id!r}: its data takes {size} bytes, and Telegram takes {LONGEST_DATA}")
    return {"text": label.text, "callback_data": data}
