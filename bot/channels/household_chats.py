"""A household's chat in any network: what somebody did there, and what is shown back. Each network turns its own
events into a Deed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from bot.followup.content import Shown
from bot.messages import Text
from bot.speech.sounded import Sounded

PREFIX = "h:"
RIGHT_TO_LEFT = "\u200f"  # without it a client turns a line that begins with a number or a name to the left


@dataclass(frozen=True, slots=True)
class Note:
    """A voice note that is not fetched yet; its length (seconds) and size (bytes) as the network tells them, 0 where it
    does not."""

    seconds: int
    size: int
    fetch: Callable[[], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did in a chat. ``event`` is unique in its network; ``address``: where the chat is written to.

    ``start``: what the link said that they came by; ``button``: the data of what they pressed; ``typed``: their words,
    None for what a household cannot mean (a visitor's command, a photo); ``about``: the words of ours they reply to.
    """

    event: str
    address: str
    start: str | None = None
    button: str | None = None
    typed: str | None = None
    note: Note | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Took:
    """A deed that was a household's, or about one: no interview sees it. ``notice``: what to say back in the words
    of the program, ``shown`` in those of the household; ``sound``: what is to be heard, under the words ``caption``,
    and ``unheard`` what to show where that fails."""

    notice: Text | None = None
    shown: Shown | None = None
    sound: Sounded | None = None
    caption: str | None = None
    unheard: Shown | None = None


class HouseholdChats(Protocol):
    """What a channel is given by the wiring: whose chat is a household's, and what it did, taken in durably."""

    async def take(self, deed: Deed) -> Took | None:
        """None: not a household's, the interview goes on. Raises what fetching a note raises."""


def words_of(shown: Shown, pressed: str) -> str:
    """What is said of a message once this of its buttons was pressed."""
    return next((f"✓ {button.text}" for button in shown.buttons if button.id == pressed), "✓")


def button_data(message: str, button: str) -> str:
    """What a button of a household's message says when it is pressed."""
    return f"{PREFIX}{message}:{button}"


def button_of(data: str) -> tuple[str, str] | None:
    """The message and the button that a press names, or None when it is not of a household's message."""
    if not data.startswith(PREFIX):
        return None
    message, _, button = data.removeprefix(PREFIX).partition(":")
    return message, button
