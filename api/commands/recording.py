"""aiguillage recording: messages and questions read aloud by a person"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from api.commands.case import known_language
from api.commands.common import print_table, telling
from api.commands.household_words import chosen_role, chosen_template
from api.rulesets import Rulesets
from api.settings import load_settings
from api.storage.sound import LARGEST_RECORDING, media_of
from api.storage.store import Store
from api.territories import territory_files
from bot.speech.sounded import QUESTION
from bot.wording import SOURCE_LANGUAGE, languages, wording

MEGABYTE = 1024 * 1024


@click.group("recording")
def recording() -> None:
    """Ce qu'une personne a lu à voix haute : un message aux ménages, pour une langue sans écrit ou pour qui ne lit pas,
    ou une question aux visiteurs (question.dst), à la place de la voix de synthèse."""


@recording.command("add")
@click.argument("territory")
@click.argument("template")
@click.argument("lang")
@click.argument("file", metavar="FICHIER", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", required=True, callback=chosen_role, help="Qui a lu ou vérifié, par son rôle.")
def recording_add(territory: str, template: str, lang: str, file: Path, by: str) -> None:
    """Garder un enregistrement (Ogg, WebM, MP3, M4A, WAV ; 5 Mo au plus), à la place du précédent.

    TEMPLATE : un message aux ménages (M05), ou une question (question.dst), lue avec son aide et ses réponses.
    """
    words = wording(SOURCE_LANGUAGE)
    with telling(), _store(territory) as store:
        name, language = _chosen(template, lang, store)
        sound = _checked(file)
        store.recordings.put(territory, name, language, str(media_of(sound)), sound, by)
    click.echo(words("visitor.recording.kept", territory=territory, template=name, language=language))


@recording.command("list")
@click.option("--territory", default=None, help="Seulement ce territoire.")
def recording_list(territory: str | None) -> None:
    """Les enregistrements qui sont là."""
    words = wording(SOURCE_LANGUAGE)
    with telling(), _store(territory) as store:
        found = store.recordings.all(territory)
    if not found:
        click.echo(words("visitor.recording.none"), err=True)
        return
    head = ("territory", "template", "language", "media", "size", "by", "on")
    rows = [
        (r.territory, r.template, r.language, r.media, f"{r.size / MEGABYTE:.2f}", r.made_by, f"{r.made_at:%d/%m/%Y}")
        for r in found
    ]
    print_table(tuple(words(f"visitor.recording.column.{one}") for one in head), rows)


@recording.command("remove")
@click.argument("territory")
@click.argument("template")
@click.argument("lang")
def recording_remove(territory: str, template: str, lang: str) -> None:
    """Retirer un enregistrement."""
    words = wording(SOURCE_LANGUAGE)
    name = template if template.startswith(QUESTION) else chosen_template(template).id
    language = known_language(lang)
    with telling(), _store(territory) as store:
        removed = store.recordings.remove(territory, name, language)
    said = {"territory": territory, "template": name, "language": language}
    click.echo(words(f"visitor.recording.{'removed' if removed else 'not_there'}", **said), err=not removed)
    sys.exit(0 if removed else 2)


def _checked(file: Path) -> bytes:
    """The bytes of a file that may be kept. Raises BadParameter."""
    words, size = wording(SOURCE_LANGUAGE), file.stat().st_size
    if size > LARGEST_RECORDING:
        refusal = words("visitor.recording.too_large", file=str(file), size=f"{size / MEGABYTE:.1f}".replace(".", ","))
        raise click.BadParameter(refusal, param_hint="FICHIER")
    sound = file.read_bytes()
    if media_of(sound) is None:
        raise click.BadParameter(words("visitor.recording.no_sound", file=str(file)), param_hint="FICHIER")
    return sound


def _chosen(wanted: str, lang: str, store: Store) -> tuple[str, str]:
    """The name of what was read, and in which language. Raises BadParameter."""
    language = known_language(lang)
    if not wanted.startswith(QUESTION):
        return chosen_template(wanted).id, language
    words, questions = wording(SOURCE_LANGUAGE), Rulesets.open(store).current.ruleset.questions
    names = [f"{QUESTION}{question.id}" for question in questions]
    if wanted not in names:
        refusal = words("visitor.recording.no_question", name=wanted, known=", ".join(names))
        raise click.BadParameter(refusal, param_hint="TEMPLATE")
    if language not in languages():
        refusal = words("visitor.recording.not_asked", language=language, known=", ".join(languages()))
        raise click.BadParameter(refusal, param_hint="LANG")
    return wanted, language


@contextmanager
def _store(territory: str | None) -> Iterator[Store]:
    """What is kept. Raises BadParameter for a territory that has no file."""
    settings = load_settings()
    known = territory_files(settings)
    if territory is not None and territory not in known:
        words = wording(SOURCE_LANGUAGE)
        listed = ", ".join(sorted(known)) or words("problem.no_territory")
        refusal = words("followup.unknown_territory", territory=territory, known=listed)
        raise click.BadParameter(refusal, param_hint="TERRITORY")
    with Store.open(settings.database_url) as store:
        yield store
