"""aiguillage letter"""

from __future__ import annotations

import re
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from api.commands.common import telling
from api.commands.household_words import chosen_template, known, named_territory, slot_given
from api.pages.letter.pdf import UnprintableError, letter_pdf
from api.slot_faults import slot_lines
from bot.followup.content import TEMPLATE, Content, HeldError
from bot.followup.letter import letter as letter_of
from bot.followup.slots import SlotError
from bot.wording import LOCALES, SOURCE_LANGUAGE, Wording, wording

LONGEST_LINK_DAYS = 366


@click.command()
@click.argument("template")
@click.option("--lang", required=True, help="Langue du ménage ; le français est imprimé dessous.")
@click.option("--slot", "given", multiple=True, metavar="NOM=VALEUR", help="Une valeur du message.")
@click.option("--reference", default="", help="Référence du ménage, jamais son nom.")
@click.option("--link", required=True, metavar="ADRESSE", help="Adresse de la page où le ménage répond.")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d", "%d/%m/%Y"]), help="Dernier jour du lien.")
@click.option("--telephone", required=True, help="Le numéro où appeler.")
@click.option("--territory", default=None, help="Territoire dont les décisions disent ce qui peut partir.")
@click.option(
    "--output",
    "to",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Le fichier .pdf à écrire.",
)
def letter(
    template: str,
    lang: str,
    given: tuple[str, ...],
    reference: str,
    link: str,
    until: datetime,
    telephone: str,
    territory: str | None,
    to: Path,
) -> None:
    """Un message en lettre à remettre : dans la langue du ménage, puis en français, avec un carré à photographier."""
    words = wording(SOURCE_LANGUAGE)
    if to.suffix.lower() != ".pdf":
        raise click.BadParameter(words("letter.no_pdf", file=str(to)), param_hint="--output")
    chosen = chosen_template(template)
    with telling():
        code, there = known(lang, LOCALES), named_territory(territory, words)
        _check_link(link, until.date(), words)
        content = Content(TEMPLATE, chosen.id, dict(slot_given(one, words) for one in given))
        try:
            sheet = letter_of(
                content, code, reference=reference, link=link, until=until.date(), telephone=telephone, territory=there
            )
        except SlotError as error:
            for line in slot_lines(error, words):
                click.echo(line, err=True)
            sys.exit(2)
        except HeldError as held:
            click.echo(words("followup.leaves.held", reason=held.reason), err=True)
            sys.exit(2)
        except ValueError:
            raise click.BadParameter(words("letter.no_phone", telephone=telephone), param_hint="--telephone") from None
        try:
            pdf = letter_pdf(sheet, date.today())
        except UnprintableError as error:
            raise click.BadParameter(words("letter.unprintable", text=error.text), param_hint="--slot") from None
    try:
        to.write_bytes(pdf)
    except OSError as error:
        refusal = words("guide.not_writable", file=str(to), detail=error.strerror or type(error).__name__)
        raise click.BadParameter(refusal, param_hint="--output") from None
    click.echo(words("letter.written", file=str(to)), err=True)


def _check_link(link: str, until: date, words: Wording) -> None:
    """Raises BadParameter for what no phone opens: no address of a page, or a link that ends too early or too late."""
    if not re.fullmatch(r"https?://[!-~]{4,290}", link):
        raise click.BadParameter(words("letter.no_link", link=link), param_hint="--link")
    today = date.today()
    if not today <= until <= today + timedelta(days=LONGEST_LINK_DAYS):
        raise click.BadParameter(words("letter.no_such_end", until=until), param_hint="--until")
