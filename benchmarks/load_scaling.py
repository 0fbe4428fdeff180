"""Ours on PostgreSQL, in one process and in two on one database, each held to the same share of a core."""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path

from benchmarks.load_measure import Asked, Measured, measure, middle, ratio
from benchmarks.load_postgresql import DOING, server
from benchmarks.load_processes import OURS
from benchmarks.load_share import held
from benchmarks.timing import figure, table

COLUMNS = {
    "replies/s": "rate",
    "p50 ms": "p50",
    "p99 ms": "p99",
    "refused": "refused",
    "lost": "lost",
    "their cores": "bot",
    "Telegram's": "telegram",
    "PostgreSQL's": "server",
    "ms of processor a reply": "cost",
}
WHICH = ("share of a core", "processes")
BY_ONE = ("two by one: replies/s", "replies a ms of processor")
Found = dict[float | None, dict[int, list[Measured]]]


def one_and_two(given: argparse.Namespace, folder: Path) -> str:
    """At each share, or held to none, so many rounds of both, of which each begins by turns; each measure on a database
    of its own. Raises NoShareError."""
    for share in given.share:
        with held((), share):
            pass  # what cannot be is said before anything is started
    found: Found = {share: {1: [], 2: []} for share in given.share or (None,)}
    with server(given.postgresql) as database:
        for turn, share in product(range(given.rounds), found):
            for processes in sorted((1, 2), reverse=turn % 2 == 1):
                asked, name = Asked(given.chats, given.seconds, given.rate, share), f"load_{turn}_{processes}"
                made = measure(asked, OURS, folder / f"{name}_{share}", database(name), processes)
                found[share][processes].append(asyncio.run(made))
                print(f"round {turn + 1}, {processes} at {share}: {found[share][processes][-1]}", flush=True)
    asked_of = f"{given.chats:,} chats, {given.rounds} rounds of {given.seconds:g} s"
    return f"{asked_of}; load {os.getloadavg()[0]:.1f} at the end:\n\n{scaled(found)}"


def scaled(found: Mapping[float | None, Mapping[int, Sequence[Measured]]]) -> str:
    """A line a share and number of processes: medians of the rounds, and two by one. Then what the sessions did."""
    rows, sessions = [], []
    for share, of in found.items():
        gain = ratio([now.rate for now in of[2]], [now.rate for now in of[1]])
        cheaper = ratio([now.cost for now in of[1]], [now.cost for now in of[2]])
        for processes, by_one in ((1, ("", "")), (2, (gain, cheaper))):
            which, measures = (f"{share:g}" if share else "", str(processes)), of[processes]
            rows.append([*which, *(middle(measures, what) for what in COLUMNS.values()), *by_one])
            sessions.append([*which, *(figure(statistics.median(_doing(measures, what))) for what in DOING)])
    doing = table((*WHICH, *DOING.values()), sessions)
    by_number = table((*WHICH, *COLUMNS, *BY_ONE), rows)
    return f"{by_number}\n\nOf the database's sessions, at once, on average:\n\n{doing}"


def _doing(measures: Sequence[Measured], what: str) -> list[float]:
    return [measure.sessions.get(what, 0.0) for measure in measures]
