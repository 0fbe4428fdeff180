"""aiguillage locales invite"""

from __future__ import annotations

from datetime import date, timedelta

import click

from api.commands.common import telling
from api.commands.household_words import chosen_role, known
from api.reading_links import PATH, Invitation, sign
from api.settings import load_settings
from bot.followup.catalog import REVIEWED, catalog
from bot.followup.catalog_text import parts
from bot.followup.reading import seen
from bot.followup.templates import templates
from bot.wording import LOCALES, SOURCE_LANGUAGE, wording

DAYS = 30


@click.command("invite")
@click.argument("lang")
@click.argument("wanted", metavar="[PARTIE…]", nargs=-1)
@click.option("--by", required=True, callback=chosen_role, help="Qui relira, par son rôle.")
@click.option(
    "--days", default=DAYS, show_default=True, type=click.IntRange(1, 365), help="Jours de validité des liens."
)
def locales_invite(lang: str, wanted: tuple[str, ...], by: str, days: int) -> None:
    """Des liens à envoyer à une personne qui relit, sans compte : un par message, ou ceux qui restent à relire."""
    words = wording(SOURCE_LANGUAGE)
    with telling():
        code = known(lang, LOCALES)
        if code == SOURCE_LANGUAGE:
            raise click.BadParameter(words("followup.approve.source"), param_hint="LANG")
        settings, until = load_settings(), date.today() + timedelta(days=days)
        french, read, count = catalog(SOURCE_LANGUAGE), catalog(code), 0
        for part in [_part(one) for one in wanted] or list(parts(templates())):
            entries = [(read.entries.get(key), french.entries[key]) for key in parts(templates())[part]]
            if any(entry is None or entry.empty for entry, _ in entries):
                click.echo(words("followup.invited.incomplete", part=part), err=True)
                continue
            if not wanted and all(entry and entry.state(source) == REVIEWED for entry, source in entries):
                continue
            invitation = Invitation(code, part, seen(part, read, french, templates()), by, until)
            link = settings.public_url.rstrip("/") + PATH + sign(invitation, settings.secret_key)
            click.echo(words("followup.invited", part=part, link=link))
            count += 1
        if count:
            click.echo(words("followup.invited.until", count=count, reader=by, until=until), err=True)
        elif not wanted:
            click.echo(words("followup.invited.none", language=code), err=True)


def _part(wanted: str) -> str:
    """A part by its name or the number of its message. Raises BadParameter."""
    by_number = {template.number: template.id for template in templates()}
    part = by_number.get(wanted, wanted)
    if part not in parts(templates()):
        refusal = wording(SOURCE_LANGUAGE)(
            "followup.invited.unknown_part", part=wanted, known=", ".join(parts(templates()))
        )
        raise click.BadParameter(refusal, param_hint="PARTIE")
    return part
