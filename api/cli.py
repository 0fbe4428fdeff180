"""The command `aiguillage`: serve, ask, decide, log, settings."""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TextIO

import click
import uvicorn
from rich.console import Console as Screen
from rich.table import Table

from api import logbook
from api.app import create_app, open_parts
from api.batch import decide_csv, decide_lines
from api.deciding import Decider
from api.settings import Settings, SettingsError, describe, load_settings, notices
from api.storage.store import StorageError, Store
from api.territories import read_territories
from bot.channels.console import Console
from bot.wording import SOURCE_LANGUAGE, MissingMessage, wording
from rules.compile import compile_ruleset
from rules.errors import RulesetError
from rules.load import load_ruleset


@contextmanager
def _telling() -> Iterator[None]:
    """A known error in its own words and exit status 2, without a traceback."""
    try:
        yield
    except (SettingsError, RulesetError, StorageError, MissingMessage) as error:
        click.echo(str(error), err=True)
        sys.exit(2)


@click.group()
@click.version_option(package_name="aiguillage")
def main() -> None:
    """SR, suivi à N+1 ou évaluation ? De quelle mission relève un contact."""


@main.command()
def serve() -> None:
    """Le chat sur une page web, l'API, et le bot Telegram s'il a un jeton."""
    with _telling():
        settings = load_settings()
        words = wording(SOURCE_LANGUAGE)
        app = create_app(settings)
        for notice in notices(settings):
            click.echo(words.say(notice), err=True)
        click.echo(words("serve.ready", address=settings.public_url))
        if settings.telegram_token:
            mode = "webhook" if settings.telegram_webhook_secret else "polling"
            click.echo(words("serve.telegram", mode=mode))
        else:
            click.echo(words("serve.no_telegram"))
        uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning")


@main.command()
@click.option("--lang", default=SOURCE_LANGUAGE, help="Langue des textes.")
@click.option("--territory", default=None, help="Territoire dont les réglages valent.")
def ask(lang: str, territory: str | None) -> None:
    """Poser une question dans le terminal."""
    with _telling():
        settings = load_settings()
        parts = open_parts(settings)
        if territory and parts.decider.territory(territory) is None:
            raise click.BadParameter(wording(SOURCE_LANGUAGE)("chat.unknown_territory"), param_hint="--territory")
        console = Console(
            exchange=parts.exchange,
            asker=getpass.getuser(),
            read=input,
            write=click.echo,
            today=date.today,
            language=lang,
            territory=territory,
            public_url=settings.public_url,
        )
        try:
            asyncio.run(console.run())
        finally:
            parts.store.close()


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Une demande JSON par ligne sur l'entrée standard (par défaut).")
@click.option("--csv", "table", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Un tableau.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Où écrire (sinon : sortie standard).")
@click.option("--lang", default=SOURCE_LANGUAGE, help="Langue des textes du tableau.")
@click.option("--territory", default=None, help="Territoire dont les réglages valent, pour le tableau.")
def decide(as_json: bool, table: Path | None, output: Path | None, lang: str, territory: str | None) -> None:
    """Décider d'un coup : une demande par ligne (--json), ou un tableau de situations (--csv)."""
    with _telling():
        decider = _decider(load_settings())
        with _output(output) as out:
            if table is not None:
                wrong = decide_csv(decider, table, out, lang, territory, date.today())
            else:
                wrong = decide_lines(decider, sys.stdin, out, date.today())
    if wrong:
        sys.exit(2)


@main.command()
@click.option("--csv", "as_csv", is_flag=True, help="En CSV.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Où écrire le CSV.")
@click.option("--excel", is_flag=True, help="CSV lisible par Excel (avec BOM).")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="À partir de ce jour (UTC).")
@click.option("--limit", default=50, help="Combien de questions montrer.")
@click.option("--territory", default=None, help="Seulement ce territoire.")
def log(
    as_csv: bool, output: Path | None, excel: bool, since: datetime | None, limit: int, territory: str | None
) -> None:
    """Les questions posées, les plus récentes d'abord ; export en CSV."""
    with _telling():
        settings = load_settings()
        words = wording(SOURCE_LANGUAGE)
        start = since.replace(tzinfo=UTC) if since else None
        facts = tuple(load_ruleset().vocabulary.facts)
        with Store.open(settings.database_url) as store:
            if as_csv or output:
                with _output(output) as out:
                    found = store.stream(since=start, territory=territory)
                    for line in logbook.export(found, facts, bom=excel, delimiter=";" if excel else ","):
                        out.write(line)
                return
            rows = list(logbook.listing(store.enquiries(limit=limit, since=start, territory=territory)))
        if not rows:
            click.echo(words("log.empty"))
            return
        _print_table(logbook.SUMMARY, rows)


@main.command()
def settings() -> None:
    """Chaque réglage : sa valeur, ce qu'il veut dire, d'où il vient."""
    with _telling():
        words = wording(SOURCE_LANGUAGE)
        rows = [(r.name, r.shown, words(r.meaning), words.say(r.origin)) for r in describe(load_settings())]
        _print_table(("réglage", "valeur", "sens", "origine"), rows)


def _decider(settings: Settings) -> Decider:
    ruleset = load_ruleset()
    territories = read_territories(settings.territories, ruleset)
    return Decider(compile_ruleset(ruleset), territories, settings.territory)


@contextmanager
def _output(file: Path | None) -> Iterator[TextIO]:
    if file is None:
        yield sys.stdout
        return
    with file.open("w", encoding="utf-8", newline="") as out:
        yield out


def _print_table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    table = Table(*head, show_lines=False, header_style="bold")
    for row in rows:
        table.add_row(*row)
    Screen().print(table)


if __name__ == "__main__":
    main()
