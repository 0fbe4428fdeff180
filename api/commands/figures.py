"""aiguillage figures"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import Progress

from api.commands.common import output, telling
from api.deciding import RequestError
from api.figures_table import show, write_csv
from api.figuring import Figures, refused
from api.household_table import ignored_columns, read_households, template
from api.settings import load_settings
from api.territories import read_territories
from bot.wording import SOURCE_LANGUAGE, Wording, nearest_language, wording
from rules.errors import FactError
from rules.figures.households import COLUMNS, FIRST_YEAR, LAST_YEAR

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
Command = TypeVar("Command", bound=Callable[..., object])
COUNTS = (
    ("--visited", "visited", "Ménages visités."),
    ("--followed", "followed", "Ménages suivis."),
    ("--contracted", "contracted", "Ménages conventionnés (l'objectif de la convention)."),
    ("--sr", "with_sr", "Ménages avec au moins un SR."),
    ("--sr-total", "sr_total", "Nombre de SR (un ménage peut en avoir plusieurs)."),
    ("--n1-done", "n1_done", "Ménages au N+1 réalisé."),
    ("--n1-planned", "n1_planned", "Ménages au N+1 prévu : rendez-vous pris."),
    ("--n1-refused", "n1_refused", "Ménages qui ont refusé le N+1."),
    ("--n1-unreached", "n1_unreached", "Ménages injoignables pour le N+1."),
    ("--beneficiaries", "beneficiaries", "Ménages bénéficiaires, en tout."),
    ("--beneficiaries-year", "beneficiaries_year", "Ménages bénéficiaires de l'année."),
    ("--cohort", "cohort", "Ménages visités l'année d'avant (N-1)."),
)
COLUMN_HELP = f"""\b
Les colonnes de --csv (une cellule vide = on ne sait pas, ce n'est pas « non ») :
  reference             votre numéro de dossier, jamais un nom ; une ligne par ménage
  visite, suivi, conventionne, beneficiaire    oui ou non
  date_dst, date_premiere_visite, date_derniere_visite, date_fin_sr, date_n1
                        2026-04-21 ou 21/04/2026
  nombre_sr             0, 1, 2…
  n1                    realise, prevu (rendez-vous pris), refuse, injoignable ou aucun
Les {len(COLUMNS)} colonnes : aiguillage figures --template > menages.csv
"""


def _counts(command: Command) -> Command:
    for flag, name, text in reversed(COUNTS):
        command = click.option(flag, name, type=click.IntRange(min=0), help=text)(command)
    return command


@click.command(epilog=COLUMN_HELP)
@_counts
@click.option("--option-n1/--no-option-n1", "option_n1", default=None, help="L'option N+1 est prise, ou non.")
@click.option("--target", help="Part de SR conventionnée au-delà du socle, en % (30 pour 30 %).")
@click.option("--csv", "table", type=FILE, help="Un tableau, un ménage par ligne.")
@click.option("--template", "empty", is_flag=True, help="Un tableau vide à remplir, puis rien d'autre.")
@click.option("--year", type=click.IntRange(FIRST_YEAR, LAST_YEAR), help="L'année à compter.")
@click.option("--territory", default=None, help="Territoire dont l'option N+1 vaut, avec sa date.")
@click.option("--json", "as_json", is_flag=True, help="Réponse en JSON ; sans comptes, une demande JSON par ligne.")
@click.option("--csv-output", "as_csv", is_flag=True, help="Réponse en CSV, une lecture par ligne.")
@click.option("--excel", is_flag=True, help="CSV lisible par Excel (avec BOM).")
@click.option("--output", "to", type=click.Path(dir_okay=False, path_type=Path), help="Où écrire, en CSV sauf --json.")
@click.option("--lang", default=SOURCE_LANGUAGE, help="Langue des textes.")
def figures(
    table: Path | None,
    empty: bool,
    year: int | None,
    territory: str | None,
    as_json: bool,
    as_csv: bool,
    excel: bool,
    to: Path | None,
    lang: str,
    **counts: int | bool | str | None,
) -> None:
    """Les chiffres de la convention : chaque lecture du texte côte à côte, aucune n'est choisie.

    La part de ménages en SR face aux 20 %, les N+1 face aux 15 % (si l'option est prise), le forfait et ses tranches.
    """
    if empty:
        click.echo(template(), nl=False)
        return
    words, given = wording(nearest_language(lang)), {k: v for k, v in counts.items() if v is not None}
    with telling(), _refusing(words):
        about = _figures()
        about.check_territory(territory, words)
        if table is not None:
            answers: Iterable[dict[str, object]] = [_of_table(about, table, given, territory, year, words)]
        elif given:
            request = {"counts": given, "territory": territory, "year": year, "lang": words.language}
            answers = [about.answer(request, date.today())]
        elif as_json:
            answers = _of_lines(about, sys.stdin)
        else:
            raise refused([FactError("nothing_given", "figures", None)], words)
        form = "json" if as_json else "excel" if excel else "csv" if as_csv or to else "screen"
        _write(answers, form, to, words)


def _figures() -> Figures:
    """The territories' options; the rules are loaded only where a territory has settings to check against them."""
    settings = load_settings()
    decided = any(settings.territories.glob("*.yaml"))
    return Figures(read_territories(settings.territories) if decided else {}, settings.territory)


def _of_table(
    about: Figures, table: Path, given: dict[str, object], territory: str | None, year: int | None, words: Wording
) -> dict[str, object]:
    decided = about.decided(given, words)
    screen = Console(stderr=True)
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task(table.name, total=table.stat().st_size)
        households = read_households(table, date.today(), words, lambda size: progress.advance(task, size))
        answer = about.of_households(households, decided, territory, year, words)
    if ignored := ignored_columns(table):
        click.echo(words("figures.ignored", columns=", ".join(ignored)), err=True)
    return answer


def _of_lines(about: Figures, lines: Iterable[str]) -> Iterator[dict[str, object]]:
    """The answer to each request. A refused line is told on standard error; the command then ends with status 2."""
    wrong = False
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield about.answer(_parsed(line), date.today())
        except RequestError as error:
            wrong = True
            _tell(error, wording(SOURCE_LANGUAGE), number)
    if wrong:
        sys.exit(2)


def _parsed(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        words = wording(SOURCE_LANGUAGE)
        raise refused([FactError("not_json", "request", str(error)[:80])], words) from None


def _write(answers: Iterable[dict[str, object]], form: str, to: Path | None, words: Wording) -> None:
    """The answers on the screen, or as ``form``: json, csv or excel."""
    try:
        with output(to) as out:
            for answer in answers:
                if form == "json":
                    out.write(json.dumps(answer, ensure_ascii=False) + "\n")
                elif form == "screen":
                    show(answer, words, Console())
                else:
                    write_csv(answer, out, excel=form == "excel")
    except OSError as error:
        if to is None:  # whoever read our output has gone: nothing to tell
            raise
        raise refused([FactError("cannot_write", "output", str(to), {"why": error.strerror or ""})], words) from None


@contextmanager
def _refusing(words: Wording) -> Iterator[None]:
    """A refusal in its own words on standard error, line by line, and exit status 2."""
    try:
        yield
    except RequestError as error:
        _tell(error, words)
        sys.exit(2)


def _tell(error: RequestError, words: Wording, number: int | None = None) -> None:
    for one in error.errors:
        places = [words("problem.line", number=at) for at in (number, one.get("line")) if at is not None]
        value = json.dumps(one["value"], ensure_ascii=False)
        what = [*places, f"{one['fact']} = {value}" if one["value"] is not None else str(one["fact"])]
        click.echo(f"{', '.join(what)} : {one['detail']} {one['hint']}".rstrip(), err=True)
