"""The least expected number of questions, by exact dynamic programming over every case that the questions tell apart.

A state that is not settled costs its mass (one question more for all of its cases) plus the least, over the questions,
of what the states after its choices cost. From the states where all is asked back to the first question, this is the
optimum of every interviewer there can be: each may choose its question by all that was answered.
Needs NumPy; nothing that serves imports it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from rules.cases import Floats, State, Table

Policy = Callable[[State], int]
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Programme:
    """The proven optimum: by state, the least expected number of questions still to ask times the mass, and the
    question that attains it (-1 where settled); ties go to the first question of the file."""

    cost: Floats
    best: npt.NDArray[np.int8]


@dataclass(frozen=True)
class Lengths:
    """The share of cases by number of questions, from none on."""

    shares: tuple[float, ...]

    @property
    def expected(self) -> float:
        return float(sum(n * share for n, share in enumerate(self.shares)))

    @property
    def longest(self) -> int:
        return max(n for n, share in enumerate(self.shares) if share > 0)


def solve(table: Table) -> Programme:
    """The exact dynamic programme, from the states where all is asked back to the first question."""
    cost = np.zeros_like(table.mass)
    best = np.full(table.mass.shape, -1, np.int8)
    unsettled = (np.bitwise_count(table.possible) > 1) & (table.mass > 0)
    count = len(table.questions)
    for asked in sorted(product((False, True), repeat=count), key=sum, reverse=True):
        block = _block(asked)
        least = np.full(cost[block].shape, np.inf if not all(asked) else 0.0)
        chosen = np.full(least.shape, -1, np.int8)
        for question in (q for q in range(count) if not asked[q]):
            total = _after(cost, asked, question)
            better = total < least - TOLERANCE * table.mass[block]
            least, chosen = np.where(better, total, least), np.where(better, question, chosen)
        cost[block] = np.where(unsettled[block], table.mass[block] + least, 0.0)
        best[block] = np.where(unsettled[block], chosen, -1)
    return Programme(cost, best)


def walk(table: Table, policy: Policy) -> Lengths:
    """How long the interviews of a policy are: it tells for an unsettled state the question to ask."""
    shares = np.zeros(len(table.questions) + 1)
    whole = table.mass[table.start]
    states = [(table.start, 0)]
    while states:
        state, asked = states.pop()
        if table.mass[state] <= 0:
            continue
        if table.settled(state) or all(state):
            shares[asked] += table.mass[state] / whole
        else:
            states += [(child, asked + 1) for child in table.children(state, policy(state))]
    return Lengths(tuple(float(s) for s in shares))


def _block(asked: Sequence[bool]) -> tuple[slice | int, ...]:
    return tuple(slice(1, None) if a else 0 for a in asked)


def _after(cost: Floats, asked: tuple[bool, ...], question: int) -> Floats:
    """For every state in which these questions are asked, the cost that is left after one more."""
    block = _block((*asked[:question], True, *asked[question + 1 :]))
    summed: Floats = cost[block].sum(axis=sum(asked[:question]))
    return summed
