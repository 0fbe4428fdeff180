"""aiguillage rules check"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter

import click

from api.commands.common import telling
from api.rules_files import reviewed_text
from api.rules_report import as_json, difference_lines, inspection_lines, mutation_lines
from bot.wording import SOURCE_LANGUAGE, wording
from rules.checking.inspect import inspect
from rules.checking.mutation import all_mutants, run
from rules.checking.partition_text import read
from rules.load import SLIME_PLUS, raw_files, ruleset_from


@click.command()
@click.argument("folder", default=SLIME_PLUS, type=click.Path(file_okay=False, path_type=Path))
@click.option("--json", "in_json", is_flag=True, help="Les fautes et les changements en JSON.")
@click.option("--mutate", is_flag=True, help="Essayer aussi toutes les erreurs d'un pas (quelques minutes).")
@click.option("--every", default=1, type=click.IntRange(1), help="Avec --mutate : une erreur sur tant.")
@click.option("--lang", default=SOURCE_LANGUAGE, help="Langue des textes.")
def rules_check(folder: Path, in_json: bool, mutate: bool, every: int, lang: str) -> None:
    """Prouver des règles : toutes les situations, et rien qui diffère de la version relue.

    Sortie 0 sans faute (des avertissements sont possibles), 1 avec une faute, 2 si les règles sont illisibles.
    """
    with telling():
        began = perf_counter()
        files = raw_files(folder)
        ruleset = ruleset_from(files)
        text = reviewed_text(folder)
        found = inspect(ruleset, files, text)
        seconds = perf_counter() - began
        words = wording(lang)
        if in_json:
            click.echo(json.dumps(as_json(found, seconds), ensure_ascii=False, indent=2))
        else:
            for line in (*difference_lines(words, found.difference, ruleset), *inspection_lines(words, found, seconds)):
                click.echo(line)
        missed = _mutate(words, ruleset, files, text, every) if mutate else False
    sys.exit(1 if found.faults or missed else 0)


def _mutate(words, ruleset, files, text, every) -> bool:
    """Whether a mutant that changes an answer is missed."""
    if text is None:
        raise click.ClickException(words("check.mutation.needs_review"))
    tried = all_mutants(ruleset, files)[::every]
    with click.progressbar(run(ruleset, read(text), tried), length=len(tried), file=sys.stderr) as verdicts:
        found = list(verdicts)
    for line in mutation_lines(words, found):
        click.echo(line)
    return any(verdict.missed for verdict in found)
