"""Cases judged by the engine: what each expected and what was found, and what of the rules no case touches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rules.cases import situation_of, territory_of
from rules.compile import CompiledRuleset
from rules.contradicted import contradictions_of
from rules.deciding_rules import sure_rules
from rules.engine import examine, look
from rules.model import Example, Finding, Ruleset


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One line of a case's expectation that the answer does not meet. ``key``: the line's own name."""

    key: str
    expected: object
    found: object


@dataclass(frozen=True, slots=True)
class Verdict:
    """A case, its answer, where the two differ, and what gave the answer: rules, contradictions, statements."""

    case: Example
    finding: Finding
    mismatches: tuple[Mismatch, ...]
    rules: tuple[str, ...]
    contradictions: tuple[str, ...]
    statements: frozenset[int]

    @property
    def passed(self) -> bool:
        return not self.mismatches


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many cases touch each rule, contradiction and statement tagged as a rule.

    ``never_cited``: such statements that no answer of the ruleset can cite (the figures of the contract).
    """

    rules: Mapping[str, int]
    contradictions: Mapping[str, int]
    statements: Mapping[int, int]
    never_cited: tuple[int, ...]


def judge(compiled: CompiledRuleset, case: Example) -> Verdict:
    """Answer the case and compare. Raises SituationError where its facts are none (see `check_case`)."""
    situation, territory = situation_of(case, compiled.ruleset), territory_of(case)
    finding = examine(compiled, situation, territory)
    cited = {r.statement for r in finding.reasons} | {r.statement for e in finding.excluded for r in e.reasons}
    clashes = contradictions_of(compiled.ruleset, finding.reasons)
    return Verdict(
        case=case,
        finding=finding,
        mismatches=tuple(_mismatches(case.expect, finding)),
        rules=() if clashes else sure_rules(look(compiled, situation, territory)),
        contradictions=clashes,
        statements=frozenset(cited | set(finding.open_points)),
    )


def cover(ruleset: Ruleset, verdicts: Iterable[Verdict]) -> Coverage:
    """What the cases touch together; what none touches counts 0."""
    judged = tuple(verdicts)
    rules = Counter(name for v in judged for name in v.rules)
    clashes = Counter(name for v in judged for name in v.contradictions)
    statements = Counter(number for v in judged for number in v.statements)
    tagged = sorted(n for n, s in ruleset.statements.items() if s.tag == "rule")
    citable = _citable(ruleset)
    return Coverage(
        rules={rule.id: rules[rule.id] for rule in ruleset.rules},
        contradictions={c.id: clashes[c.id] for c in ruleset.contradictions},
        statements={number: statements[number] for number in tagged if number in citable},
        never_cited=tuple(number for number in tagged if number not in citable),
    )


def _mismatches(expect: Mapping[str, object], finding: Finding) -> Iterable[Mismatch]:
    for key, wanted in expect.items():
        found = _found(finding, key)
        if not _meets(key, wanted, found):
            yield Mismatch(key, wanted, found)


def _found(finding: Finding, key: str) -> object:
    """The answer's value as a case writes it."""
    match key:
        case "reasons":
            return list(dict.fromkeys(r.statement for r in finding.reasons))
        case "excluded":
            return {e.mission: [r.statement for r in e.reasons] for e in finding.excluded}
        case "open":
            return finding.open and {"reason": finding.open.reason, "decider": finding.open.decider}
        case _:
            value = getattr(finding, key)
            return list(value) if isinstance(value, tuple) else value


def _meets(key: str, wanted: object, found: object) -> bool:
    if key in ("reasons", "missing") and isinstance(wanted, list) and isinstance(found, list):
        return set(wanted) <= set(found)
    if key == "excluded" and isinstance(wanted, Mapping) and isinstance(found, Mapping):
        return all(set(numbers or ()) <= set(found.get(m, ())) and m in found for m, numbers in wanted.items())
    return wanted == found


def _citable(ruleset: Ruleset) -> frozenset[int]:
    """The statements that some answer can cite."""
    said = [c.reason for rule in ruleset.rules for c in rule.reasons]
    said += [c.reason for mission in ruleset.missions.values() for c in mission.excluded]
    said += [reason for clash in ruleset.contradictions for reason in clash.reasons]
    return frozenset({r.statement for r in said} | {n for note in ruleset.notes for n in note.open_points})
