"""The French and a translation carry the same values: nothing is sent before that holds.

What is compared is what a confident wrong message would be made of: slots, the values in them, and any digit that the
words themselves have.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from bot.followup.catalog import Catalog, catalog
from bot.followup.message import SLOT, Message, slots_in
from bot.followup.slot_words import written


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a translation says something else; in words: ``followup.differs.<code>``."""

    code: str
    what: str
    french: str = ""
    translated: str = ""


def compare_sentences(french: str, translated: str) -> tuple[Difference, ...]:
    """Two catalog sentences: the same slots as often, on the same lines, and the same numbers in the words around."""
    slots, there = slots_in(french), slots_in(translated)
    found = [*_counts("slot_lost", slots - there, slots, there), *_counts("slot_invented", there - slots, slots, there)]
    found = found or _moved(french, translated)
    return (*found, *_numbers(SLOT.sub(" ", french), SLOT.sub(" ", translated)))


def compare(french: Message, translated: Message, words: Catalog | None = None) -> tuple[Difference, ...]:
    """Two messages about to be sent; ``words``: the translation's catalog where it is not the program's."""
    found = list(compare_sentences(_sentence(french), _sentence(translated)))
    if french.template.id != translated.template.id:
        found.append(Difference("template", "", french.template.id, translated.template.id))
    for name in sorted(french.values.keys() | translated.values.keys()):
        ours, theirs = french.values.get(name), translated.values.get(name)
        if ours != theirs:
            found.append(Difference("value", name, str(ours), str(theirs)))
    found += [
        *_rendered(french, catalog(french.language)),
        *_rendered(translated, words or catalog(translated.language)),
    ]
    ours, theirs = (tuple(button.id for button in message.buttons) for message in (french, translated))
    if ours != theirs:
        found.append(Difference("buttons", "", ", ".join(ours), ", ".join(theirs)))
    return tuple(found)


def numbers_in(text: str) -> Counter[str]:
    """The numbers that a text writes in digits of any script, as Latin digits."""
    latin = "".join(str(unicodedata.decimal(c)) if unicodedata.decimal(c, None) is not None else " " for c in text)
    return Counter(latin.split())


def _sentence(message: Message) -> str:
    """The message with its slots in the place of their values."""
    return "\n".join("".join(f"{{{p.slot}}}" if p.slot else p.text for p in line) for line in message.lines)


def _rendered(message: Message, words: Catalog) -> Iterator[Difference]:
    """Values that do not stand in the message as their language writes them."""
    for part in (part for line in message.lines for part in line if part.slot):
        if part.slot in message.values:
            right = written(message.template.slots[part.slot], message.values[part.slot], words)
            if part.text != right:
                yield Difference("rendering", part.slot, right, part.text)


def _counts(code: str, which: Counter[str], ours: Counter[str], theirs: Counter[str]) -> Iterator[Difference]:
    for name in sorted(which):
        yield Difference(code, name, str(ours[name]), str(theirs[name]))


def _moved(french: str, translated: str) -> list[Difference]:
    """Slots on another line than in the French: the new day where the old one is named."""
    lines = zip(french.split("\n"), translated.split("\n"), strict=False)
    moved = [slots_in(ours) - slots_in(theirs) for ours, theirs in lines]
    return [Difference("slot_moved", name) for slots in moved for name in sorted(slots)]


def _numbers(french: str, translated: str) -> Iterator[Difference]:
    ours, theirs = numbers_in(french), numbers_in(translated)
    yield from _counts("number_lost", ours - theirs, ours, theirs)
    yield from _counts("number_invented", theirs - ours, ours, theirs)
