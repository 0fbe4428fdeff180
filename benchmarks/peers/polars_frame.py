"""Polars: one chain of when / then over a frame."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import and_, or_

import polars as pl

from benchmarks.outcomes import IMPOSSIBLE, Columns, outcomes
from benchmarks.peers import ENCODED, PACKED, TEXT, BatchPeer
from benchmarks.peers.bits import bits
from benchmarks.table import chain_of_lines
from rules.batch.table_batch import batch_of
from rules.compile import compile_ruleset
from rules.conditions import All, Any, Condition, Is, Not
from rules.model import Ruleset

Test = Callable[[str, frozenset[str]], pl.Expr]


def comparisons(ruleset: Ruleset, columns: Columns) -> Callable[[], object]:
    """Columns of small integers; a cell is one comparison for each run of neighbouring values."""
    codes = {trait.id: {value: n for n, value in enumerate(trait.domain)} for trait in ruleset.traits.values()}

    def test(trait: str, values: frozenset[str]) -> pl.Expr:
        wanted = sorted(codes[trait][value] for value in values)
        return reduce(or_, (_between(pl.col(trait), first, last) for first, last in _runs(wanted)))

    query = pl.DataFrame(dict(columns)).lazy().select(outcome=_chosen(ruleset, test, _code(ruleset)))
    return lambda: query.collect()["outcome"].to_numpy()


def words(ruleset: Ruleset, columns: Columns) -> Callable[[], object]:
    """The same columns packed into words of bits, so that a line is two comparisons; Polars' streaming engine."""
    packed, outcome = bits(ruleset), _code(ruleset)
    said = [
        reduce(or_, (_bit(ruleset, trait, place) for trait, (w, place) in packed.places.items() if w == word))
        for word in range(packed.words)
    ]
    tests: dict[str, list[pl.Expr]] = {}
    for forbidden, name in packed.lines:
        parts = [pl.col(f"w{word}") & pl.lit(mask, pl.UInt64) for word, mask in enumerate(forbidden) if mask]
        tests.setdefault(name, []).append(reduce(or_, parts) == pl.lit(0, pl.UInt64))
    *steps, (last, _) = tests.items()
    chosen = _when([(reduce(or_, parts), outcome(name)) for name, parts in steps], outcome(last))
    frame = pl.DataFrame(dict(columns)).lazy()
    query = frame.with_columns(expr.alias(f"w{word}") for word, expr in enumerate(said)).select(outcome=chosen)
    return lambda: query.collect(engine="streaming")["outcome"].to_numpy()


def our_steps(ruleset: Ruleset, columns: Columns) -> Callable[[], object]:
    """Our packed columns, looked up in our own steps by Polars."""
    lookup = batch_of(compile_ruleset(ruleset)).whole
    code = {name: n for n, name in enumerate(outcomes(ruleset))}
    last = pl.Series([code["+".join(leaf.outcome[1:]) or IMPOSSIBLE] for leaf in lookup.leaves], dtype=pl.UInt8)
    steps = [pl.Series(step) for step in lookup.steps]
    place = pl.lit(steps[0]).gather(pl.col("n0"))
    for number, step in enumerate(steps[1:], 1):
        place = pl.lit(step).gather(place + pl.col(f"n{number}").cast(pl.UInt32))
    query = pl.DataFrame(dict(columns)).lazy().select(outcome=pl.lit(last).gather(place))
    return lambda: query.collect()["outcome"].to_numpy()


def strings(ruleset: Ruleset, columns: Columns) -> Callable[[], object]:
    """Columns of text."""
    return _text(ruleset, columns, lambda domain: pl.String())


def categories(ruleset: Ruleset, columns: Columns) -> Callable[[], object]:
    """Columns of Polars' Enum: text with known values."""
    return _text(ruleset, columns, pl.Enum)


def _text(ruleset: Ruleset, columns: Columns, kind: Callable[[tuple[str, ...]], pl.DataType]) -> Callable[[], object]:
    kinds = {trait.id: kind(trait.domain) for trait in ruleset.traits.values()}
    frame = pl.DataFrame({trait: pl.Series(column).cast(kinds[trait]) for trait, column in columns.items()})

    def test(trait: str, values: frozenset[str]) -> pl.Expr:
        return reduce(or_, (pl.col(trait) == value for value in sorted(values)))

    query = frame.lazy().select(outcome=_chosen(ruleset, test, pl.lit))
    return lambda: query.collect()["outcome"]


def _chosen(ruleset: Ruleset, test: Test, outcome: Callable[[str], pl.Expr]) -> pl.Expr:
    rules = chain_of_lines(ruleset)
    steps = [(_expression(condition, test), outcome(name)) for condition, name in rules.steps]
    return _when(steps, outcome(rules.otherwise))


def _when(steps: list[tuple[pl.Expr, pl.Expr]], otherwise: pl.Expr) -> pl.Expr:
    (first, then), *others = steps
    chosen = pl.when(first).then(then)
    for condition, said in others:
        chosen = chosen.when(condition).then(said)
    return chosen.otherwise(otherwise)


def _expression(condition: Condition, test: Test) -> pl.Expr:
    match condition:
        case Is(trait, values):
            return test(trait, values)
        case Not(part):
            return ~_expression(part, test)
        case All(parts):
            return reduce(and_, (_expression(part, test) for part in parts))
        case Any(parts):
            return reduce(or_, (_expression(part, test) for part in parts))


def _code(ruleset: Ruleset) -> Callable[[str], pl.Expr]:
    codes = {name: n for n, name in enumerate(outcomes(ruleset))}
    return lambda name: pl.lit(codes[name], pl.UInt8)


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _between(column: pl.Expr, first: int, last: int) -> pl.Expr:
    low, high = pl.lit(first, pl.UInt8), pl.lit(last, pl.UInt8)
    if first == last:
        return column == low
    return column <= high if first == 0 else (column >= low) & (column <= high)


def _bit(ruleset: Ruleset, trait: str, place: int) -> pl.Expr:
    table = [1 << (place + number) for number in range(len(ruleset.traits[trait].domain))]
    return pl.lit(pl.Series(table, dtype=pl.UInt64)).gather(pl.col(trait))


SHAPES = {
    ENCODED: {"comparisons": comparisons, "words of bits": words},
    PACKED: {"our steps": our_steps},
    TEXT: {"strings": strings, "Enum columns": categories},
}
BATCH_PEER = BatchPeer("Polars", pl.__version__, SHAPES, all_cores=True)
