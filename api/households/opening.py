"""A new case: what it is opened with, checked the same for the command and the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from babel import Locale

from bot.followup.relay import Sender
from bot.followup.slots import SlotError, SlotFault, fill
from bot.followup.templates import Slot, templates
from bot.wording import SOURCE_LANGUAGE

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
FIRST_CONTACT = ("accord_messages", "arret_messages")
SENDER = ("prenom", "structure", "telephone", "contact")


def case_language(lang: str) -> str | None:
    """The language as BCP 47 writes it; None for what is none that CLDR knows."""
    code = lang.strip().replace("_", "-")
    known = LANGUAGE.fullmatch(code) and code.split("-")[0] in Locale.parse(SOURCE_LANGUAGE).languages
    return code if known else None


def sender_slots() -> dict[str, Slot]:
    """The values by which the messages say who writes, as slots."""
    found = {name: slot for one in FIRST_CONTACT for name, slot in templates()[one].slots.items()}
    return {name: found[name] for name in SENDER}


def sender_of(said: Mapping[str, str]) -> Sender:
    """Who writes. Raises SlotError with every value that no message could say."""
    kept: dict[str, str] = {}
    faults: list[SlotFault] = []
    for name, slot in sender_slots().items():
        one = replace(templates()[FIRST_CONTACT[0]], slots={name: slot})
        try:
            kept[name] = str(fill(one, {name: said.get(name, "")})[name])
        except SlotError as error:
            faults += error.faults
    if faults:
        raise SlotError(FIRST_CONTACT[0], tuple(faults))
    return Sender(**kept)
