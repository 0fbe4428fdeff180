"""aiguillage locales invite"""

from __future__ import annotations

from datetime import date, timedelta

import click

from api.commands.common import telling
from api.commands.household_words import chosen_role, known
from api.reading_links import PATH, invitations, sign
from api.settings import load_settings
from bot.followup.catalog_text import parts
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
        count = 0
        for part, invitation in invitations(code, [_part(one) for one in wanted], by, until):
            if invitation is None:
                click.echo(words("followup.invited.incomplete", part=part), err=True)
                continue
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
