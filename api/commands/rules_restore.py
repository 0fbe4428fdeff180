"""aiguillage rules restore"""

from __future__ import annotations

import click

from api.commands.common import telling
from api.commands.publishing import bring_into_force, who, why
from api.publishing import kept_candidate, kept_version
from api.settings import load_settings
from api.storage.store import Store
from bot.wording import SOURCE_LANGUAGE, wording


@click.command("restore")
@click.argument("version")
@click.option("--by", required=True, callback=who, help="Qui publie : un rôle, « coordination nationale ».")
@click.option("--note", callback=why, help="Pourquoi, en une ligne.")
@click.option("--yes", is_flag=True, help="Sans demander confirmation.")
def rules_restore(version: str, by: str, note: str | None, yes: bool) -> None:
    """Remettre en vigueur une version gardée (son début suffit)."""
    with telling():
        settings = load_settings()
        with Store.open(settings.database_url) as store:
            found = kept_version(store, version)
            if found is None:
                raise click.BadParameter(wording(SOURCE_LANGUAGE)("versions.unknown", named=version))
            bring_into_force(store, settings, kept_candidate(store, found), by, note, consented=yes)
