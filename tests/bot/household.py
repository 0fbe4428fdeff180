"""Household messages for tests: example values, and a catalog of any language that says the French words."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from bot.followup.catalog import catalog, fingerprint, forms_of
from bot.followup.catalog_text import new_catalog, refreshed
from bot.followup.templates import templates

FRENCH = catalog("fr")
TEMPLATES = templates()


def examples(template):
    return {name: slot.example for name, slot in template.slots.items()}


def speaking(language, **words):
    """A draft catalog in French words under a language's rules; ``words`` replaces some (``__`` is a dot)."""
    empty = refreshed(new_catalog(language), FRENCH, TEMPLATES)
    entries = {}
    for key, entry in empty.entries.items():
        said = FRENCH.entries[key].words
        if isinstance(said, tuple):
            said = (forms_of(said)[-1],) * empty.plural_forms
        entries[key] = replace(entry, words=said, french=fingerprint(FRENCH.entries[key].words))
    for key, said in words.items():
        name = key.replace("__", ".")
        entries[name] = replace(entries[name], words=said)
    return replace(empty, entries=MappingProxyType(entries))
