"""aiguillage cler: the questions that the text leaves open, as a document to send."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from api.commands.common import telling
from api.pages.cler import WRITERS, Asked, sheet
from api.rulesets import Rulesets
from api.settings import load_settings
from api.storage.store import Store
from api.territories import known_territories
from bot.wording import SOURCE_LANGUAGE, languages, wording


def _day(_ctx: click.Context, _param: click.Parameter, value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise click.BadParameter(wording(SOURCE_LANGUAGE)("cler.command.no_day", value=value)) from None


@click.command("cler")
@click.option(
    "--output", "to", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Un .pdf ou .docx."
)
@click.option("--territory", default=None, help="Un territoire ; sinon tous.")
@click.option("--since", callback=_day, default=None, metavar="JOUR", help="Depuis ce jour.")
@click.option("--until", callback=_day, default=None, metavar="JOUR", help="Jusqu'à ce jour compris.")
@click.option("--lang", default=SOURCE_LANGUAGE, type=click.Choice(list(languages())), help="La langue du document.")
def cler(to: Path, territory: str | None, since: date | None, until: date | None, lang: str) -> None:
    """Les questions restées ouvertes, comptées et regroupées, avec des exemples anonymes : un document à envoyer."""
    words = wording(SOURCE_LANGUAGE)
    writer = WRITERS.get(to.suffix.lower().removeprefix("."))
    if writer is None:
        raise click.BadParameter(words("cler.command.no_ending", file=str(to)), param_hint="--output")
    with telling():
        settings = load_settings()
        with Store.open(settings.database_url) as store:
            known = known_territories(settings, store).get(territory or "")
            asked, name = Asked(territory, since, until), known.name if known else territory
            found = sheet(store, Rulesets.open(store).current, asked, name, wording(lang), date.today())
        to.write_bytes(writer[0](found))
    count = sum(len(chapter.questions) for chapter in found.chapters)
    click.echo(words("cler.command.written", file=str(to), count=count))
