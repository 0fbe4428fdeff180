"""Ruleset and Territory -> Guide: the leaflet of the missions that the workshop asked for (statements 68, 69).

Values of ids only; words are chosen where it is printed. Every answer in it is the engine's, never a copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath

from rules.compile import CompiledRuleset
from rules.conditions import Knowledge, holds, traits_of
from rules.engine import FACTS_MISSING, OPTIONS, examine
from rules.errors import RulesetError
from rules.guide.guide_plan import Ambiguity, Case, OpenQuestion
from rules.model import Advice, Convention, Example, Finding, Reason, Ruleset, RulesetId, Territory
from rules.situation import parse
from rules.traits import NO, YES

ACTION = "action"
Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Scope:
    """A mission: what the text says of it, what it may consist in, its timing, and what rules it out.

    All but ``ruled_out`` are numbers of statements, each in one of the three at most.
    """

    mission: str
    says: tuple[int, ...]
    consists_in: tuple[int, ...]
    timing: tuple[int, ...]
    ruled_out: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the drawn course, and what the engine answers there."""

    id: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Delay:
    """A stretch of time in months, ``over`` to ``under`` (None: no bound), and what the engine answers in it.

    ``over_closed``: exactly ``over`` months lie before it. ``closed``: exactly ``under`` months lie in it.
    """

    over: int | None
    over_closed: bool
    under: int | None
    closed: bool
    finding: Finding

    @property
    def local(self) -> bool:
        """Whether the answer rests on the territory's own « quelques mois »."""
        return any(a.message == "territory.pause_months" for a in self.finding.advice)


@dataclass(frozen=True, slots=True)
class DelayTable:
    """The delays ``since`` a date fact, in growing order."""

    since: str
    rows: tuple[Delay, ...]


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """A worked example as the engine answers it here. ``mission``: the one whose file it stands in.

    ``settings``: the settings of a territory that it supposes, where the guide has no territory of its own.
    """

    mission: str
    title: str
    question: str | None
    facts: Facts
    settings: Facts
    finding: Finding

    @property
    def rests_on(self) -> tuple[Advice, ...]:
        """What the answer owes to the settings of the guide's own territory."""
        return () if self.settings else tuple(a for a in self.finding.advice if a.message.startswith("territory."))


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """An open question of the text, with the words (messages) to put to the decider in the cases that touch it."""

    question: OpenQuestion
    asks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """The whole guide. ``left_out``: worked examples that suppose settings contrary to the territory's."""

    ruleset: RulesetId
    documents: tuple[str, ...]
    territory: Territory | None
    scopes: tuple[Scope, ...]
    course: tuple[Stage, ...]
    delays: tuple[DelayTable, ...]
    examples: tuple[WorkedExample, ...]
    left_out: int
    questions: tuple[OpenEntry, ...]
    ambiguities: tuple[Ambiguity, ...]

    def stage(self, name: str) -> Stage:
        """The stage of this name. Raises KeyError."""
        for stage in self.course:
            if stage.id == name:
                return stage
        raise KeyError(name)

    def cited(self) -> tuple[int, ...]:
        """Every statement that the guide shows, in order."""
        findings = [s.finding for s in self.course] + [e.finding for e in self.examples]
        findings += [row.finding for table in self.delays for row in table.rows]
        numbers = {n for s in self.scopes for n in (*s.says, *s.consists_in, *s.timing)}
        numbers |= {r.statement for s in self.scopes for r in s.ruled_out}
        numbers |= {r.statement for f in findings for r in f.reasons}
        numbers |= {r.statement for stage in self.course for e in stage.finding.excluded for r in e.reasons}
        numbers |= {n for q in self.questions for n in q.question.statements}
        numbers |= {a.statement for a in self.ambiguities}
        return tuple(sorted(numbers))


def make_guide(compiled: CompiledRuleset, day: date, territory: Territory | None = None) -> Guide:
    """The guide of a ruleset, for a territory or for the text alone.

    ``day``: the day of the contact where a case says none. Raises RulesetError where nothing says what the guide
    shows, and SituationError for facts of the plan or of an example that the vocabulary refuses.
    """
    ruleset = compiled.ruleset
    plan = ruleset.guide
    if plan is None:
        raise RulesetError("guide.yaml", "", "these rules have no guide", "add guide.yaml beside them")
    examples = tuple(found for e in ruleset.examples if (found := _worked(compiled, e, day, territory)) is not None)
    return Guide(
        ruleset=ruleset.id,
        documents=tuple(dict.fromkeys(s.provenance.document for s in ruleset.statements.values())),
        territory=territory,
        scopes=tuple(_scope(ruleset, mission, territory) for mission in plan.missions),
        course=tuple(Stage(name, _examined(compiled, case, day, territory)) for name, case in plan.course.items()),
        delays=tuple(_table(compiled, case, day, territory) for case in plan.delays if case.since),
        examples=examples,
        left_out=len(ruleset.examples) - len(examples),
        questions=tuple(OpenEntry(q, _asks(q, compiled, day)) for q in plan.questions),
        ambiguities=plan.ambiguities,
    )


