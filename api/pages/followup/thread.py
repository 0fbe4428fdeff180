"""The messages of a case -> what who follows it reads: both directions, in French, with what a machine added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.households.desk import SAID, UNHEARD, VOICE
from api.pages.when import ZONE
from api.storage.households import IN, QUEUED, READY, SENT, Stored
from bot.followup.catalog import catalog
from bot.followup.content import FREE, TEMPLATE, WHICH_DAY, WORDS, Content, HeldError, Shown, show, worded
from bot.followup.errors import CatalogError
from bot.followup.slots import SlotError
from bot.wording import SOURCE_LANGUAGE
from rules.model import Territory

SAID_BY_ITSELF = frozenset({WORDS, WHICH_DAY})
UNDERSTOOD = "understood"
CAN_BE_WITHDRAWN = frozenset({QUEUED, READY})


@dataclass(frozen=True, slots=True)
class Entry:
    """One message. ``state``: understood, or the stored one; ``lines``: in French.

    ``automatic``: said by itself after an answer. ``original``: the household's words, or the machine's translation of
    a free text. ``doubts``: about the machine's. ``sound``: there is a voice to hear; ``spoken``: what was said is
    written down; ``unheard``: why it is not, as a catalog message.
    """

    id: str
    ours: bool
    kind: str
    language: str
    state: str
    at: datetime
    lines: tuple[str, ...] = ()
    original: str = ""
    doubts: tuple[str, ...] = ()
    urgent: bool = False
    sound: bool = False
    spoken: bool = False
    unheard: str = ""
    handed: bool = False
    withdrawable: bool = False
    right_to_left: bool = False
    automatic: bool = False


def entries(thread: Sequence[Stored], territory: Territory | None) -> tuple[Entry, ...]:
    return tuple(from_household(one) if one.direction == IN else _to_household(one, territory) for one in thread)


def in_french(content: Content, territory: Territory | None) -> tuple[str, ...]:
    """The lines of a message in French, also of one that could not leave any more today."""
    shown = shown_in(content, SOURCE_LANGUAGE, territory)
    return tuple(line for block in shown.blocks for line in block.lines) if shown else ()


def shown_in(content: Content, language: str, territory: Territory | None) -> Shown | None:
    """A message as it stands in a language, also one that could not leave any more today; None where it has none."""
    try:
        try:
            shown = show(content, language, territory)
        except HeldError:
            if content.kind != TEMPLATE:
                return None
            shown = worded(content, language)
    except (CatalogError, SlotError, KeyError):
        return None
    return shown if shown.language == language else None


def _to_household(message: Stored, territory: Territory | None) -> Entry:
    content = Content.from_record(message.content)
    translated = str(content.values.get("translated") or "") if content.kind == FREE else ""
    return Entry(
        message.id,
        True,
        message.kind,
        message.language,
        UNDERSTOOD if message.understood else message.state,
        (message.sent_at or message.made_at).astimezone(ZONE),
        lines=in_french(content, territory),
        original=translated,
        handed=message.link is not None and message.state in (READY, SENT),
        withdrawable=message.state in CAN_BE_WITHDRAWN,
        right_to_left=_right_to_left(message.language),
        automatic=message.kind in SAID_BY_ITSELF,
    )


def from_household(message: Stored) -> Entry:
    """A message that came in."""
    content = message.content
    original, french = str(content.get(SAID) or ""), str(content.get("french") or "")
    voice = message.kind == VOICE
    return Entry(
        message.id,
        False,
        message.kind,
        message.language,
        message.state,
        message.made_at.astimezone(ZONE),
        lines=tuple(french.split("\n")) if french else (),
        original="" if message.language == SOURCE_LANGUAGE and french == original else original,
        doubts=tuple(str(doubt) for doubt in content.get("doubts", ())),
        urgent=message.urgent,
        sound=voice and SAID not in content,
        spoken=voice and SAID in content,
        unheard=f"tell.unheard.{content[UNHEARD]}" if UNHEARD in content else "",
        right_to_left=_right_to_left(message.language),
    )


def _right_to_left(language: str) -> bool:
    try:
        return catalog(language).right_to_left
    except CatalogError:
        return False
