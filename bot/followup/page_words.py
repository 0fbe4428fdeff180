"""What stands around a household's messages: on its page, on a printed letter, before its first message."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.followup.catalog import Catalog
from bot.followup.page_keys import page_key
from bot.followup.slot_words import written
from bot.followup.slots import parse
from bot.followup.templates import Slot

SLOTS: Mapping[str, Slot] = MappingProxyType(
    {
        "letter_call": Slot("telephone", "phone", example="01 23 45 67 89"),
        "letter_until": Slot("jour", "day", example="2027-01-06"),
    }
)


def page_text(name: str, words: Catalog, value: object = None) -> str:
    """The words of the page in the catalog's language, with the value of their slot where they have one.

    Raises ValueError for a value that its slot does not take, CatalogError where the language lacks words.
    """
    said, slot = words.text(page_key(name)), SLOTS.get(name)
    return said.replace(f"{{{slot.name}}}", written(slot, parse(slot, value), words)) if slot else said
