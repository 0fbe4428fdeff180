"""aiguillage rules publish"""

from __future__ import annotations

from pathlib import Path

import click

from api.commands.common import telling
from api.commands.publishing import bring_into_force, who, why
from api.publishing import candidate_in
from api.settings import load_settings
from api.storage.store import Store
from bot.wording import SOURCE_LANGUAGE, wording


@click.command("publish")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--by", required=True, callback=who, help="Qui publie : un rôle, « coordination nationale ».")
@click.option("--note", callback=why, help="Pourquoi, en une ligne.")
@click.option(
    "--propose", is_flag=True, help="Seulement garder et proposer : à relire sur /regles, rien n'entre en vigueur."
)
@click.option("--yes", is_flag=True, help="Sans demander confirmation.")
def rules_publish(folder: Path, by: str, note: str | None, propose: bool, yes: bool) -> None:
    """Mettre en vigueur les règles d'un dossier, après les avoir vérifiées.

    Montre d'abord ce qui change pour les questions du journal. Un dossier qui a une erreur est refusé, et rien ne
    change.
    """
    with telling():
        settings = load_settings()
        candidate = candidate_in(folder)
        with Store.open(settings.database_url) as store:
            if propose:
                store.publications.propose(candidate.kept, by)
                address = f"{settings.public_url}/regles/{candidate.kept.version}"
                click.echo(
                    wording(SOURCE_LANGUAGE)("versions.proposed", version=candidate.kept.version, address=address)
                )
                return
            bring_into_force(store, settings, candidate, by, note, consented=yes)
