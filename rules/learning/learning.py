"""Learn in which order to ask: a short order that a person can read, as near to the optimum as it can be."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

import numpy as np

from rules.learning.case_tensors import Table
from rules.learning.optimum import TOLERANCE, follow, solve
from rules.order import After, QuestionOrder

Order = tuple[int, ...]


def learn(table: Table) -> QuestionOrder:
    """The first question of the optimum, then for each of its answers the best fixed order of the others, each asked
    where it matters. Answers share an order where that costs nothing, and ties go to the order of the file."""
    first = int(solve(table).best[table.start])
    best = _best_orders(table, first)
    found: list[tuple[Order, list[int]]] = []
    left = list(range(len(table.choices[first])))
    while left:
        order = max(best, key=lambda o: sum(best[o][answer] for answer in left))
        found.append((order, [answer for answer in left if best[order][answer]]))
        left = [answer for answer in left if not best[order][answer]]
    ids = [q.id for q in table.questions]
    (usual, _), *others = found
    return QuestionOrder(
        (ids[first], *(ids[q] for q in usual)),
        tuple(
            After(ids[first], tuple(table.choices[first][a] for a in answers), tuple(ids[q] for q in order))
            for order, answers in others
        ),
    )


def _best_orders(table: Table, first: int) -> Mapping[Order, list[bool]]:
    """For each order of the other questions, in the order of the file, whether it is best after each first answer."""
    others = [q for q in range(len(table.questions)) if q != first]
    after = tuple(slice(1, None) if q == first else 0 for q in range(len(table.questions)))
    costs = {order: follow(table, (first, *order)).cost[after] for order in permutations(others)}
    least = np.min(list(costs.values()), axis=0)
    slack = TOLERANCE * (1 + least)
    return {order: [bool(near) for near in cost <= least + slack] for order, cost in costs.items()}
