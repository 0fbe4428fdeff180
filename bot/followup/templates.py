"""The messages to households: templates.yaml -> Template, all frozen. Words are in the catalogs, never here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

from rules.errors import RulesetError, did_you_mean
from rules.load_parts import check_keys
from rules.load_territory import MESSAGE_KINDS
from rules.yaml_text import mapping_in, read_text

FOLDER = Path(__file__).resolve().parent
FILE = "templates.yaml"

CHOICE, SEVERAL = "choice", "several"
SLOT_KINDS = (
    "name", "place", "phone", "contact", "day", "hour", "month", "minutes", "count", "amount", "reference", "words",
)  # fmt: skip
RECIPIENTS = ("menage", "donneur_alerte")
LEGAL_BASES = ("mission_info", "consent_for_channel", "household_agreement")
OPTIONS = ("option_n1", "option_evaluation")
WORDS = ("stop", "yes")
PLACES = "lieux"

Choices = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a typed value. ``choices``: the list that a ``choice`` or ``several`` is of, else empty."""

    name: str
    kind: str
    choices: str = ""
    allowed: tuple[str, ...] = ()
    example: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """An answer that the household can press. ``message`` is the catalog message of its words."""

    id: str
    message: str


@dataclass(frozen=True, slots=True)
class Template:
    """One message to send, without its words. ``text`` is its catalog message."""

    id: str
    number: str
    purpose: str
    trigger: str
    recipient: str
    kind: str
    legal_basis: str
    mission: str | None = None
    requires: str | None = None
    names: tuple[str, ...] = ()
    languages: bool = False
    slots: Mapping[str, Slot] = field(default_factory=dict)
    buttons: tuple[Button, ...] = ()

    @property
    def text(self) -> str:
        return f"household.{self.id}.text"


@dataclass(frozen=True, slots=True)
class Templates:
    """All messages, in the order of the file, and the lists that their choices are of."""

    by_id: Mapping[str, Template]
    choices: Choices

    def __iter__(self) -> Iterator[Template]:
        return iter(self.by_id.values())

    def __getitem__(self, wanted: str) -> Template:
        """By id or number. Raises KeyError."""
        for template in self:
            if wanted in (template.id, template.number):
                return template
        raise KeyError(wanted)

    def choice_messages(self, choices: str) -> tuple[str, ...]:
        return tuple(choice_message(choices, one) for one in self.choices[choices])


def choice_message(choices: str, one: str) -> str:
    """The catalog message of a choice's words."""
    return f"household.choice.{choices}.{one}"


@cache
def templates() -> Templates:
    """Those of the program."""
    return load_templates(FOLDER)


def load_templates(folder: Path) -> Templates:
    """The templates of a folder's file. Raises RulesetError with file, path and hint."""
    raw = mapping_in(FILE, read_text(folder, FILE))
    check_keys(FILE, "", raw, {"choices", "examples", "messages"}, required={"choices", "examples", "messages"})
    choices = {str(name): _ids(f"choices › {name}", ids) for name, ids in _mapping("choices", raw["choices"]).items()}
    examples = {str(name): str(value) for name, value in _mapping("examples", raw["examples"]).items()}
    found: dict[str, Template] = {}
    for name, one in _mapping("messages", raw["messages"]).items():
        template = _template(str(name), one, choices, examples)
        if twin := next((t.id for t in found.values() if t.number == template.number), None):
            raise RulesetError(FILE, f"messages › {name} › number", f"{template.number} is already that of '{twin}'")
        found[template.id] = template
    used = {slot.name for template in found.values() for slot in template.slots.values()}
    if idle := sorted(examples.keys() - used):
        raise RulesetError(FILE, f"examples › {idle[0]}", "no message has this slot", did_you_mean(idle[0], list(used)))
    return Templates(MappingProxyType(found), MappingProxyType(choices))


def _template(name: str, raw: object, choices: Choices, examples: Mapping[str, str]) -> Template:
    path = f"messages › {name}"
    required = {"number", "purpose", "trigger", "recipient", "kind", "legal_basis"}
    known = required | {"mission", "requires", "names", "languages", "slots", "buttons"}
    check_keys(FILE, path, raw, known, required=required)
    one = _mapping(path, raw)
    for key, allowed in (("kind", MESSAGE_KINDS), ("recipient", RECIPIENTS), ("legal_basis", LEGAL_BASES)):
        _one_of(f"{path} › {key}", one[key], allowed)
    if "requires" in one:
        _one_of(f"{path} › requires", one["requires"], OPTIONS)
    names = _ids(f"{path} › names", one.get("names") or [])
    for word in names:
        _one_of(f"{path} › names", word, WORDS)
    slots = {
        str(slot): _slot(f"{path} › slots › {slot}", str(slot), kind, choices, examples)
        for slot, kind in _mapping(f"{path} › slots", one.get("slots") or {}).items()
    }
    buttons = _ids(f"{path} › buttons", one.get("buttons") or [])
    return Template(
        id=name,
        number=str(one["number"]),
        purpose=str(one["purpose"]),
        trigger=str(one["trigger"]),
        recipient=str(one["recipient"]),
        kind=str(one["kind"]),
        legal_basis=str(one["legal_basis"]),
        mission=str(one["mission"]) if "mission" in one else None,
        requires=str(one["requires"]) if "requires" in one else None,
        names=names,
        languages=one.get("languages") is True,
        slots=MappingProxyType(slots),
        buttons=tuple(Button(b, f"household.{name}.button.{b}") for b in buttons),
    )


def _slot(path: str, name: str, raw: object, choices: Choices, examples: Mapping[str, str]) -> Slot:
    if name not in examples:
        raise RulesetError(FILE, path, f"no example of '{name}'", "add one under 'examples'")
    if isinstance(raw, Mapping):
        check_keys(FILE, path, raw, {CHOICE, SEVERAL})
        if len(raw) != 1:
            raise RulesetError(FILE, path, "one of 'choice' and 'several'", "write it as {choice: a_list}")
        [(kind, listed)] = raw.items()
        _one_of(path, listed, tuple(choices))
        return Slot(name, str(kind), str(listed), choices[str(listed)], examples[name])
    _one_of(path, raw, SLOT_KINDS)
    if raw == "place":
        return Slot(name, "place", PLACES, choices.get(PLACES, ()), examples[name])
    return Slot(name, str(raw), example=examples[name])


def _mapping(path: str, raw: object) -> Mapping[object, object]:
    if not isinstance(raw, Mapping):
        raise RulesetError(FILE, path, f"a mapping is needed, not {raw!r}")
    return raw


def _ids(path: str, raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(isinstance(one, str) for one in raw):
        raise RulesetError(FILE, path, f"a list of ids is needed, not {raw!r}", "quote what YAML reads as yes or no")
    if len(set(raw)) < len(raw):
        raise RulesetError(FILE, path, f"an id stands twice in {', '.join(raw)}")
    return tuple(raw)


def _one_of(path: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise RulesetError(FILE, path, f"unknown '{value}'", did_you_mean(str(value), list(allowed)))
