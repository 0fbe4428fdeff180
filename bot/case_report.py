"""Judged cases in words that a coordinator reads: expected, found, the reasons found, and what no case touches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from bot.messages import Text
from rules.judging import Coverage, Mismatch, Verdict
from rules.model import Ruleset

NOTHING = Text("cases.nothing")
Name = TypeVar("Name")


def verdict_texts(verdict: Verdict) -> tuple[Text, ...]:
    """A case that was answered otherwise: a line for each difference, then each reason found."""
    lines = [_mismatch(m) for m in verdict.mismatches]
    if not verdict.finding.reasons:
        return (*lines, Text("cases.no_reason"))
    lines.append(Text("cases.reasons"))
    for reason in verdict.finding.reasons:
        said = Text(reason.message, reason.params)
        lines.append(Text("cases.reason", {"reason": said, "statement": reason.statement}))
    return tuple(lines)


def who_said(verdict: Verdict) -> Text:
    """Where the case stands, who said it and when."""
    case = verdict.case
    params: dict[str, object] = {"file": case.origin, "path": case.path, "by": case.said_by}
    if case.said_on is None:
        return Text("cases.said", params)
    return Text("cases.said_on", {**params, "on": case.said_on})


def coverage_texts(coverage: Coverage, ruleset: Ruleset) -> tuple[Text, ...]:
    """How much of the rules the cases touch, and by name what none of them does."""
    parts = {"rules": coverage.rules, "contradictions": coverage.contradictions, "statements": coverage.statements}
    lines = [
        Text(f"cases.coverage.{name}", {"touched": sum(map(bool, counts.values())), "all": len(counts)})
        for name, counts in parts.items()
    ]
    if coverage.never_cited:
        lines.append(Text("cases.never_cited", {"statements": coverage.never_cited}))
    origins = {r.id: r.origin for r in ruleset.rules} | {c.id: c.origin for c in ruleset.contradictions}
    for name in (*untouched(coverage.rules), *untouched(coverage.contradictions)):
        lines.append(Text("cases.untouched", {"what": f"{origins[name]} › {name}"}))
    for number in untouched(coverage.statements):
        said = Text(f"statement.{number}")
        lines.append(Text("cases.untouched_statement", {"statement": number, "said": said}))
    return tuple(lines)


def untouched(counts: Mapping[Name, int]) -> tuple[Name, ...]:
    """What no case touches."""
    return tuple(name for name, count in counts.items() if not count)


def _mismatch(mismatch: Mismatch) -> Text:
    params = {
        "what": Text(f"cases.key.{mismatch.key}"),
        "expected": _said(mismatch.key, mismatch.expected),
        "found": _said(mismatch.key, mismatch.found),
    }
    return Text("cases.mismatch", params)


def _said(key: str, value: object) -> object:
    """A line of an expectation, or of an answer, in words."""
    if value is None or value == [] or value == {}:
        return NOTHING
    match key, value:
        case "status", str():
            return Text(f"cases.status.{value}")
        case "certainty", str():
            return Text(f"certainty.{value}")
        case "open", Mapping():
            return Text(
                "cases.open",
                {"reason": Text(f"open_reason.{value['reason']}"), "who": Text(f"decider.{value['decider']}")},
            )
        case "excluded", Mapping():
            return tuple(
                Text("cases.excluded", {"mission": Text(f"mission.{m}"), "statements": tuple(n or ())})
                for m, n in value.items()
            )
        case "next_question", str():
            return Text(f"fact.{value}")
    return _list(key, value if isinstance(value, Sequence) else ())


def _list(key: str, values: Sequence[object]) -> tuple[object, ...]:
    kind = {"missions": "mission", "candidates": "mission", "missing": "fact"}.get(key)
    return tuple(Text(f"{kind}.{v}") if kind else v for v in values)
