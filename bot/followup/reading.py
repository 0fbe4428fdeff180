"""What a native reader is shown at once: one message with its buttons, or one list of words, beside the French."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.followup.catalog import Catalog, fingerprint, forms_of
from bot.followup.catalog_text import parts
from bot.followup.message import render
from bot.followup.page_keys import page_key
from bot.followup.page_words import SLOTS, page_text
from bot.followup.templates import Templates

PAGE_SLOTS = {page_key(name): (name, slot.example) for name, slot in SLOTS.items()}


@dataclass(frozen=True, slots=True)
class Passage:
    """One text in French and in the language, with example values in the place of its slots."""

    key: str
    french: str
    translated: str


def seen(part: str, words: Catalog, french: Catalog, templates: Templates) -> str:
    """A hash of all that a reader of a part sees: another one as soon as the French or the translation changes."""
    texts = [form for key in parts(templates)[part] for c in (french, words) for form in forms_of(c.entries[key].words)]
    return fingerprint(tuple(texts))


def passages(part: str, words: Catalog, french: Catalog, templates: Templates) -> Iterator[Passage]:
    """The texts of a part, as the household reads them. Raises CatalogError where words are missing."""
    template = templates.by_id.get(part)
    for key in parts(templates)[part]:
        if template and key == template.text:
            values = {name: slot.example for name, slot in template.slots.items()}
            ours, theirs = (render(template, values, c.language, c).text for c in (french, words))
            yield Passage(key, ours, theirs)
        elif key in PAGE_SLOTS:
            name, example = PAGE_SLOTS[key]
            yield Passage(key, page_text(name, french, example), page_text(name, words, example))
        else:
            ours, theirs = ("\n".join(dict.fromkeys(forms_of(c.entries[key].words))) for c in (french, words))
            yield Passage(key, ours, theirs)
