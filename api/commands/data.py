"""aiguillage data: what is kept and why, how long, and one person's data"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console as Screen
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from api.commands.case_desk import kept, refusing
from api.commands.common import output, print_table, telling
from api.jobs.adding import prepare_tables
from api.logbook import csv_lines
from api.privacy.person import Person, Persons, UnknownPersonError
from api.privacy.readable import readable
from api.privacy.register import HEAD, in_words, register, rows
from api.privacy.retention import Retention, Standing
from api.privacy.terms import read_terms
from api.settings import Settings, contact_keys, load_settings
from api.storage.resealing import reseal
from api.storage.store import Store
from api.storage.vault import Vault
from bot.wording import SOURCE_LANGUAGE, nearest_language, wording

FILE = click.Path(dir_okay=False, path_type=Path)
WHO = ("telegram", "matrix", "key", "answer", "account", "case")


@click.group("data")
def data() -> None:
    """Les données : ce qui est gardé et pourquoi, combien de temps, et celles d'une personne."""


@data.command("register")
@click.option("--csv", "as_csv", is_flag=True, help="En CSV.")
@click.option("--excel", is_flag=True, help="CSV lisible par Excel (avec BOM).")
@click.option("--output", "to", type=FILE, help="Où écrire.")
@click.option("--lang", default=SOURCE_LANGUAGE, help="Langue.")
def data_register(as_csv: bool, excel: bool, to: Path | None, lang: str) -> None:
    """Le registre : ce qui est gardé, de qui, pourquoi, combien de temps, qui le voit."""
    words = wording(nearest_language(lang))
    with telling():
        terms = read_terms(load_settings().data_dir)
        with output(to) as out:
            if as_csv or excel:
                head = [words(f"register.head.{name}") for name in HEAD]
                lines = csv_lines(head, rows(terms.days, words), bom=excel, delimiter=";" if excel else ",")
                out.writelines(lines)
                return
            for kind in register():
                said = in_words(kind, terms.days.get(kind.id), words)
                out.write(f"{said['title']}\n")
                out.writelines(f"  {words(f'register.head.{name}')} : {said[name]}\n" for name in HEAD[1:])
                out.write("\n")


@data.command("retention")
@click.option("--dry-run", is_flag=True, help="Dire ce qui partirait, et ne rien effacer.")
def data_retention(dry_run: bool) -> None:
    """Effacer ce dont le temps est passé ; le serveur le fait chaque jour."""
    words, moment = wording(SOURCE_LANGUAGE), datetime.now(UTC)
    with _opened() as (settings, store, vault):
        retention = Retention(store, vault, read_terms(settings.data_dir))
        standing = retention.standing(moment)
        due = sum(one.due for one in standing)
        if not dry_run and due:
            look = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
            with Progress(*look, console=Screen(stderr=True)) as progress:
                task = progress.add_task(words("privacy.retention.progress"), total=due)
                retention.run(moment, told=lambda _, count: progress.advance(task, count))
    head = tuple(words(f"privacy.retention.{name}") for name in ("kind", "days", "due", "oldest"))
    print_table(head, [_standing(one, words) for one in standing])
    click.echo(words("privacy.retention.would" if dry_run else "privacy.retention.gone", n=due))


@data.command("reseal")
def data_reseal() -> None:
    """Sceller à nouveau sous la clé la plus récente, serveur en marche ; l'ancienne peut alors être retirée."""
    with _opened() as (_, store, vault), refusing():
        done, lost = reseal(store, vault)
        click.echo(wording(SOURCE_LANGUAGE)("backup.resealed", n=done))
        if lost:
            _refuse(wording(SOURCE_LANGUAGE)("backup.unopened", count=lost))


