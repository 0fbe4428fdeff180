"""DuckDB: one CASE over a table in memory."""

from __future__ import annotations

import os
from collections.abc import Callable

import duckdb
import pyarrow as pa

from benchmarks.outcomes import Columns, outcomes
from benchmarks.peers import ENCODED, TEXT, BatchPeer
from benchmarks.peers.bits import bits
from benchmarks.table import chain_of_lines
from rules.conditions import All, Any, Condition, Is, Not
from rules.model import Ruleset

Test = Callable[[str, frozenset[str]], str]


def comparisons(ruleset: Ruleset, columns: Columns) -> Callable[[], object]:
    """Columns of small integers, cells as lists of values."""
    codes = {trait.id: {value: n for n, value in enumerate(trait.domain)} for trait in ruleset.traits.values()}

    def test(trait: str, values: frozenset[str]) -> str:
        return f"{trait} IN ({', '.join(f'{codes[trait][value]}::UTINYINT' for value in sorted(values))})"

    names = {name: f"{n}::UTINYINT" for n, name in enumerate(outcomes(ruleset))}
    return _asked(columns, f"SELECT {_case(ruleset, test, names.__getitem__)} AS outcome FROM rows")  # noqa: S608


def words(ruleset: Ruleset, columns: Columns) -> Callable[[], object]:
    """The same columns packed into words of bits, so that a line is one comparison."""
    packed, names = bits(ruleset), outcomes(ruleset)
    said = [
        " | ".join(f"({1 << place}::UBIGINT << {t}::UBIGINT)" for t, (w, place) in packed.places.items() if w == word)
        for word in range(packed.words)
    ]
    tests = [
        (" | ".join(f"(w{word} & {mask}::UBIGINT)" for word, mask in enumerate(forbidden) if mask), names.index(name))
        for forbidden, name in packed.lines
    ]
    case = " ".join(f"WHEN ({test}) = 0 THEN {code}::UTINYINT" for test, code in tests)
    inner = ", ".join(f"{expression} AS w{word}" for word, expression in enumerate(said))
    return _asked(columns, f"SELECT CASE {case} END AS outcome FROM (SELECT {inner} FROM rows)")  # noqa: S608


def strings(ruleset: Ruleset, columns: Columns) -> Callable[[], object]:
    """Columns of text."""

    def test(trait: str, values: frozenset[str]) -> str:
        return f"{trait} IN ({', '.join(map(_text, sorted(values)))})"

    return _asked(columns, f"SELECT {_case(ruleset, test, _text)} AS outcome FROM rows")  # noqa: S608


def _text(value: str) -> str:
    return f"'{value}'"


def _asked(columns: Columns, query: str) -> Callable[[], object]:
    connection = duckdb.connect(config={"threads": int(os.environ.get("BENCHMARK_THREADS", "1"))})
    connection.register("given", pa.table({trait: pa.array(column) for trait, column in columns.items()}))
    connection.execute("CREATE TABLE rows AS SELECT * FROM given")
    connection.unregister("given")
    return lambda: connection.sql(query).to_arrow_table()["outcome"]


def _case(ruleset: Ruleset, test: Test, outcome: Callable[[str], str]) -> str:
    rules = chain_of_lines(ruleset)
    whens = " ".join(f"WHEN {_sql(condition, test)} THEN {outcome(name)}" for condition, name in rules.steps)
    return f"CASE {whens} ELSE {outcome(rules.otherwise)} END"


def _sql(condition: Condition, test: Test) -> str:
    match condition:
        case Is(trait, values):
            return test(trait, values)
        case Not(part):
            return f"NOT ({_sql(part, test)})"
        case All(parts):
            return f"({' AND '.join(_sql(part, test) for part in parts)})"
        case Any(parts):
            return f"({' OR '.join(_sql(part, test) for part in parts)})"


SHAPES = {ENCODED: {"comparisons": comparisons, "words of bits": words}, TEXT: {"strings": strings}}
BATCH_PEER = BatchPeer("DuckDB", duckdb.__version__, SHAPES)
