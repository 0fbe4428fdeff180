"""aiguillage review cases"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console as Screen
from rich.progress import track

from api.commands.common import telling
from api.parts import open_parts
from api.review.case_files import SAID, UnsayableCaseError, case_file
from api.settings import load_settings
from api.storage.rulings import judged_since
from bot.messages import Text
from bot.wording import SOURCE_LANGUAGE, wording


@click.command()
@click.option("--territory", default=None, help="Seulement ce territoire.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Verdicts donnés à partir de ce jour (UTC).")
@click.option("--output", "to", required=True, type=click.Path(file_okay=False, path_type=Path), help="Où écrire.")
def review_cases(territory: str | None, since: datetime | None, to: Path) -> None:
    """Écrire chaque verdict (confirmé ou corrigé) comme un cas, prêt pour tests/situations.

    Un fichier par question, sans personne dedans. Ce qui ne peut pas se dire comme un cas est dit, et n'est pas écrit.
    Pour les essayer : aiguillage rules test DOSSIER.
    """
    words, screen, written = wording(SOURCE_LANGUAGE), Screen(stderr=True), 0
    with telling():
        parts = open_parts(load_settings())
        try:
            if territory and parts.territories.get(territory) is None:
                raise click.BadParameter(words("chat.unknown_territory"), param_hint="--territory")
            to.mkdir(parents=True, exist_ok=True)
            ruleset = parts.rulesets.current.ruleset
            with parts.store.reading() as connection:
                found = judged_since(connection, SAID, territory, since.replace(tzinfo=UTC) if since else None)
                for one in track(found, words("case_file.writing"), console=screen, transient=True):
                    try:
                        made = case_file(one, ruleset, parts.territories.get(one.enquiry.territory or ""))
                    except UnsayableCaseError as error:
                        click.echo(f"{one.enquiry.token}: {words.say(error.said)}", err=True)
                        continue
                    (to / made.name).write_text(made.text, encoding="utf-8")
                    written += 1
        finally:
            parts.store.close()
    click.echo(words.say(_told(written, to)))


def _told(written: int, to: Path) -> Text:
    return Text("case_file.written", {"n": written, "folder": str(to)}) if written else Text("case_file.none")