def of_a_person(command: Callable[..., Any]) -> Callable[..., Any]:
    """The ways to say who."""
    for option in (
        click.option("--case", default=None, help="Un ménage, par sa référence."),
        click.option("--account", default=None, help="Une personne qui se connecte, par le nom de son compte."),
        click.option("--answer", default=None, help="Qui a posé la question d'une réponse partagée, par sa clé."),
        click.option("--visitor-key", "key", default=None, help="Qui pose des questions, par son empreinte."),
        click.option(
            "--visitor-telegram",
            "telegram",
            is_flag=True,
            help="Qui pose des questions, par le numéro de sa conversation Telegram, demandé sans être montré.",
        ),
        click.option(
            "--visitor-matrix",
            "matrix",
            is_flag=True,
            help="Qui pose des questions, par son identifiant Matrix (Tchap), demandé sans être montré.",
        ),
    ):
        command = option(command)
    return command


@data.command("export")
@of_a_person
@click.option("--output", "to", type=FILE, help="Où écrire.")
@click.option("--text", "as_text", is_flag=True, help="En texte lisible, plutôt qu'en JSON.")
@click.option("--lang", default=SOURCE_LANGUAGE, help="Langue du texte.")
def data_export(to: Path | None, as_text: bool, lang: str, **who: Any) -> None:
    """Tout ce qui est gardé d'une personne, pour elle, si elle le demande."""
    with _people() as people:
        whole = people.export(_person(people, who))
        with output(to) as out:
            if as_text:
                out.writelines(f"{line}\n" for line in readable(whole, wording(nearest_language(lang))))
            else:
                out.write(json.dumps(whole, ensure_ascii=False, indent=2) + "\n")


@data.command("erase")
@of_a_person
@click.option("--yes", "sure", is_flag=True, help="Sans demander.")
def data_erase(sure: bool, **who: Any) -> None:
    """Effacer une personne : ses clés sont détruites et plus rien ne dit qui elle est, pour toujours."""
    words = wording(SOURCE_LANGUAGE)
    with _people() as people:
        person = _person(people, who)
        for part in ("deleted", "anonymous", "stays"):
            click.echo(words(f"privacy.erase.{person.kind}.{part}"))
        if not sure and not click.confirm(words("privacy.erase.sure")):
            click.echo(words("privacy.erase.nothing"))
            return
        counts = people.erase(person)
    for kind, count in counts.items():
        click.echo(f"  {words(f'register.{kind}.title')} : {count}")
    click.echo(words("privacy.erase.done"))


@contextmanager
def _opened() -> Iterator[tuple[Settings, Store, Vault]]:
    with telling():
        settings = load_settings()
        with Store.open(settings.database_url) as store:
            prepare_tables(store.engine.url)
            yield settings, store, Vault(contact_keys(settings))


@contextmanager
def _people() -> Iterator[Persons]:
    """People in the settings' database. Who is not found ends the command in words, with status 2."""
    try:
        with _opened() as (settings, store, vault), refusing():
            yield Persons(store, vault, settings.secret_key)
    except UnknownPersonError as error:
        _refuse(wording(SOURCE_LANGUAGE)(error.said))


def _person(people: Persons, who: dict[str, Any]) -> Person:
    given = [name for name in WHO if who[name]]
    if len(given) != 1:
        raise click.UsageError(wording(SOURCE_LANGUAGE)("privacy.refused.who"))
    if given[0] in ("telegram", "matrix"):
        return _by_address(people, given[0])
    look: dict[str, Callable[[str], Person]] = {
        "key": people.by_key,
        "answer": people.by_answer,
        "account": people.by_account,
        "case": lambda reference: people.by_case(kept(reference)),
    }
    return look[given[0]](who[given[0]])


def _by_address(people: Persons, channel: str) -> Person:
    words = wording(SOURCE_LANGUAGE)
    address = click.prompt(words(f"privacy.ask.{channel}"), hide_input=True, err=True).strip()
    if reference := people.household_at(channel, address):
        click.echo(words("privacy.household", reference=reference), err=True)
    return people.by_address(channel, address)


def _standing(one: Standing, words: Any) -> tuple[str, ...]:
    oldest = f"{one.oldest:%Y-%m-%d}" if one.oldest else ""
    return words(f"register.{one.kind}.title"), str(one.days), str(one.due), oldest


def _refuse(sentence: str) -> None:
    click.echo(sentence, err=True)
    sys.exit(2)
