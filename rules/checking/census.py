"""What stands in the data and is never used, and what the text says and no rule cites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rules.algebra import EVERY, NONE
from rules.checking.issues import Issue
from rules.conditions import traits_of
from rules.load import FACTS, STATEMENTS, TERMS
from rules.model import ConditionalReason, Ruleset
from rules.table import Table, answered

Files = Mapping[str, Mapping[str, object]]
CITERS = ("figures",)  # what else than the rules may cite a statement: `cited_by` in statements.yaml


def census(ruleset: Ruleset, table: Table, files: Files) -> Iterator[Issue]:
    """Issues that are seen by counting uses, not cells."""
    yield from _traits(ruleset)
    yield from _facts(ruleset)
    yield from _terms(files)
    yield from _statements(ruleset, files)
    yield from _open_questions(ruleset, table, files)


def _traits(ruleset: Ruleset) -> Iterator[Issue]:
    said: list[ConditionalReason] = [r for rule in ruleset.rules for r in rule.reasons]
    said += [e for mission in ruleset.missions.values() for e in mission.excluded]
    conditions = [rule.when for rule in ruleset.rules] + [c.when for c in ruleset.contradictions]
    conditions += [r.stated_when for r in ruleset.rules if r.stated_when is not None]
    conditions += [r.when for r in said if r.when is not None] + [note.when for note in ruleset.notes]
    used = frozenset().union(*map(traits_of, conditions))
    for trait in ruleset.traits:
        if trait not in used:
            yield Issue("trait_unused", FACTS, f"traits › {trait}")


def _facts(ruleset: Ruleset) -> Iterator[Issue]:
    """A fact that no trait reads is recorded and never matters. The day of the question orders the others."""
    read = {fact for trait in ruleset.traits.values() for fact in trait.facts}
    ordered = {fact for pair in ruleset.vocabulary.date_order for fact in pair}
    for fact in ruleset.vocabulary.facts:
        if fact not in read | ordered:
            yield Issue("fact_unused", FACTS, f"facts › {fact}")


def _terms(files: Files) -> Iterator[Issue]:
    used = {name for raw in files.values() for name in _named(raw)}
    for term in files[TERMS]:
        if term not in used:
            yield Issue("term_unused", TERMS, str(term))


def _named(raw: object) -> Iterator[str]:
    """The terms that `is` and `is_not` name, anywhere."""
    if isinstance(raw, Mapping):
        for key, value in raw.items():
            if key in ("is", "is_not"):
                yield from map(str, value if isinstance(value, list) else [value])
            yield from _named(value)
    elif isinstance(raw, list):
        for value in raw:
            yield from _named(value)


def _rows(files: Files, part: str) -> Iterator[Mapping[str, object]]:
    rows = files[STATEMENTS].get(part)
    return (row for row in (rows if isinstance(rows, list) else []) if isinstance(row, Mapping))


def _statements(ruleset: Ruleset, files: Files) -> Iterator[Issue]:
    cited = {n for mission in ruleset.missions.values() for n in mission.defined_by}
    cited |= {r.reason.statement for m in ruleset.missions.values() for r in m.excluded}
    cited |= {r.reason.statement for rule in ruleset.rules for r in rule.reasons}
    cited |= {r.statement for clash in ruleset.contradictions for r in clash.reasons}
    elsewhere = {row.get("number"): row["cited_by"] for row in _rows(files, "statements") if row.get("cited_by")}
    for number, statement in ruleset.statements.items():
        citer = elsewhere.get(number)
        if citer is not None and citer not in CITERS:
            yield Issue("cited_by_unknown", STATEMENTS, f"statements › {number}", {"citer": citer, "known": CITERS})
        elif statement.tag == "rule" and number not in cited and citer is None:
            yield Issue("statement_uncited", STATEMENTS, f"statements › {number}")


def _open_questions(ruleset: Ruleset, table: Table, files: Files) -> Iterator[Issue]:
    reached = _reached_as_open(ruleset, table)
    for row in _rows(files, "open_questions"):
        numbers = row.get("statements")
        if isinstance(numbers, list) and not reached & set(numbers):
            params = {"statements": tuple(numbers)}
            yield Issue("open_question_never", STATEMENTS, f"open_questions › {row.get('id')}", params)


def _reached_as_open(ruleset: Ruleset, table: Table) -> set[int]:
    """The statements cited by a referral, a clash or an open point that some situation reaches."""
    space = table.space
    reached = {
        said.reason.statement
        for rule in ruleset.rules
        if rule.open
        for said in rule.reasons
        if space.both(table.holds[rule.id], EVERY if said.when is None else table.of(said.when)) != NONE
    }
    reached |= {r.statement for c in ruleset.contradictions if table.clashes[c.id] != NONE for r in c.reasons}
    for note in ruleset.notes:
        if space.both(answered(ruleset, table, note.mission), table.of(note.when)) != NONE:
            reached |= set(note.open_points)
    return reached