def _scope(ruleset: Ruleset, name: str, territory: Territory | None) -> Scope:
    """Sort the statements of a mission by what they depend on: a delay, the action, or neither.

    They are those that define it and those of its own rules, save the rules that never do more than infer.
    """
    mission = ruleset.missions[name]
    says, consists_in, timing = dict.fromkeys(mission.defined_by), dict[int, None](), dict[int, None]()
    for rule in ruleset.rules:
        if rule.missions != (name,) or (rule.certainty != "stated" and rule.stated_when is None):
            continue
        for said in rule.reasons:
            traits = traits_of(said.when) if said.when is not None else frozenset()
            delay = any(ruleset.traits[t].kind == "delay" for t in traits)
            where = timing if delay else consists_in if ACTION in traits else says
            where[said.reason.statement] = None
    here = _possible(ruleset, territory)
    ruled_out = {
        said.reason.statement: said.reason
        for said in mission.excluded
        if said.when is None or holds(said.when, here) is not False
    }
    return Scope(
        mission=name,
        says=tuple(n for n in says if n not in timing),
        consists_in=tuple(n for n in consists_in if n not in says and n not in timing),
        timing=tuple(timing),
        ruled_out=tuple(ruled_out.values()),
    )


def _possible(ruleset: Ruleset, territory: Territory | None) -> Knowledge:
    """What a contact may be on this territory: anything, save against the options that it has decided."""
    anything = {trait.id: frozenset(trait.domain) for trait in ruleset.traits.values()}
    options = territory.options if territory else {}
    return anything | {fact: frozenset({YES if option.value else NO}) for fact, option in options.items()}


def _examined(compiled: CompiledRuleset, case: Case, day: date, territory: Territory | None) -> Finding:
    situation = parse(compiled.ruleset.vocabulary, _undecided(case.facts, territory), day)
    if case.since and case.zone:
        since = compiled.ruleset.delays_in(territory).dates(case.zone, day)
        situation = situation.with_facts({case.since: since})
    return examine(compiled, situation, territory, final=True)


def _table(compiled: CompiledRuleset, case: Case, day: date, territory: Territory | None) -> DelayTable:
    """Every zone of delay in turn; neighbours with the same answer for the same reasons are one stretch."""
    rows: list[Delay] = []
    over, over_closed = None, False
    for zone in compiled.ruleset.delays_in(territory).zones:
        finding = _examined(compiled, Case(case.facts, case.since, zone.id), day, territory)
        row = Delay(over, over_closed, zone.under, zone.closed, finding)
        if rows and _same(rows[-1], row):
            before = rows.pop()
            row = replace(row, over=before.over, over_closed=before.over_closed)
        rows.append(row)
        over, over_closed = zone.under, zone.closed
    return DelayTable(str(case.since), tuple(rows))


def _same(one: Delay, other: Delay) -> bool:
    """Whether two delays have the same answer for the same reasons."""

    def told(row: Delay) -> tuple[object, ...]:
        found = row.finding
        return (found.status, found.missions, found.certainty, found.open, found.reasons, row.local)

    return told(one) == told(other)


def _worked(
    compiled: CompiledRuleset, example: Example, day: date, territory: Territory | None
) -> WorkedExample | None:
    """The example under the guide's territory, or under the one it supposes; None where the two are at odds."""
    settings = example.territory
    decided = _decided(territory)
    if any(fact in decided and example.facts.get(fact, decided[fact]) != decided[fact] for fact in OPTIONS):
        return None
    if territory is not None and any(decided.get(key) != value for key, value in settings.items()):
        return None
    if territory is not None:
        settings = {}
    facts = _undecided(example.facts, territory)
    today = facts.get("aujourdhui", facts.get("date_contact", day))
    asked = parse(compiled.ruleset.vocabulary, facts, today if isinstance(today, date) else day)
    here = _supposed(settings, day) if settings else territory
    finding = examine(compiled, asked, here, final=True)
    return WorkedExample(PurePosixPath(example.origin).stem, example.title, example.question, facts, settings, finding)


def _decided(territory: Territory | None) -> dict[str, object]:
    if territory is None:
        return {}
    decided = {fact: option.value for fact, option in territory.options.items()}
    return decided | ({"pause_months": territory.pause_months.value} if territory.pause_months else {})


def _undecided(facts: Facts, territory: Territory | None) -> Facts:
    """The facts less those that the territory's settings say: there the settings speak."""
    decided = _decided(territory)
    return {fact: value for fact, value in facts.items() if fact not in decided}


def _supposed(settings: Facts, day: date) -> Territory:
    """The territory that an example supposes; nobody's decision, so nothing of who or when is ever shown."""
    decided = {key: Convention(value, "", day) for key, value in settings.items()}
    options = {fact: decided[fact] for fact in OPTIONS if fact in decided}
    return Territory("", "", options, decided.get("pause_months"))


def _asks(question: OpenQuestion, compiled: CompiledRuleset, day: date) -> tuple[str, ...]:
    """The words of the examples of this question, under the text alone: no territory can answer for its decider."""
    examples = (_worked(compiled, e, day, None) for e in compiled.ruleset.examples if e.question == question.id)
    opens = (e.finding.open for e in examples if e is not None)
    return tuple(dict.fromkeys(o.question for o in opens if o and o.reason != FACTS_MISSING))
