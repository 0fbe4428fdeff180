"""The least expected number of questions, by exact dynamic programming over every case that the questions tell apart.

A state that is not settled costs its mass (one question more for all of its cases) plus the least, over the questions,
of what the states after its choices cost. From the states where all is asked back to the first question, this is the
optimum of every interviewer there can be: each may choose its question by all that was answered.
Needs NumPy; nothing that serves imports it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from rules.learning.case_tensors import Floats, State, Table

Policy = Callable[[State], int]
Asked = tuple[bool, ...]
Choice = tuple[Floats, npt.NDArray[np.int8]]
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Programme:
    """By state, the expected number of questions still to ask, times the mass, and the question to ask (-1 where
    settled). Where several questions cost the same, the first of the file."""

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
    """The exact dynamic programme."""

    def least(asked: Asked, totals: Mapping[int, Floats]) -> Choice:
        slack = TOLERANCE * table.mass[_block(asked)]
        chosen = np.full(slack.shape, -1, np.int8)
        cost = np.full(slack.shape, np.inf)
        for question, total in totals.items():
            better = total < cost - slack
            cost, chosen = np.where(better, total, cost), np.where(better, question, chosen)
        return cost, chosen

    return _backwards(table, least)


def follow(table: Table, order: Sequence[int]) -> Programme:
    """What it costs to ask in one order, each time the first question that matters."""

    def first(asked: Asked, totals: Mapping[int, Floats]) -> Choice:
        cost = np.zeros(table.mass[_block(asked)].shape)
        chosen = np.full(cost.shape, -1, np.int8)
        for question in (q for q in order if q in totals):
            here = (chosen < 0) & _matters(table, asked, question)
            cost, chosen = np.where(here, totals[question], cost), np.where(here, question, chosen)
        return cost, chosen

    return _backwards(table, first)


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


def _backwards(table: Table, choose: Callable[[Asked, Mapping[int, Floats]], Choice]) -> Programme:
    """From the states where all is asked back to the first question. ``choose`` is given, for all the states in which
    the same questions are asked, the cost of each question that is left, and picks."""
    cost = np.zeros_like(table.mass)
    best = np.full(table.mass.shape, -1, np.int8)
    unsettled = (np.bitwise_count(table.possible) > 1) & (table.mass > 0)
    count = len(table.questions)
    for asked in sorted(product((False, True), repeat=count), key=sum, reverse=True):
        block = _block(asked)
        totals = {q: cost[_block(_and(asked, q))].sum(axis=sum(asked[:q])) for q in range(count) if not asked[q]}
        if totals:
            after, chosen = choose(asked, totals)
            cost[block] = np.where(unsettled[block], table.mass[block] + after, 0.0)
            best[block] = np.where(unsettled[block], chosen, -1)
    return Programme(cost, best)


def _matters(table: Table, asked: Asked, question: int) -> npt.NDArray[np.bool_]:
    """For each of these states, whether some choice leaves fewer answers possible."""
    axis = sum(asked[:question])
    here = np.expand_dims(table.possible[_block(asked)], axis)
    after = table.possible[_block(_and(asked, question))]
    matters: npt.NDArray[np.bool_] = ((after > 0) & (after != here)).any(axis=axis)
    return matters


def _and(asked: Asked, question: int) -> Asked:
    return (*asked[:question], True, *asked[question + 1 :])


def _block(asked: Asked) -> tuple[slice | int, ...]:
    """The index of all the states in which these questions are asked and the others not."""
    return tuple(slice(1, None) if a else 0 for a in asked)
