"""The engines that we are measured beside, one file each, all given the same rules by translation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

from benchmarks.outcomes import Columns, Decide
from rules.model import Ruleset

SINGLE = (
    "hand_written",
    "zen_engine",
    "zen_expression",
    "cel",
    "clips",
    "json_logic",
    "rule_engine",
    "openfisca",
    "spiff_dmn",
)
ENCODED, PACKED, TEXT = "encoded", "packed", "text"
BATCH = ("numpy_masks", "polars_frame", "duckdb_query", "openfisca")


@dataclass(frozen=True)
class Peer:
    """An engine. ``shapes``: ways to write the rules in it, of which the run keeps the fastest."""

    name: str
    version: str
    shapes: Mapping[str, Callable[[Ruleset], Decide]]


@dataclass(frozen=True)
class BatchPeer:
    """An engine for columns. ``shapes``: for columns of codes (`ENCODED`), of codes packed by us (`PACKED`) and of text
    (`TEXT`), ways to decide.

    A shape takes the rules and the columns, whose loading is not timed, and gives a function that decides them all
    and returns outcomes: codes, or text where the columns are text. ``all_cores``: whether it can use them.
    """

    name: str
    version: str
    shapes: Mapping[str, Mapping[str, Callable[[Ruleset, Columns], Callable[[], object]]]]
    all_cores: bool = False


def single(name: str) -> Peer:
    """The peer for one decision in ``benchmarks/peers/<name>.py``."""
    peer: Peer = import_module(f"benchmarks.peers.{name}").PEER
    return peer


def batch(name: str) -> BatchPeer:
    """The peer for columns in ``benchmarks/peers/<name>.py``."""
    peer: BatchPeer = import_module(f"benchmarks.peers.{name}").BATCH_PEER
    return peer
