"""What the commands that replay the log share: the replay with its progress, and what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
from rich.console import Console as Screen
from rich.progress import track

from api import replay_report
from api.past import replay_log
from api.settings import Settings
from api.storage.store import Store
from api.territories import known_territories
from bot.wording import Wording
from rules.compile import CompiledRuleset
from rules.replay import Comparison, Replayed


def replaying(
    store: Store, settings: Settings, compiled: CompiledRuleset, words: Wording, **filters: Any
) -> Iterator[Replayed]:
    """The logged questions under the ruleset, with a progress bar on standard error."""
    questions = replay_log(store, known_territories(settings, store).get, compiled, **filters)
    total = store.count(**filters)
    screen = Screen(stderr=True)
    return iter(track(questions, words("replay.progress"), total, console=screen, disable=not screen.is_terminal))


def show_replay(found: Comparison, words: Wording, *, tokens: bool = False) -> None:
    """The totals, then what changes, group by group."""
    click.echo(replay_report.totals(found, words))
    for line in replay_report.group_lines(found, words, tokens=tokens):
        click.echo(line)
    if found.total:
        click.echo(words("replay.settings"))
