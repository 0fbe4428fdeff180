"""Situations for property tests: any facts of the contract, as JSON values."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from rules.compile import CompiledRuleset, compile_ruleset
from rules.errors import SituationError
from rules.load import load_ruleset
from rules.situation import Situation, parse

TODAY = date(2026, 11, 23)
COMPILED: CompiledRuleset = compile_ruleset(load_ruleset())
VOCABULARY = COMPILED.ruleset.vocabulary


def _values(fact):
    match fact.kind:
        case "bool":
            return st.booleans()
        case "integer":
            return st.integers(0, 3)
        case "date":
            return st.integers(0, 1000).map(lambda days: (TODAY - timedelta(days=days)).isoformat())
        case "orientations":
            return st.lists(st.fixed_dictionaries({"etat": st.sampled_from(fact.values)}), max_size=3)
        case _:
            return st.sampled_from(fact.values)


ASKABLE = {f.id: _values(f) for f in VOCABULARY.facts.values() if f.id not in ("aujourdhui", "date_contact")}
facts = st.fixed_dictionaries({}, optional=ASKABLE)


def situation(raw) -> Situation | None:
    """The parsed facts, or None where they are refused."""
    try:
        return parse(VOCABULARY, raw, TODAY)
    except SituationError:
        return None
