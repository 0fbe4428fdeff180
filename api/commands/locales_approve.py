"""aiguillage locales approve"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from api.commands.common import telling
from api.commands.household_words import chosen_role, fault_line, french_in, in_folder, known, save
from bot.followup.catalog import read_catalog
from bot.followup.catalog_text import keys
from bot.followup.check import check
from bot.followup.templates import templates
from bot.followup.translating import approved
from bot.wording import SOURCE_LANGUAGE, wording


@click.command("approve")
@click.argument("lang")
@click.argument("wanted", metavar="KEY…", nargs=-1, required=True)
@click.option("--by", required=True, callback=chosen_role, help="Qui a relu, par son rôle : « médiatrice arabophone ».")
@in_folder
def locales_approve(lang: str, wanted: tuple[str, ...], by: str, folder: Path) -> None:
    """Noter qu'une personne de langue maternelle a relu des textes : une clé, ou un message avec ses boutons."""
    words = wording(SOURCE_LANGUAGE)
    with telling():
        code = known(lang, folder)
        if code == SOURCE_LANGUAGE:
            raise click.BadParameter(words("followup.approve.source"), param_hint="LANG")
        french, catalog = french_in(folder), read_catalog(code, folder)
        chosen = [key for one in wanted for key in _keys(one)]
        reread = approved(catalog, french, [key for key in chosen if key in catalog.entries], by, date.today())
        faults = [fault for fault in check(reread, french, templates()) if fault.key in chosen]
        if faults:
            for line in (*(fault_line(fault, words) for fault in faults), words("followup.approve.refused")):
                click.echo(line, err=True)
            sys.exit(1)
        file = save(reread, french, folder)
        click.echo(words("followup.approved", count=len(set(chosen)), language=code, by=by, file=str(file)))


def _keys(wanted: str) -> tuple[str, ...]:
    """The keys of a message, or the one key."""
    if wanted in keys(templates()):
        return (wanted,)
    try:
        template = templates()[wanted]
    except KeyError:
        refusal = wording(SOURCE_LANGUAGE)("followup.approve.unknown_key", key=wanted)
        raise click.BadParameter(refusal, param_hint="KEY") from None
    return (template.text, *(button.message for button in template.buttons))
