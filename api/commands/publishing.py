"""What `rules publish` and `rules restore` share: who publishes, what changes, and the consent to it."""

from __future__ import annotations

import contextlib
import sys

import click

from api.commands.replaying import replaying, show_replay
from api.publishing import Candidate
from api.review.replays import change_of
from api.rulesets import take_packaged
from api.settings import Settings
from api.storage.store import Store
from bot.wording import SOURCE_LANGUAGE, wording
from rules.errors import RulesetError
from rules.replay import Comparison

LONGEST_ROLE, LONGEST_NOTE = 80, 300


def who(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    """The role that publishes, in one line."""
    if not value.strip() or not _fits(value, LONGEST_ROLE):
        raise click.BadParameter(wording(SOURCE_LANGUAGE)("versions.nobody"))
    return value.strip()


def why(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """The note, in one line; None where there is none."""
    if value is not None and not _fits(value, LONGEST_NOTE):
        raise click.BadParameter(wording(SOURCE_LANGUAGE)("versions.long_note"))
    return (value or "").strip() or None


def bring_into_force(
    store: Store, settings: Settings, candidate: Candidate, by: str, note: str | None, *, consented: bool
) -> None:
    """Show what the ruleset changes for the logged questions, ask, and publish it."""
    words = wording(SOURCE_LANGUAGE)
    with contextlib.suppress(RulesetError):  # what comes with the program may be what has to be replaced
        take_packaged(store)
    newest, version = store.publications.newest(), candidate.kept.version
    if newest and newest.version == version and store.publications.files(version) == candidate.kept.files:
        click.echo(words("versions.in_force_already", version=version))
        return
    current = newest.version if newest else words("versions.none_in_force")
    click.echo(words("versions.to_publish", name=candidate.kept.name, version=version, current=current))
    found = Comparison()
    for one in replaying(store, settings, candidate.compiled, words):
        found.add(one)
    show_replay(found, words)
    if not consented and not click.confirm(words("versions.confirm")):
        click.echo(words("versions.left"))
        sys.exit(1)
    seen = {change.key: change.count for change in map(change_of, found.groups)}
    store.publications.publish(candidate.kept, by, note, seen)
    click.echo(words("versions.published", version=version))


def _fits(text: str, longest: int) -> bool:
    return len(text) <= longest and text.isprintable()
