"""Whether a message may leave in a language, alone or beside the French, or is held and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.followup.catalog import DRAFT, MISSING, REVIEWED, STALE, Catalog, catalog
from bot.followup.catalog_text import LISTEN, MINUTES
from bot.followup.compare import Difference, compare
from bot.followup.message import Message, render
from bot.followup.slots import Place, Slots
from bot.followup.templates import CHOICE, SEVERAL, Slot, Template, choice_message
from bot.messages import Text
from bot.wording import SOURCE_LANGUAGE
from rules.model import Territory

ALONE, SIDE_BY_SIDE, HELD = "alone", "side_by_side", "held"
BESIDE_THE_FRENCH = ("consent", "appointment", "money")
WORST_FIRST = (MISSING, STALE, DRAFT, REVIEWED)


@dataclass(frozen=True, slots=True)
class Departure:
    """``how``: alone, side_by_side or held; ``reason``: why it is held; ``state``: that of its least certain words."""

    how: str
    state: str
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What may be sent: no message when held, else the translation, after the French where both go."""

    departure: Departure
    messages: tuple[Message, ...] = ()
    differences: tuple[Difference, ...] = ()


def may_leave(
    template: Template,
    language: str,
    territory: Territory | None = None,
    *,
    values: Slots | None = None,
    words: Catalog | None = None,
    french: Catalog | None = None,
) -> Departure:
    """Whether a message may leave in a language, by what was reviewed and what the territory decided.

    Without ``values`` every choice of the message must be fit to leave. ``words`` and ``french``: other catalogs than
    the program's.
    """
    words = words or catalog(language)
    state = state_of(template, words, french or catalog(SOURCE_LANGUAGE), values)
    if (reason := _promise(template, territory)) is not None:
        return Departure(HELD, state, reason)
    if language == SOURCE_LANGUAGE or state == REVIEWED:
        return Departure(ALONE, state)
    if state in (MISSING, STALE):
        return Departure(HELD, state, Text(f"followup.held.{state}", {"language": language}))
    set_by = territory.messages.get(template.kind) if territory else None
    if set_by and set_by.value == REVIEWED:
        params = {"language": language, "by": set_by.decided_by, "on": set_by.decided_on}
        return Departure(HELD, state, Text("followup.held.not_reviewed", params))
    return Departure(SIDE_BY_SIDE if template.kind in BESIDE_THE_FRENCH else ALONE, state)


def prepare(
    template: Template,
    slots: Mapping[str, object],
    language: str,
    territory: Territory | None = None,
    words: Catalog | None = None,
) -> Outgoing:
    """The messages to send, in order. Held when the language may not leave or says other values than the French.

    ``words``: another catalog of the language than the program's. Raises SlotError and CatalogError as ``render`` does.
    """
    french = render(template, slots, SOURCE_LANGUAGE)
    departure = may_leave(template, language, territory, values=french.values, words=words)
    if departure.how == HELD or language == SOURCE_LANGUAGE:
        return Outgoing(departure, () if departure.how == HELD else (french,))
    translated = render(template, slots, language, words)
    if differences := compare(french, translated, words):
        reason = Text("followup.held.differs", {"language": language})
        return Outgoing(Departure(HELD, departure.state, reason), (), differences)
    return Outgoing(departure, (french, translated) if departure.how == SIDE_BY_SIDE else (translated,))


def state_of(template: Template, words: Catalog, french: Catalog, values: Slots | None = None) -> str:
    """The worst review state among all that a message says. French has no state of its own: it is the source."""
    if words.language == SOURCE_LANGUAGE:
        return REVIEWED
    states = {
        words.entries[key].state(french.entries[key]) if key in words.entries else MISSING
        for key in keys_said(template, values)
    }
    return min(states, key=WORST_FIRST.index)


def keys_said(template: Template, values: Slots | None = None) -> tuple[str, ...]:
    """The catalog keys that a message says; of its choices all, or those of the values."""
    keys = [template.text, *(button.message for button in template.buttons), LISTEN]
    for name, slot in template.slots.items():
        chosen = slot.allowed if values is None else _chosen(slot, values[name])
        keys += [choice_message(slot.choices, one) for one in chosen]
        if slot.kind == "minutes":
            keys.append(MINUTES)
    return tuple(keys)


def _chosen(slot: Slot, value: object) -> tuple[str, ...]:
    if isinstance(value, Place):
        return (value.where,) if value.where else ()
    if slot.kind == SEVERAL and isinstance(value, tuple):
        return value
    return (str(value),) if slot.kind == CHOICE else ()


def _promise(template: Template, territory: Territory | None) -> Text | None:
    """Why a message that promises an option of the programme may not leave: the territory has not taken it."""
    if template.requires is None:
        return None
    taken = territory.options.get(template.requires) if territory else None
    if taken is None:
        return Text("followup.held.option_undecided", {"option": Text(f"followup.option.{template.requires}")})
    if taken.value is True:
        return None
    params = {"option": Text(f"followup.option.{template.requires}"), "by": taken.decided_by, "on": taken.decided_on}
    return Text("followup.held.option_refused", params)
