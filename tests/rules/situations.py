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
_any = st.fixed_dictionaries({}, optional=ASKABLE)


@st.composite
def _near_an_example(draw):
    """A worked example less some of its facts, plus a few others: most of these can be."""
    example = draw(st.sampled_from(COMPILED.ruleset.examples))
    said = {k: v.isoformat() if isinstance(v, date) else v for k, v in example.facts.items()}
    left_out = draw(st.sets(st.sampled_from(sorted(said)), max_size=4))
    added = draw(st.sets(st.sampled_from(sorted(ASKABLE)), max_size=3))
    kept = {k: v for k, v in said.items() if k not in left_out}
    return {**kept, **{name: draw(ASKABLE[name]) for name in sorted(added)}}


facts = st.one_of(_any, _near_an_example())


def situation(raw) -> Situation | None:
    """The parsed facts, or None where they are refused."""
    try:
        return parse(VOCABULARY, raw, TODAY)
    except SituationError:
        return None
