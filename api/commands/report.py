"""aiguillage report"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

import click

from api.commands.common import telling
from api.deciding import Decider, RequestError, open_decider
from api.reporting import SUFFIXES, report_of_enquiry, report_of_request, trame_of, written
from api.settings import Settings, load_settings
from api.storage.store import Store
from bot.rendering import error_json
from bot.reports.model import Report, Trame
from bot.wording import SOURCE_LANGUAGE, nearest_language, wording
from rules.errors import SituationError

STANDARD_INPUT = "-"


@dataclass(frozen=True)
class Asked:
    """What the command line asks for: what a report is filled from, in what language, where it goes."""

    to: Path
    situation: str | None
    enquiry: str | None
    territory: str | None
    lang: str | None
    energy: str | None = None

    @property
    def said(self) -> dict[str, object]:
        """What goes with a decision request."""
        return {k: v for k, v in (("territory", self.territory), ("lang", self.lang)) if v is not None}


@click.group()
def report() -> None:
    """Les trames à remplir : rapport de visite N+1, suivi d'un soutien renforcé."""


def _filled_from(command: Callable[..., None]) -> Callable[..., None]:
    """The options that both reports have."""
    output = click.Path(dir_okay=False, path_type=Path)
    for option in (
        click.option("--output", "to", required=True, type=output, help="Où écrire : un nom en .docx ou en .html."),
        click.option("--lang", default=None, help="Langue des textes (sinon : celle de la demande, ou le français)."),
        click.option("--territory", default=None, help="Territoire dont les réglages valent."),
        click.option("--enquiry", metavar="JETON", help="Pré-remplir d'une question du journal."),
        click.option("--situation", metavar="FICHIER|-", help="Pré-remplir d'une demande JSON, comme pour decide."),
    ):
        command = option(command)
    return command


@report.command()
@_filled_from
@click.option("--energy", metavar="FICHIER|-", help="Dépenses et revenus avant et après (JSON) : taux d'effort.")
def n1(**asked: str) -> None:
    """Le rapport de visite N+1, vide ou pré-rempli."""
    _write(trame_of(None), Asked(**asked))  # type: ignore[arg-type]


@report.command()
@click.option(
    "--category", required=True, metavar="CATÉGORIE", help="mediation, relogement, insalubrite, sante, autre."
)
@_filled_from
def sr(category: str, **asked: str) -> None:
    """Le suivi d'un soutien renforcé, vide ou pré-rempli, avec la place d'un retour d'expérience."""
    try:
        trame = trame_of(category)
    except KeyError:
        _refuse(f"{category}: {wording(SOURCE_LANGUAGE)('report.problem.no_category')}")
    _write(trame, Asked(**asked))  # type: ignore[arg-type]


def _write(trame: Trame, asked: Asked) -> None:
    words = wording(SOURCE_LANGUAGE)
    if asked.to.suffix not in SUFFIXES:
        _refuse(words("report.problem.suffix", file=str(asked.to)))
    if asked.situation is not None and asked.enquiry is not None:
        _refuse(words("report.problem.two_sources"))
    if asked.situation == asked.energy == STANDARD_INPUT:
        _refuse(words("report.problem.two_inputs"))
    with telling(), _refusals():
        settings = load_settings()
        made, language = _made(trame, asked, settings, open_decider(settings))
        content = written(made, asked.to.suffix, wording(language))
    try:
        asked.to.write_bytes(content)
    except OSError as error:
        _refuse(words("report.problem.output", file=str(asked.to), detail=error.strerror))
    click.echo(words("report.done", file=str(asked.to)), err=True)


def _made(trame: Trame, asked: Asked, settings: Settings, decider: Decider) -> tuple[Report, str]:
    """The report and its language."""
    energy = None if asked.energy is None else _json(asked.energy)
    if asked.enquiry is not None:
        decider.decide({**asked.said, "final": True}, date.today())
        return _of_enquiry(trame, asked, settings, decider, energy), nearest_language(asked.lang)
    request = {} if asked.situation is None else _json(asked.situation)
    language = asked.lang
    if isinstance(request, dict):
        _check_territory(asked.territory, request.get("territory") or asked.territory)
        request = {**request, **asked.said}
        language = request.get("lang")
    return report_of_request(decider, trame, request, date.today(), energy), nearest_language(language)


def _of_enquiry(trame: Trame, asked: Asked, settings: Settings, decider: Decider, energy: object) -> Report:
    token = str(asked.enquiry)
    with Store.open(settings.database_url) as store:
        enquiry, ruling = store.enquiry(token), store.ruling(token)
    if enquiry is None:
        _refuse(wording(SOURCE_LANGUAGE)("report.problem.no_enquiry", token=token))
    _check_territory(asked.territory, enquiry.territory)
    return report_of_enquiry(decider, trame, enquiry, ruling, energy)


def _check_territory(asked: str | None, said: object) -> None:
    """Refuse a territory that is not the one the answer is about."""
    if asked is not None and asked != said:
        words = wording(SOURCE_LANGUAGE)
        other = said or words("problem.no_territory")
        _refuse(words("report.problem.two_territories", asked=asked, said=other))


def _json(source: str) -> object:
    """What a file, or the standard input, says; amounts stay as they are written."""
    words = wording(SOURCE_LANGUAGE)
    try:
        text = sys.stdin.read() if source == STANDARD_INPUT else Path(source).read_text(encoding="utf-8-sig")
        return json.loads(text, parse_float=Decimal)
    except OSError as error:
        _refuse(words("report.problem.file", file=source, detail=error.strerror))
    except (ValueError, RecursionError) as error:
        _refuse(f"{source}: {words('problem.not_json', detail=str(error)[:120])}")


@contextmanager
def _refusals() -> Iterator[None]:
    """What is wrong with a request or with figures, each with its value and the remedy."""
    words = wording(SOURCE_LANGUAGE)
    try:
        yield
    except RequestError as error:
        errors = error.errors
    except SituationError as error:
        errors = [error_json(one, words) for one in error.errors]
    else:
        return
    lines = (f"{e['fact']} = {json.dumps(e['value'], ensure_ascii=False)}: {e['detail']} {e['hint']}" for e in errors)
    _refuse("\n".join(line.rstrip() for line in lines))


def _refuse(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(2)
