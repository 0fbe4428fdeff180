"""A verdict as a case: the question's facts, what coordination says of them, ready for `tests/situations/`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from api.storage.rulings import Judged
from bot.coordination import CONFIRMED, CORRECTED
from bot.messages import Text
from bot.wording import SOURCE_LANGUAGE, wording
from rules.cases import SETTINGS, check_case, read_cases
from rules.errors import RulesetError
from rules.model import Ruleset, Territory
from rules.yaml_text import mapping_in

SAID = (CONFIRMED, CORRECTED)  # the verdicts that say which answer is right


class UnsayableCaseError(ValueError):
    """A verdict that cannot be said as a case. ``said`` tells why."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.said = Text(message, params)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file of one case, and its name, which tells nothing of who asked."""

    name: str
    text: str


def case_file(judged: Judged, ruleset: Ruleset, territory: Territory | None) -> CaseFile:
    """The case as a file, checked as `aiguillage rules test` does. Raises UnsayableCaseError."""
    name = f"question-{judged.enquiry.asked_at.date()}-{judged.verdict}.yaml"
    if judged.ruling.kind not in SAID:
        raise UnsayableCaseError("case_file.refused.kind")
    if not judged.ruling.missions and judged.ruling.kind == CORRECTED:
        raise UnsayableCaseError("case_file.refused.no_mission")
    case = dict(_lines(judged, ruleset, territory))
    text = yaml.safe_dump({"cases": [case]}, allow_unicode=True, sort_keys=False, default_flow_style=None, width=110)
    try:
        for one in read_cases(name, "cases", mapping_in(name, text)["cases"]):
            check_case(one, ruleset)
    except RulesetError as error:
        raise UnsayableCaseError("case_file.refused.rules", detail=str(error)) from error
    return CaseFile(name, text)


def _lines(judged: Judged, ruleset: Ruleset, territory: Territory | None) -> Iterator[tuple[str, object]]:
    yield "title", _title(judged)
    yield "said_by", _said_by(judged)
    yield "said_on", judged.ruling.day
    if question := _question(judged, ruleset):
        yield "question", question
    if settings := _settings(territory):
        yield "territory", settings
    yield "facts", _facts(judged.enquiry.facts)
    yield "expect", _expected(judged)
    if judged.ruling.reason:
        yield "note", judged.ruling.reason


def _title(judged: Judged) -> str:
    """What was done, and the day of the question."""
    words, action = wording(SOURCE_LANGUAGE), judged.enquiry.facts.get("action")
    what = Text(f"value.action.{action}") if action else Text("case_file.question")
    return words("case_file.title", what=what, day=judged.enquiry.asked_at.date())


def _said_by(judged: Judged) -> str:
    """The role and the territory, never the person."""
    role = wording(SOURCE_LANGUAGE)(f"case_file.by.{judged.role}")
    return f"{role}, {judged.enquiry.territory}" if judged.enquiry.territory else role


def _question(judged: Judged, ruleset: Ruleset) -> str | None:
    """The text's open question that the answer's reasons, or the verdict, rest on."""
    answer: Mapping[str, Any] = judged.enquiry.answer
    cited = [reason["statement"] for reason in answer.get("reasons", ())]
    asked = (ruleset.statements[n].question for n in (*cited, *judged.ruling.statements) if n in ruleset.statements)
    return next((question for question in asked if question), None)


def _settings(territory: Territory | None) -> dict[str, object]:
    if territory is None:
        return {}
    said: dict[str, object] = {name: one.value for name, one in territory.options.items() if name in SETTINGS}
    return {"pause_months": territory.pause_months.value, **said} if territory.pause_months else said


def _facts(logged: Mapping[str, object]) -> dict[str, object]:
    """As they were logged, days as days. The day of the contact is said, so that today is not needed."""
    facts = {fact: _dated(value) for fact, value in logged.items()}
    facts.setdefault("date_contact", facts.get("aujourdhui"))
    if facts["date_contact"] == facts.get("aujourdhui"):
        facts.pop("aujourdhui", None)
    return {fact: value for fact, value in facts.items() if value is not None}


def _dated(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _dated(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_dated(one) for one in value]
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _expected(judged: Judged) -> dict[str, object]:
    """What the verdict says: the mission it names, else the answer as it was given."""
    if judged.ruling.kind == CORRECTED:
        cited = {"reasons": list(judged.ruling.statements)} if judged.ruling.statements else {}
        return {"status": "settled", "missions": list(judged.ruling.missions), **cited}
    answer: Mapping[str, Any] = judged.enquiry.answer
    given = {reason["statement"] for reason in answer.get("reasons", ())}
    cited = {"reasons": kept} if (kept := [n for n in judged.ruling.statements if n in given]) else {}
    if answer["status"] == "settled":
        return {"status": "settled", "missions": list(answer["missions"]), **cited}
    asked = answer["open"]
    if asked["reason"] == "facts_missing":  # a case asks on where an interview is at its end
        return {"status": "asking", "missing": list(answer.get("missing") or ())}
    return {"status": "referred", "open": {"reason": asked["reason"], "decider": asked["decider"]}, **cited}
