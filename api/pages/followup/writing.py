"""A visitor writes: the form of a template's slots -> a content, and what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from api.households.desk import LINK, PRINT
from api.slot_faults import slot_line
from api.storage.households import Case
from bot.channels.web_page.requests import Form
from bot.followup import relay
from bot.followup.catalog import catalog, household_languages
from bot.followup.compare import Difference
from bot.followup.content import TEMPLATE, Block, Content, HeldError, Shown, show
from bot.followup.departure import HELD, prepare
from bot.followup.slots import SlotError, SlotFault, fill
from bot.followup.templates import CHOICE, PLACES, SEVERAL, Slot, Template, choice_message, templates
from bot.messages import Text
from bot.wording import SOURCE_LANGUAGE, Wording
from rules.model import Territory

INPUTS = {"day": "date", "hour": "time", "month": "month", "phone": "tel", "minutes": "number", "count": "number"}
ADDRESS = ".adresse"
DAY_TO_COME = "jour"
NOT_TO_CHOOSE = frozenset({"arret_messages"})  # said by itself after STOP


@dataclass(frozen=True, slots=True)
class Field:
    """A slot in the form. ``input``: what to type it in; ``options``: (id, words) of a choice."""

    slot: Slot
    input: str
    value: str
    options: tuple[tuple[str, str], ...] = ()
    chosen: frozenset[str] = frozenset()
    address: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """A message before it leaves. ``ways``: how it may, the likeliest first; none where it is held.

    ``how``: alone, side_by_side or held; ``reasons``: why it is held, or stays with paper.
    """

    content: Content
    french: tuple[Block, ...]
    shown: Shown | None
    how: str
    ways: tuple[str, ...]
    reasons: tuple[Text, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def as_read(self) -> Shown:
        """Its French."""
        return Shown(SOURCE_LANGUAGE, False, self.french)


def to_choose() -> tuple[Template, ...]:
    """The templates that a visitor may send to a household."""
    return tuple(one for one in templates() if one.recipient == "menage" and one.id not in NOT_TO_CHOOSE)


def fields_of(
    template: Template, values: Mapping[str, str], words: Wording, error: SlotError | None = None
) -> tuple[Field, ...]:
    """The form of a template's slots with what was given, and what is wrong beside each."""
    wrong = {fault.slot: _said(fault, words) for fault in (error.faults if error else ())}
    return tuple(_field(slot, values.get(name, ""), wrong.get(name, "")) for name, slot in template.slots.items())


def given_in(form: Form, template: Template) -> dict[str, str]:
    """The values of a form as they are written at the boundary."""
    given = {}
    for name, slot in template.slots.items():
        said = [one.strip() for one in form.get(name, ()) if one.strip()]
        if slot.choices == PLACES:
            said += [one.strip() for one in form.get(name + ADDRESS, ()) if one.strip()]
        given[name] = ", ".join(said) if slot.kind == SEVERAL or slot.choices == PLACES else (said or [""])[-1]
    return given


def preview(content: Content, case: Case, territory: Territory | None) -> Preview:
    """What a content says in French and to the household, and how it may leave. Raises SlotError."""
    try:
        french = show(content, SOURCE_LANGUAGE, territory).blocks
        shown = show(content, case.language, territory)
    except HeldError as held:
        return Preview(content, (), None, HELD, (), (held.reason,), held.differences)
    how = "alone"
    if content.kind == TEMPLATE and case.language in household_languages():
        how = prepare(templates()[content.subject], content.values, case.language, territory).departure.how
    ways, reasons = _ways(content, case)
    return Preview(content, french, shown, how, ways, reasons)


def days_past(content: Content, today: date) -> bool:
    """Whether an appointment lies before today: it can be meant, and rarely is."""
    if content.kind != TEMPLATE or DAY_TO_COME not in content.values:
        return False
    day = fill(templates()[content.subject], content.values)[DAY_TO_COME]
    return isinstance(day, date) and day < today


def _said(fault: SlotFault, words: Wording) -> str:
    return words("visitor.slot.missing") if fault.code == "missing" else slot_line(fault, words)


def _ways(content: Content, case: Case) -> tuple[tuple[str, ...], tuple[Text, ...]]:
    template = content.subject if content.kind == TEMPLATE else None
    agreed = relay.may_send(template, case.consent)
    ways = [case.channel] if agreed and case.channel else []
    ways += [LINK] if agreed or case.consent == relay.UNASKED else []
    reasons = () if agreed else (Text(f"household.held.{case.consent}", {"reference": case.reference}),)
    return (*ways, PRINT), reasons


def _field(slot: Slot, value: str, error: str) -> Field:
    french = catalog(SOURCE_LANGUAGE)
    options = tuple((one, french.text(choice_message(slot.choices, one))) for one in slot.allowed)
    if slot.choices == PLACES:
        where, _, address = (part.strip() for part in value.partition(","))
        if where and where not in slot.allowed:
            where, address = "", value
        return Field(slot, "place", where, options, address=address, error=error)
    if slot.kind == SEVERAL:
        chosen = frozenset(part.strip() for part in value.split(","))
        return Field(slot, "several", value, options, chosen, error=error)
    kind = "choice" if slot.kind == CHOICE else INPUTS.get(slot.kind, "text")
    return Field(slot, kind, value, options, error=error)
