"""A message on paper: the household's language, then the French, and how to answer with a phone or by calling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.followup.catalog import Catalog, catalog
from bot.followup.content import Block, Content, show
from bot.followup.page_words import page_text
from bot.wording import SOURCE_LANGUAGE
from rules.model import Territory


@dataclass(frozen=True, slots=True)
class Side:
    """One language's half of a letter. ``how``: to answer with a phone; ``address``: before the address is written."""

    language: str
    right_to_left: bool
    lines: tuple[str, ...]
    how: tuple[str, ...]
    address: str
    until: str
    call: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """What is printed: no name of the household, a reference alone. ``link``: what the square says."""

    reference: str
    link: str
    sides: tuple[Side, ...]


def letter(
    content: Content,
    language: str,
    *,
    reference: str,
    link: str,
    until: date,
    telephone: str,
    territory: Territory | None = None,
) -> Letter:
    """The letter of a message. Raises HeldError where it may not leave, SlotError, CatalogError, ValueError."""
    blocks = (*show(content, language, territory).blocks, *show(content, SOURCE_LANGUAGE, territory).blocks)
    halves = {block.language: block for block in reversed(blocks)}
    ordered = [halves[code] for code in dict.fromkeys((language, SOURCE_LANGUAGE)) if code in halves]
    sides = tuple(_side(half, catalog(half.language), until, telephone) for half in ordered)
    return Letter(reference, link, sides)


def _side(block: Block, words: Catalog, until: date, telephone: str) -> Side:
    return Side(
        language=block.language,
        right_to_left=block.right_to_left,
        lines=block.lines,
        how=tuple(page_text("letter_how", words).split("\n")),
        address=page_text("letter_address", words),
        until=page_text("letter_until", words, until),
        call=tuple(page_text("letter_call", words, telephone).split("\n")),
    )


def plain(sheet: Letter) -> Mapping[str, object]:
    """The letter as JSON values, for what sets it."""
    sides = [
        {
            "lang": side.language,
            "rtl": side.right_to_left,
            "lines": list(side.lines),
            "how": list(side.how),
            "address": side.address,
            "until": side.until,
            "call": list(side.call),
        }
        for side in sheet.sides
    ]
    return {"reference": sheet.reference, "link": sheet.link, "sides": sides}
