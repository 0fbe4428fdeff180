"""Our interview and the orders of others beside the proven optimum, on the same cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rules.compile import CompiledRuleset
from rules.learning.case_tensors import Table
from rules.learning.interview_length import interview_lengths
from rules.learning.optimum import Lengths, Policy, solve, walk
from rules.learning.peer_orders import (
    file_order,
    file_order_where_it_matters,
    first_undefined,
    greatest_gain,
    most_frequent_missing,
    over_questions,
)

OPTIMUM, INTERVIEW = "optimum", "interview"
ORDERS = (
    OPTIMUM, INTERVIEW, "file_where_it_matters", "most_frequent_missing", "greatest_gain", "first_undefined", "file",
)  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """An order, how long its interviews are, and how much longer than the optimum, as a share of it."""

    order: str
    lengths: Lengths
    distance: float


def compare(compiled: CompiledRuleset, table: Table, more: Mapping[str, Policy] | None = None) -> Iterator[Measured]:
    """Every order of ORDERS, then those of ``more``, under the table's prior. The optimum comes first."""
    programme = solve(table)
    least = float(programme.cost[table.start] / table.mass[table.start])
    rules = over_questions(compiled, table)
    policies: dict[str, Policy] = {
        OPTIMUM: lambda state: int(programme.best[state]),
        "file_where_it_matters": file_order_where_it_matters(table),
        "most_frequent_missing": most_frequent_missing(table, rules),
        "greatest_gain": greatest_gain(table),
        "first_undefined": first_undefined(table, rules),
        "file": file_order(table),
        **(more or {}),
    }
    for name in (*ORDERS, *(more or {})):
        lengths = interview_lengths(compiled, table) if name == INTERVIEW else walk(table, policies[name])
        yield Measured(name, lengths, lengths.expected / least - 1 if least else 0.0)
