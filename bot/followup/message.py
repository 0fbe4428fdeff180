"""A template and its values -> a message in a language: lines and buttons, each value still known for what it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from bot.followup.catalog import Catalog, catalog, household_languages, own_name, po_file
from bot.followup.errors import CatalogError
from bot.followup.slot_words import PDI, all_written
from bot.followup.slots import Slots, fill
from bot.followup.templates import Template
from bot.wording import SOURCE_LANGUAGE

SLOT = re.compile(r"\{(\w+)\}")
LANGUAGE_BUTTON = "langue."
POINTS = (".", "…", "।", "۔", "。")  # what ends a sentence, in any script; one of « ... » is left alone
POINT = re.compile(r"^[.।۔。](?![.])")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line: words of the catalog, or the value of ``slot`` as the language writes it."""

    text: str
    slot: str | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A button with its words."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """What a household reads. ``values``: the typed values; ``in_french``: the slots whose value stays in French."""

    template: Template
    language: str
    right_to_left: bool
    lines: tuple[tuple[Part, ...], ...]
    buttons: tuple[Label, ...]
    values: Slots
    in_french: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The first line: what a locked screen shows, so nothing of the household's case stands in it."""
        return _joined(self.lines[0])

    @property
    def body(self) -> tuple[str, ...]:
        return tuple(_joined(line) for line in self.lines[1:])

    @property
    def text(self) -> str:
        return "\n".join((self.title, *self.body))


@dataclass(frozen=True, slots=True)
class Pair:
    """The French and its translation, with the same values."""

    french: Message
    translation: Message


def render(template: Template, slots: Mapping[str, object], language: str, words: Catalog | None = None) -> Message:
    """The message in a language; ``words``: another catalog than the program's.

    Raises SlotError for a missing, unknown or wrong value, CatalogError where the language lacks words.
    """
    values = fill(template, slots)
    words = words or catalog(language)
    sentence = words.text(template.text)
    if unknown := sorted(slots_in(sentence).keys() - template.slots.keys()):
        hint = "see `aiguillage locales check`"
        raise CatalogError(po_file(words.language), f"{template.text} has a slot {{{unknown[0]}}} of no value", hint)
    said = all_written(template.slots, values, words)
    lines = tuple(tuple(_line(pieces, said)) for pieces in _pieces(sentence))
    left = tuple(n for n, s in template.slots.items() if s.kind == "words" and words.language != SOURCE_LANGUAGE)
    return Message(template, words.language, words.right_to_left, lines, _buttons(template, words), values, left)


def side_by_side(template: Template, slots: Mapping[str, object], language: str) -> Pair:
    """The message in French and in the language. Raises as ``render`` does."""
    return Pair(render(template, slots, SOURCE_LANGUAGE), render(template, slots, language))


@cache
def offered_languages() -> tuple[str, ...]:
    """The languages that a household can choose: those whose catalog lacks no words."""
    whole = (code for code in household_languages() if not any(e.empty for e in catalog(code).entries.values()))
    return tuple(whole)


def slots_in(sentence: str) -> Counter[str]:
    """How often each slot stands in a catalog sentence."""
    return Counter(SLOT.findall(sentence))


@cache
def _pieces(sentence: str) -> tuple[tuple[tuple[str, bool], ...], ...]:
    """The lines of a sentence, each cut at its slots: (words, False) or (slot, True)."""
    lines = (SLOT.split(line) for line in sentence.split("\n"))
    return tuple(tuple((piece, i % 2 == 1) for i, piece in enumerate(cut) if piece) for cut in lines)


def _line(pieces: tuple[tuple[str, bool], ...], said: Mapping[str, str]) -> Iterator[Part]:
    """A line with its values. After « Mme B. » the sentence ends without a second point."""
    ended = False
    for text, is_slot in pieces:
        words = said[text] if is_slot else POINT.sub("", text, count=1) if ended else text
        if words or is_slot:
            yield Part(words, text if is_slot else None)
        ended = is_slot and words.rstrip(PDI)[-1:] in POINTS


def _buttons(template: Template, words: Catalog) -> tuple[Label, ...]:
    languages = offered_languages() if template.languages else ()
    chosen = (Label(LANGUAGE_BUTTON + code, own_name(code)) for code in languages)
    return (*chosen, *(Label(button.id, words.text(button.message)) for button in template.buttons))


def _joined(line: tuple[Part, ...]) -> str:
    return "".join(part.text for part in line)
