"""aiguillage rules emit"""

from __future__ import annotations

from pathlib import Path

import click

from api.commands.common import output, telling
from bot.wording import SOURCE_LANGUAGE, wording
from rules.compile import compile_ruleset
from rules.emitting.javascript_module import javascript_source
from rules.emitting.program import program_of
from rules.emitting.python_module import python_source
from rules.load import SLIME_PLUS, load_ruleset

SOURCES = {"python": python_source, "javascript": javascript_source}


@click.command()
@click.argument("folder", default=SLIME_PLUS, type=click.Path(file_okay=False, path_type=Path))
@click.option("--language", type=click.Choice(list(SOURCES)), default="python", help="Langage (par défaut : python).")
@click.option("--output", "to", type=click.Path(dir_okay=False, path_type=Path), help="Où écrire (sinon : l'écran).")
@click.option("--lang", default=SOURCE_LANGUAGE, help="Langue des messages.")
def rules_emit(folder: Path, language: str, to: Path | None, lang: str) -> None:
    """Écrire des règles comme un module Python ou JavaScript qui n'a besoin de rien d'autre.

    Sa fonction decide(row) prend une valeur par trait et donne la place du résultat dans ANSWERS.
    Sortie 0, ou 2 si les règles sont illisibles ou incomplètes.
    """
    with telling():
        program = program_of(compile_ruleset(load_ruleset(folder)))
        text = SOURCES[language](program)
        with output(to) as out:
            out.write(text)
        if to is not None:
            said = {"file": str(to), "version": program.version, "answers": len(program.answers)}
            click.echo(wording(lang)("emit.written", **said, functions=len(program.functions)), err=True)
