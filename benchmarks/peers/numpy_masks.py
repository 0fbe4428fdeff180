"""NumPy on its own: a mask for each cell of the table, shared by the lines that have it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.outcomes import Columns, outcomes
from benchmarks.peers import ENCODED, BatchPeer
from benchmarks.table import lines
from rules.model import Ruleset


def masks(ruleset: Ruleset, columns: Columns) -> Callable[[], object]:
    """Lines from the last to the first, each writing its outcome where it fits; so the first that fits stays."""
    names = outcomes(ruleset)
    table = [(cells, names.index(outcome)) for cells, outcome in lines(ruleset)]
    wanted = {
        (trait, values): np.array([value in values for value in ruleset.traits[trait].domain])
        for cells, _ in table
        for trait, values in cells.items()
    }

    def decide() -> np.ndarray:
        cells = {cell: held[columns[cell[0]]] for cell, held in wanted.items()}
        found = np.zeros(len(next(iter(columns.values()))), dtype=np.uint8)
        for line, outcome in reversed(table):
            found[np.logical_and.reduce([cells[cell] for cell in line.items()])] = outcome
        return found

    return decide


BATCH_PEER = BatchPeer("NumPy", np.__version__, {ENCODED: {"masks": masks}})
