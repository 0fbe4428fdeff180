"""aiguillage key: the keys of programs that read what was asked"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from api.commands.common import print_table, telling
from api.settings import load_settings
from api.storage.api_keys import SCOPES, ApiKey, ApiKeys, UnknownKeyError
from api.storage.store import Store
from api.territories import known_territories
from bot.wording import SOURCE_LANGUAGE, wording
from rules.errors import nearest

HEAD = ("id", "label", "scopes", "territory", "made", "used", "ended")


@click.group("key")
def key() -> None:
    """Les clés des programmes qui lisent les questions (GET /v1/enquiries)."""


@key.command("add")
@click.argument("label")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(SCOPES), help="Ce que la clé ouvre.")
@click.option("--territory", default=None, help="Les questions de ce territoire.")
@click.option("--all", "everywhere", is_flag=True, help="Celles de tous les territoires.")
def key_add(label: str, scopes: tuple[str, ...], territory: str | None, everywhere: bool) -> None:
    """Faire une clé ; LABEL dit quel programme s'en sert. Elle n'est montrée qu'une fois."""
    words = wording(SOURCE_LANGUAGE)
    if (territory is None) != everywhere:
        raise click.UsageError(words("keys.refused.whose"))
    with _keys() as (keys, known):
        if territory is not None and known and territory not in known:
            _refuse(words("keys.refused.territory", territory=territory, near=nearest(territory, known) or "—"))
        made, secret = keys.add(label.strip(), tuple(dict.fromkeys(scopes)), territory)
    click.echo(words("keys.made", id=made.id), err=True)
    click.echo(secret)


@key.command("list")
def key_list() -> None:
    """Les clés : ce qu'elles ouvrent, quand elles ont servi."""
    with _keys() as (keys, _):
        found = keys.all()
    if not found:
        click.echo(wording(SOURCE_LANGUAGE)("keys.none"))
        return
    print_table(HEAD, [_row(one) for one in found])


@key.command("end")
@click.argument("number", type=int)
def key_end(number: int) -> None:
    """Mettre fin à une clé : elle n'ouvre plus rien."""
    words = wording(SOURCE_LANGUAGE)
    with _keys() as (keys, _):
        try:
            keys.end(number)
        except UnknownKeyError:
            _refuse(words("keys.refused.unknown", id=number))
    click.echo(words("keys.ended", id=number))


@contextmanager
def _keys() -> Iterator[tuple[ApiKeys, tuple[str, ...]]]:
    with telling():
        settings = load_settings()
        with Store.open(settings.database_url) as store:
            yield ApiKeys(store.engine), tuple(sorted(known_territories(settings, store)))


def _row(one: ApiKey) -> tuple[str, ...]:
    days = (one.made_at, one.used_at, one.ended_at)
    said = (f"{day:%Y-%m-%d}" if day else "" for day in days)
    return str(one.id), one.label, " ".join(one.scopes), one.territory or "*", *said


def _refuse(sentence: str) -> None:
    click.echo(sentence, err=True)
    sys.exit(2)
