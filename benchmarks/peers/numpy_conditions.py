"""NumPy on its own: each condition as a mask over columns of codes."""

import numpy as np

from benchmarks.outcomes import outcomes_in
from benchmarks.peers import ENCODED, BatchPeer

SHAPES = {"a mask a condition": lambda ruleset, columns: lambda: outcomes_in(ruleset, columns)}
BATCH_PEER = BatchPeer("NumPy masks", np.__version__, {ENCODED: SHAPES})
