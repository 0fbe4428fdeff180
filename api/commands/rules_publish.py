"""aiguillage rules publish"""

from __future__ import annotations

from pathlib import Path

import click

from api.commands.common import telling
from api.commands.publishing import bring_into_force, who, why
from api.publishing import candidate_in
from api.settings import load_settings
from api.storage.store import Store


@click.command("publish")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--by", required=True, callback=who, help="Qui publie : un rôle, « coordination nationale ».")
@click.option("--note", callback=why, help="Pourquoi, en une ligne.")
@click.option("--yes", is_flag=True, help="Sans demander confirmation.")
def rules_publish(folder: Path, by: str, note: str | None, yes: bool) -> None:
    """Mettre en vigueur les règles d'un dossier, après les avoir vérifiées.

    Montre d'abord ce qui change pour les questions du journal. Un dossier qui a une erreur est refusé, et rien ne
    change.
    """
    with telling():
        settings = load_settings()
        candidate = candidate_in(folder)
        with Store.open(settings.database_url) as store:
            bring_into_force(store, settings, candidate, by, note, consented=yes)
