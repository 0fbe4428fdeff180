"""aiguillage rules versions"""

from __future__ import annotations

import click

from api.commands.common import print_table, telling
from api.settings import load_settings
from api.storage.publications import Publications
from api.storage.store import Store
from bot.wording import SOURCE_LANGUAGE, Wording, wording

HEAD = ("version", "published_at", "published_by", "note", "state")


@click.command("versions")
def rules_versions() -> None:
    """Les versions des règles : quand, par qui, et laquelle est en vigueur."""
    with telling():
        words = wording(SOURCE_LANGUAGE)
        with Store.open(load_settings().database_url) as store:
            rows = _rows(store.publications, words)
        if not rows:
            click.echo(words("versions.empty"))
            return
        print_table(tuple(words(f"versions.head.{name}") for name in HEAD), rows)


def _rows(publications: Publications, words: Wording) -> list[tuple[str, ...]]:
    rows = []
    for number, one in enumerate(publications.all()):
        state = words("versions.state.before" if number else "versions.state.in_force")
        rows.append((one.version, f"{one.published_at:%Y-%m-%d %H:%M}", one.published_by, one.note or "", state))
    published = {row[0] for row in rows}
    kept = words("versions.state.kept")
    return rows + [(version, "", "", "", kept) for version in publications.versions() if version not in published]
