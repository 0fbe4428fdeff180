"""aiguillage doctor"""

from __future__ import annotations

import asyncio
import json
import sys

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from api.commands.common import print_table, telling
from api.health.examining import examine_installation
from api.health.findings import BROKEN, LOOK, Check, Examination, LanguageVoice
from api.settings import SettingsError, load_settings
from bot.followup.catalog import language_name
from bot.messages import Text
from bot.wording import SOURCE_LANGUAGE, Wording, wording


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Tout, pour un programme qui surveille.")
@click.option(
    "--online", is_flag=True, help="Demander aussi à Telegram et au serveur Matrix s’ils connaissent les jetons."
)
def doctor(as_json: bool, online: bool) -> None:
    """Ce qui marche, ce qui manque, et la commande qui y remédie.

    Regarde la base, le dossier des données, les clés, la place sur le disque, Telegram, Matrix, la traduction ;
    essaie chaque voix et chaque oreille, et dit laquelle sert chaque langue. Rien n’est modifié, aucun secret n’est
    montré. Se termine par 0 quand rien n’est cassé, par 1 sinon.
    """
    with telling():
        words = wording(SOURCE_LANGUAGE)
        found = _examined(online, words)
        print(json.dumps(_plain(found, words), ensure_ascii=False, indent=2)) if as_json else _show(found, words)
    sys.exit(1 if found.broken else 0)


def _examined(online: bool, words: Wording) -> Examination:
    try:
        settings = load_settings()
    except SettingsError as error:  # nothing else can be looked at
        return Examination((Check("settings", BROKEN, Text("doctor.said", {"what": error})),))
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), console=Console(stderr=True), transient=True
    ) as bar:
        bar.add_task(words("doctor.looking"))
        return asyncio.run(examine_installation(settings, online=online))


def _show(found: Examination, words: Wording) -> None:
    checks = [
        (words(f"doctor.state.{c.state}"), words(f"doctor.about.{c.about}"), words.say(c.found)) for c in found.checks
    ]
    print_table(tuple(words(f"doctor.head.{head}") for head in ("state", "about", "found")), checks)
    if found.languages:
        heads = ("language", "used", "speaks", "chooses", "writes", "recorded")
        rows = [_row(language, words) for language in found.languages]
        print_table(tuple(words(f"doctor.head.{head}") for head in heads), rows)
    _list(words("doctor.to_do"), [_remedy(c, words) for c in found.checks if c.remedy and c.state in (LOOK, BROKEN)])
    served = [language_name(one.code) for one in found.languages if one.speaks is None]
    voiceless = [words("doctor.voiceless", languages=tuple(served))] if served else []
    wished = [_remedy(c, words) for c in found.checks if c.remedy and c.state not in (LOOK, BROKEN)]
    could = [f"{words.say(one.why)}\n    {one.command}" for one in found.lacking]
    _list(words("doctor.could"), [*could, *voiceless, *wished])
    click.echo(words("doctor.broken" if found.broken else "doctor.sound"))


def _list(title: str, lines: list[str]) -> None:
    """Not a table: commands are copied from here."""
    if lines:
        click.echo("\n".join((title, *(f"  - {line}" for line in lines), "")))


def _remedy(check: Check, words: Wording) -> str:
    assert check.remedy is not None  # noqa: S101  (told by the caller)
    return words("doctor.remedy", about=Text(f"doctor.about.{check.about}"), remedy=check.remedy)


def _row(language: LanguageVoice, words: Wording) -> tuple[str, ...]:
    used = [key for key, there in (("interface", language.interface), ("household", language.household)) if there]
    heard = (language.chooses, language.writes)
    return (
        f"{language_name(language.code)} ({language.code})",
        ", ".join(words(f"doctor.used.{key}") for key in used),
        words(f"doctor.engine.{language.speaks}") if language.speaks else words("doctor.nobody"),
        *(words(f"doctor.engine.{name}") if name else "—" for name in heard),
        "—" if language.recorded is None else str(language.recorded),
    )


def _plain(found: Examination, words: Wording) -> dict[str, object]:
    return {
        "broken": found.broken,
        "checks": [
            {
                "about": c.about,
                "state": c.state,
                "found": words.say(c.found),
                "remedy": c.remedy and words.say(c.remedy),
            }
            for c in found.checks
        ],
        "languages": [{name: getattr(one, name) for name in LanguageVoice.__slots__} for one in found.languages],
        "lacking": [{"what": one.what, "why": words.say(one.why), "command": one.command} for one in found.lacking],
    }
