"""What is wrong with a value of a message to a household, in words: for the commands and the pages."""

from __future__ import annotations

from bot.followup.slots import SlotError, SlotFault
from bot.wording import Wording


def slot_line(fault: SlotFault, words: Wording) -> str:
    """What is wrong with a value: the fact, the value, the remedy."""
    if fault.code == "unknown":
        asked = fault.hint["known"]
        remedy = words("followup.slot.known", known=asked) if asked else words("followup.slot.known_none")
        return words("followup.slot.unknown", slot=fault.slot, known=remedy)
    name = words(f"followup.name.{fault.slot}")
    return words(f"followup.slot.{fault.code}", slot=fault.slot, name=name, value=fault.value, **fault.hint)


def slot_lines(error: SlotError, words: Wording) -> list[str]:
    return [slot_line(fault, words) for fault in error.faults]
