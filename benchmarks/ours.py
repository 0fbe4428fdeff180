"""Our own side of the benchmarks: the only file that knows how our engine is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import numpy as np
import pyarrow as pa

from api.deciding import Decider
from benchmarks.outcomes import IMPOSSIBLE, Columns, Decide
from rules.batch.leaves import Leaf
from rules.batch.lookup import Lookup, Packed
from rules.batch.table_batch import Batch, batch_of, encode
from rules.compile import CompiledRuleset, compile_ruleset
from rules.emitting.javascript_module import javascript_source
from rules.emitting.program import program_of
from rules.emitting.python_module import python_source
from rules.engine import examine
from rules.load import load_ruleset
from rules.model import Finding
from rules.situation import Situation

Numbers = Mapping[str, np.ndarray]


def load() -> CompiledRuleset:
    """The rules, as every command loads them."""
    return compile_ruleset(load_ruleset())


def decide_row(compiled: CompiledRuleset) -> Decide:
    """One decision: the emitted Python."""
    module: dict = {}
    exec(python_source(program_of(compiled)), module)  # noqa: S102  (the source is ours)
    decide, answers = module["decide"], ["+".join(answer[1:]) or IMPOSSIBLE for answer in module["ANSWERS"]]
    return lambda row: answers[decide(row)]


def javascript(compiled: CompiledRuleset) -> str:
    """The emitted JavaScript."""
    return javascript_source(program_of(compiled))


def finding(compiled: CompiledRuleset) -> Callable[[Situation], Finding]:
    """One decision with its Finding: reasons, exclusions; flips are worked out when they are read."""
    return lambda situation: examine(compiled, situation)


def finding_and_flips(compiled: CompiledRuleset) -> Callable[[Situation], object]:
    """The same with its flips read."""
    return lambda situation: examine(compiled, situation).flips


def json_line(compiled: CompiledRuleset, today: date) -> Callable[[str], str]:
    """A request as text to its answer as text, in French words."""
    decider = Decider(compiled, {})
    return lambda line: decider.answer_text(line, today)


def decide_columns(compiled: CompiledRuleset) -> Callable[[Columns], pa.DictionaryArray]:
    """Many decisions from columns of codes, a byte a trait: packed and looked up."""
    lookup, columns_of = batch_of(compiled).whole, _columns_of(batch_of(compiled).whole)
    return lambda columns: columns_of(lookup.leaves_of(lookup.pack(columns)))


def packed(compiled: CompiledRuleset, columns: Columns) -> Numbers:
    """The same columns packed beforehand, several traits in one number."""
    numbers = batch_of(compiled).whole.pack(columns).numbers
    return {f"n{place}": column for place, column in enumerate(numbers)}


def decide_packed(compiled: CompiledRuleset) -> Callable[[Numbers], pa.DictionaryArray]:
    """Many decisions from packed columns."""
    lookup = batch_of(compiled).whole
    columns_of = _columns_of(lookup)
    return lambda numbers: columns_of(lookup.leaves_of(Packed(lookup.columns, tuple(numbers.values()))))


def decide_partial(compiled: CompiledRuleset, columns: Columns) -> Callable[[], pa.Array]:
    """Outcomes from columns packed so that any trait may be unknown."""
    lookup = batch_of(compiled).partial
    rows = lookup.pack(columns)
    names = pa.array(["+".join(map(str, outcome[1:])) or IMPOSSIBLE for outcome in lookup.leaves])
    return lambda: pa.DictionaryArray.from_arrays(pa.array(lookup.leaves_of(rows)), names, safe=False)


def decide_text(compiled: CompiledRuleset) -> Callable[[Columns], pa.DictionaryArray]:
    """Many decisions from Arrow columns of text or dictionaries."""
    batch: Batch = batch_of(compiled)
    columns_of = _columns_of(batch.whole)
    return lambda columns: columns_of(batch.whole.leaves_of(batch.whole.pack(encode(batch, columns))))


def _columns_of(lookup: Lookup) -> Callable[[np.ndarray], pa.DictionaryArray]:
    """From the places of leaves the columns of certainty, of reasons and of outcomes; gives the last."""
    leaves = [leaf for leaf in lookup.leaves if isinstance(leaf, Leaf)]
    outcomes = pa.array(["+".join(leaf.outcome[1:]) or IMPOSSIBLE for leaf in leaves])
    others = pa.array([leaf.certainty for leaf in leaves]), pa.array([list(leaf.reasons) for leaf in leaves])

    def columns_of(places: np.ndarray) -> pa.DictionaryArray:
        index = pa.array(places)
        made = [pa.DictionaryArray.from_arrays(index, said, safe=False) for said in (*others, outcomes)]
        return made[-1]

    return columns_of
