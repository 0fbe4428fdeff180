"""A catalog goes to who translates and comes back; a native reader's reading is written into it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from bot.followup.catalog import DRAFT, REVIEWED, STALE, Catalog, Entry, Review, fingerprint


@dataclass(frozen=True, slots=True)
class Import:
    """A catalog with what came back. ``older``: keys translated from a French that changed since: taken, but stale."""

    catalog: Catalog
    changed: tuple[str, ...]
    unknown: tuple[str, ...]
    older: tuple[str, ...]


def to_translate(catalog: Catalog, french: Catalog) -> Catalog:
    """The catalog as it goes out: each entry says its state today and is of the French that goes out beside it."""
    entries = {}
    for key, entry in catalog.entries.items():
        state = entry.state(french.entries[key])
        marked = state if state in (STALE, REVIEWED) else DRAFT
        entries[key] = replace(
            entry,
            french=fingerprint(french.entries[key].words),
            marked=marked,
            review=entry.review if marked == REVIEWED else None,
        )
    return replace(catalog, entries=MappingProxyType(entries))


def taken_in(catalog: Catalog, returned: Catalog, french: Catalog) -> Import:
    """What came back, taken into the catalog.

    Other words become a draft of the French they were written for. The same words stay as they were, but for a stale
    entry that the translator marked ``draft``: they say that it still holds. Nobody becomes a reviewer this way.
    """
    entries = dict(catalog.entries)
    changed: list[str] = []
    older: list[str] = []
    for key, back in returned.entries.items():
        if key not in entries or back.empty:
            continue
        ours = entries[key]
        confirmed = back.marked == DRAFT and ours.state(french.entries[key]) == STALE and back.french != ours.french
        if back.words != ours.words or confirmed:
            entries[key] = replace(
                ours, words=back.words, french=back.french, review=None, marked=DRAFT, notes=back.notes
            )
            changed.append(key)
            older += [key] if entries[key].state(french.entries[key]) == STALE else []
    unknown = tuple(key for key in returned.entries if key not in entries)
    return Import(replace(catalog, entries=MappingProxyType(entries)), tuple(changed), unknown, tuple(older))


def approved(catalog: Catalog, french: Catalog, keys: Collection[str], by: str, on: date) -> Catalog:
    """The catalog with these entries read and found right by ``by``, a role, on a day, beside the French of today."""
    entries = dict(catalog.entries)
    for key in keys:
        entry: Entry = entries[key]
        review = Review(by, on, fingerprint(entry.words))
        entries[key] = replace(entry, french=fingerprint(french.entries[key].words), review=review, marked=REVIEWED)
    return replace(catalog, entries=MappingProxyType(entries))
