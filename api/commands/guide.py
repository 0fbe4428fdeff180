"""aiguillage guide"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
from rich.console import Console

from api.commands.common import telling
from api.deciding import open_decider
from api.guides import Guides, Ready
from api.pages.guide.page import guide_file
from api.pages.guide.pdf import guide_pdf
from api.setting_source import FROM_ENVIRONMENT
from api.settings import load_settings
from bot.wording import SOURCE_LANGUAGE, languages, wording

ENDINGS = (".pdf", ".html")


@click.command()
@click.option("--territory", default=None, help="Territoire dont les conventions sont montrées.")
@click.option("--lang", default=SOURCE_LANGUAGE, help="Langue du guide.")
@click.option(
    "--output",
    "to",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Où écrire : un fichier .pdf ou .html (sinon : du HTML à l'écran).",
)
def guide(territory: str | None, lang: str, to: Path | None) -> None:
    """Le guide des missions, tiré des règles : périmètre, délais, cas, questions ouvertes. En PDF ou en HTML."""
    words = wording(SOURCE_LANGUAGE)
    if to is not None and to.suffix.lower() not in ENDINGS:
        raise click.BadParameter(words("guide.unknown_extension", file=str(to)), param_hint="--output")
    if lang not in languages():
        known = ", ".join(languages())
        raise click.BadParameter(words("guide.unknown_language", lang=lang, known=known), param_hint="--lang")
    with telling():
        settings = load_settings()
        decider = open_decider(settings)
        name = territory or decider.default_territory
        if name and decider.territory(name) is None:
            known = ", ".join(sorted(decider.territories)) or words("problem.no_territory")
            refusal = words("problem.unknown_territory", territory=name, known=known)
            raise click.BadParameter(refusal, param_hint="--territory")
        given = settings.origins.get("public_url") == FROM_ENVIRONMENT
        guides = Guides(decider.compiled, settings.public_url if given else None)
        ready = guides.ready(decider.territory(name), lang, date.today())
        _write(ready, to)


def _write(ready: Ready, to: Path | None) -> None:
    if to is None:
        click.echo(guide_file(ready.guide, ready.sheet, ready.say))
        return
    words = wording(SOURCE_LANGUAGE)
    try:
        if to.suffix.lower() == ".pdf":
            with Console(stderr=True).status(words("guide.composing")):
                content = guide_pdf(ready.guide, ready.sheet, ready.say, ready.printed)
        else:
            content = guide_file(ready.guide, ready.sheet, ready.say).encode()
        to.write_bytes(content)
    except OSError as error:
        refusal = words("guide.not_writable", file=str(to), detail=error.strerror or type(error).__name__)
        raise click.BadParameter(refusal, param_hint="--output") from None
    click.echo(words("guide.written", file=str(to)), err=True)
