"""aiguillage rules questions"""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import click
import numpy as np
from babel.numbers import format_decimal, format_percent
from rich.console import Console as Screen
from rich.progress import track

from api.commands.common import output, print_table, telling
from api.settings import load_settings
from api.storage.store import Store
from bot.wording import SOURCE_LANGUAGE, wording
from rules.compile import CompiledRuleset, compile_ruleset
from rules.conditions import Knowledge
from rules.errors import SituationError
from rules.learning.case_tensors import Table, prior_of, tabulate
from rules.learning.learning import learn
from rules.learning.orders_compared import ORDERS, Measured, compare
from rules.load import load_ruleset
from rules.order import QuestionOrder
from rules.situation import parse
from rules.traits import knowledge

UNIFORM, LOG = "uniform", "log"
TIE_BREAKER = 0.001


@click.command()
@click.option("--json", "as_json", is_flag=True, help="En JSON.")
@click.option("--learn", "learning", is_flag=True, help="Apprendre l'ordre des questions, et l'écrire en YAML.")
@click.option("--from-log", is_flag=True, help="Avec --learn : d'après les questions du journal.")
@click.option("--output", "to", type=click.Path(dir_okay=False, path_type=Path), help="Où écrire l'ordre ou le JSON.")
def rules_questions(as_json: bool, learning: bool, from_log: bool, to: Path | None) -> None:
    """Combien de questions en moyenne : le moins possible, démontré, et notre entretien à côté.

    Deux poids pour les cas : tous les cas possibles autant l'un que l'autre, et comme dans le journal.
    L'ordre appris va dans order.yaml, à côté de questions.yaml : il ne change jamais une réponse.
    """
    if from_log and not learning:
        raise click.UsageError("--from-log va avec --learn.")
    if to and not (learning or as_json):
        raise click.UsageError("--output va avec --learn ou --json.")
    with telling():
        compiled = compile_ruleset(load_ruleset())
        uniform = tabulate(compiled)
        logged, count = _from_log(compiled, uniform) if from_log or not learning else (uniform.cases, 0)
        if from_log and not count:
            click.echo(wording(SOURCE_LANGUAGE)("questions.nothing_to_learn"), err=True)
            sys.exit(2)
        if learning:
            said = written(learn(_mixed(uniform, logged, count) if from_log else uniform))
        else:
            priors = {UNIFORM: (uniform, int(uniform.mass[uniform.start]))}
            priors |= {LOG: (uniform.weighted(logged), count)} if count else {}
            found = {name: (size, _measured(compiled, table)) for name, (table, size) in priors.items()}
            if not as_json:
                _show(found)
                return
            said = json.dumps([_record(name, *measured) for name, measured in found.items()], ensure_ascii=False) + "\n"
        _write(to, said)


def _write(to: Path | None, said: str) -> None:
    try:
        with output(to) as out:
            out.write(said)
    except OSError as error:
        raise click.BadParameter(f"{to} : {error.strerror}", param_hint="--output") from error


def _show(found: dict[str, tuple[int, list[Measured]]]) -> None:
    words = wording(SOURCE_LANGUAGE)
    for name, (size, rows) in found.items():
        click.echo(words(f"questions.prior.{name}", n=size))
        print_table(*_averages(rows))
        click.echo(words("questions.shares"))
        print_table(*_shares(rows))
    if LOG not in found:
        click.echo(words("questions.no_log"))


def written(order: QuestionOrder) -> str:
    """The order as its file says it."""
    lines = [
        "# In which order to ask, where several questions can still change the answer. It changes no answer.",
        "# Learned: aiguillage rules questions --learn --output rules/data/slime-plus/order.yaml",
        f"order: [{', '.join(order.default)}]",
    ]
    lines += ["after:"] if order.after else []
    for after in order.after:
        lines += ["  - when:", f"      {after.fact}:"]
        lines += [f"        - {value}" for value in after.values]
        lines += [f"    order: [{', '.join(after.order)}]"]
    return "\n".join(lines) + "\n"


def _from_log(compiled: CompiledRuleset, table: Table) -> tuple[np.ndarray, int]:
    """The weights that the finished questions give, and how many of them there are; a corrected one counts once."""
    with Store.open(load_settings().database_url) as store:
        replaced, known = set(), []
        for enquiry in store.stream():
            replaced.add(enquiry.replaces)
            if enquiry.token not in replaced:
                known.append(_known(compiled, enquiry.facts, enquiry.asked_at))
    return prior_of(table, [k for k in known if k is not None])


def _known(compiled: CompiledRuleset, facts: object, asked_at: datetime) -> Knowledge | None:
    """What a logged question says; None where today's rules do not read it."""
    ruleset = compiled.ruleset
    day: date = asked_at.astimezone(UTC).date()
    try:
        situation = parse(ruleset.vocabulary, facts, day, ranges=True)
    except SituationError:
        return None
    return knowledge(ruleset.traits, ruleset.delays, situation, {})


def _mixed(uniform: Table, logged: np.ndarray, count: int) -> Table:
    """The log's prior; where it is silent, every case as likely."""
    even = uniform.cases / uniform.mass[uniform.start]
    return uniform.weighted(logged / count + TIE_BREAKER * even)


def _measured(compiled: CompiledRuleset, table: Table) -> list[Measured]:
    screen = Screen(stderr=True)
    return list(track(compare(compiled, table), "", total=len(ORDERS), console=screen, transient=True))


Rows = tuple[tuple[str, ...], list[tuple[str, ...]]]


def _averages(rows: list[Measured]) -> Rows:
    words = wording(SOURCE_LANGUAGE)
    head = tuple(words(f"questions.column.{name}") for name in ("order", "expected", "distance", "longest"))
    lines = []
    for row in rows:
        expected = format_decimal(row.lengths.expected, "0.000", words.locale)
        above = format_percent(abs(row.distance), "0.0 %", words.locale)
        lines.append((words(f"questions.order.{row.order}"), expected, above, str(row.lengths.longest)))
    return head, lines


def _shares(rows: list[Measured]) -> Rows:
    """How many interviews in a hundred have each number of questions."""
    words = wording(SOURCE_LANGUAGE)
    longest = max(row.lengths.longest for row in rows)
    head = (words("questions.column.order"), *(str(n) for n in range(longest + 1)))
    lines = []
    for row in rows:
        shares = [*row.lengths.shares, *(0.0 for _ in range(longest + 1))][: longest + 1]
        said = (format_decimal(100 * share, "0.0", words.locale) for share in shares)
        lines.append((words(f"questions.order.{row.order}"), *said))
    return head, lines


def _record(name: str, size: int, rows: list[Measured]) -> dict[str, object]:
    orders = [
        {
            "order": row.order,
            "expected": row.lengths.expected,
            "distance": row.distance,
            "longest": row.lengths.longest,
            "shares": row.lengths.shares,
        }
        for row in rows
    ]
    return {"prior": name, "size": size, "orders": orders}
