"""A thousand chats through the webhook: updates answered a second, and how long each waits for its reply.

    python -m benchmarks.load [--chats 1000] [--rounds 3] [--seconds 20] [--bots ours,ptb-aiohttp] [--rate 200]
                              [--markdown docs/reliability.md]
    python -m benchmarks.load --postgresql [postgresql://…] [--share 0.2,0.4] [--markdown docs/reliability.md]

Ours is the served app (`aiguillage serve`), with every event and question durably in the database before its reply
leaves; beside it bare echo bots that keep nothing (benchmarks/load_bots.py). All are processes of their own on
loopback, as is Telegram (benchmarks/load_telegram.py); they take turns in the same run. With ``--postgresql`` ours
alone is measured, in one process and in two on one database; with ``--share`` each process of ours is held to that part
of a core (benchmarks/load_share.py), so that few cores have room for two, the database and the chats.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.load_bots import NAMES
from benchmarks.load_measure import Asked, Measured, measure, middle, ratio
from benchmarks.load_postgresql import OWN
from benchmarks.load_processes import OURS
from benchmarks.load_scaling import one_and_two
from benchmarks.load_share import NoShareError
from benchmarks.timing import machine, publish, table

HEADS = (
    "bot",
    "replies/s",
    "p50 ms",
    "p99 ms",
    "refused",
    "lost",
    "its cores",
    "Telegram's cores",
    "its ms of processor a reply",
    "ours by it: replies/s",
    "by processor",
)


def in_rounds(bots: Sequence[str], asked: Asked, rounds: int, folder: Path) -> dict[str, list[Measured]]:
    """Each bot once a round, with a database of its own each time."""
    found: dict[str, list[Measured]] = {name: [] for name in bots}
    for turn in range(rounds):
        for name in bots:
            found[name].append(asyncio.run(measure(asked, name, folder / f"{asked.rate}-{turn}-{name}")))
            print(f"round {turn + 1}, {name}: {found[name][-1]}", flush=True)
    return found


def beside(found: Mapping[str, Sequence[Measured]], name: str) -> tuple[str, str]:
    """Ours by this bot: its rate, and what a reply costs it by what one costs ours."""
    if name == OURS or OURS not in found:
        return "", ""
    ours, theirs = found[OURS], found[name]
    by_rate = ratio([one.rate for one in ours], [one.rate for one in theirs])
    return by_rate, ratio([one.cost for one in theirs], [one.cost for one in ours])


def report(found: Mapping[str, Sequence[Measured]]) -> str:
    """A line a bot: medians of the rounds; ours by it."""
    columns = ("rate", "p50", "p99", "refused", "lost", "bot", "telegram", "cost")
    rows = [[name, *(middle(of, what) for what in columns), *beside(found, name)] for name, of in found.items()]
    return table(HEADS, rows)


def on_sqlite(given: argparse.Namespace, folder: Path) -> str:
    bots = given.bots.split(",")
    full = in_rounds(bots, Asked(given.chats, given.seconds), given.rounds, folder)
    text = f"{given.chats:,} chats, each deed as soon as the reply before was seen:\n\n{report(full)}"
    if given.rate:
        calm = in_rounds(bots, Asked(given.chats, given.seconds, given.rate), given.rounds, folder)
        text += f"\n\nThe same chats at {given.rate:g} deeds a second:\n\n{report(calm)}"
    return text


def shares(text: str) -> tuple[float, ...]:
    return tuple(float(share) for share in text.split(","))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chats", type=int, default=None, help="1000; with --share 20, each answered within a second")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--bots", default=",".join((OURS, *NAMES)))
    parser.add_argument("--rate", type=float, default=None, help="measure at this many deeds a second, too")
    where = "one process and two, on a server where databases can be made; without an address on one of its own"
    parser.add_argument("--postgresql", nargs="?", const=OWN, default=None, help=where)
    held = "with --postgresql: of a core, for each process of ours; several by commas"
    parser.add_argument("--share", type=shares, default=(), help=held)
    parser.add_argument("--markdown", type=Path, default=None)
    given = parser.parse_args()
    if given.share and not given.postgresql:
        parser.error("--share needs --postgresql")
    given.chats = given.chats or (20 if given.share else 1000)
    with tempfile.TemporaryDirectory() as folder:
        try:
            text = (one_and_two if given.postgresql else on_sqlite)(given, Path(folder))
        except NoShareError as error:
            parser.error(str(error))
    text = f"{machine()}\n\n{text}"
    publish(text, "load on postgresql" if given.postgresql else "load", given.markdown)


if __name__ == "__main__":
    main()
