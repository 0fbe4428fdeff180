"""aiguillage rules diff"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from api.commands.common import telling
from api.rules_report import difference_json, difference_lines
from bot.wording import SOURCE_LANGUAGE, wording
from rules.checking.diff import compare_rulesets
from rules.load import load_ruleset


@click.command()
@click.argument("old", type=click.Path(file_okay=False, path_type=Path))
@click.argument("new", type=click.Path(file_okay=False, path_type=Path))
@click.option("--json", "in_json", is_flag=True, help="Toutes les boîtes, en JSON.")
@click.option("--lang", default=SOURCE_LANGUAGE, help="Langue des textes.")
def rules_diff(old: Path, new: Path, in_json: bool, lang: str) -> None:
    """Toutes les situations dont la réponse change entre deux dossiers de règles, groupées en boîtes de faits.

    Sortie 0 si rien ne change, 1 si quelque chose change, 2 si des règles sont illisibles.
    """
    with telling():
        before, after = load_ruleset(old), load_ruleset(new)
        difference = compare_rulesets(before, after)
        words = wording(lang)
        if in_json:
            click.echo(json.dumps(difference_json(difference), ensure_ascii=False, indent=2))
        elif difference:
            for line in difference_lines(words, difference, before, after):
                click.echo(line)
        else:
            click.echo(words("check.same"))
    sys.exit(1 if difference else 0)
