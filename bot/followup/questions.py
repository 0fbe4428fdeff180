"""What a household can be asked: questions.yaml -> HouseholdQuestion, all frozen. Words are in the catalogs.

An answer fills one fact of the situation, or leaves it unknown; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType

from rules.errors import RulesetError, did_you_mean
from rules.interview import UNKNOWN
from rules.load_parts import check_keys
from rules.vocabulary import months_before
from rules.yaml_text import mapping_in, read_text

FOLDER = Path(__file__).resolve().parent
FILE = "questions.yaml"
KINDS = BOOL, CHOICE, DELAY = "bool", "choice", "delay"

Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class HouseholdQuestion:
    """One question; ``choices``: the facts that each says, in order, the last being « I do not know »: none.

    In a question of kind ``delay`` a choice says ``months`` before the day of the answer: see ``facts_on``.
    """

    id: str
    fact: str
    choices: Mapping[str, Facts]
    kind: str

    @property
    def text(self) -> str:
        """The catalog message of its words."""
        return f"household.question.{self.id}.text"

    def choice_message(self, choice: str) -> str:
        """The catalog message of a choice's words."""
        return f"household.question.{self.id}.button.{choice}"

    @property
    def messages(self) -> tuple[str, ...]:
        return (self.text, *map(self.choice_message, self.choices))

    def facts_on(self, choice: str, day: date) -> Facts:
        """What a choice says when it is made on this day: facts that a situation takes, dates as ranges.

        Empty where the fact stays unknown. Raises KeyError for a choice that the question does not offer.
        """
        facts = self.choices[choice]
        if self.kind != DELAY or not facts:
            return facts
        return MappingProxyType({self.fact: _range(facts["months"], day)})


@cache
def household_questions() -> Mapping[str, HouseholdQuestion]:
    """Those of the program, by id."""
    return load_questions(FOLDER)


def load_questions(folder: Path) -> Mapping[str, HouseholdQuestion]:
    """The questions of a folder's file, by id. Raises RulesetError with file, path and hint."""
    raw = mapping_in(FILE, read_text(folder, FILE))
    check_keys(FILE, "", raw, {"questions"}, required={"questions"})
    asked = _mapping("questions", raw["questions"])
    return MappingProxyType({str(name): _question(str(name), one) for name, one in asked.items()})


def _question(name: str, raw: object) -> HouseholdQuestion:
    path = f"questions › {name}"
    check_keys(FILE, path, raw, {"kind", "choices"}, required={"kind", "choices"})
    one = _mapping(path, raw)
    kind = str(one["kind"])
    if kind not in KINDS:
        raise RulesetError(FILE, f"{path} › kind", f"unknown '{kind}'", did_you_mean(kind, list(KINDS)))
    choices: dict[str, Facts] = {}
    for choice, said in _mapping(f"{path} › choices", one["choices"]).items():
        where = f"{path} › choices › {choice}"
        if choice == UNKNOWN or not isinstance(choice, str):
            raise RulesetError(FILE, where, f"'{choice}' cannot be a choice's id", "quote what YAML reads as yes or no")
        check_keys(FILE, where, said, {"months"} if kind == DELAY else {name})
        choices[choice] = MappingProxyType(dict(_mapping(where, said)))
        if kind == DELAY and said:
            _check_months(where, choices[choice]["months"])
    return HouseholdQuestion(name, name, MappingProxyType({**choices, UNKNOWN: MappingProxyType({})}), kind)


def _check_months(path: str, months: object) -> None:
    whole = isinstance(months, list) and all(type(m) is int and m >= 0 for m in months)
    if not whole or not isinstance(months, list) or len(months) not in (1, 2) or months != sorted(set(months)):
        raise RulesetError(FILE, path, f"two numbers of months, or one, are needed, not {months!r}", "write [1, 4]")


def _range(months: object, day: date) -> Facts:
    """The days of [from, to] months before ``day``: one month to the day is « one month or less », four is « more »."""
    shorter, longer = (*months, None)[:2] if isinstance(months, list) else (0, None)
    found = {"to": _last(shorter, day).isoformat()}
    if longer is not None:
        found["from"] = _first(longer, day).isoformat()
    return MappingProxyType(found)


def _first(longer: int, day: date) -> date:
    return months_before(day, longer) + timedelta(days=0 if longer == 1 else 1)


def _last(shorter: int, day: date) -> date:
    return day if not shorter else months_before(day, shorter) - timedelta(days=1 if shorter == 1 else 0)


def _mapping(path: str, raw: object) -> Mapping[object, object]:
    if not isinstance(raw, Mapping):
        raise RulesetError(FILE, path, f"a mapping is needed, not {raw!r}")
    return raw
