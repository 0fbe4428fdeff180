"""aiguillage explain"""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterable
from datetime import date

import click
from rich.console import Console as Screen
from rich.text import Text as Styled

from api.commands.common import telling
from api.deciding import Decider, RequestError, open_decider
from api.explaining import Asked, explained, explanation_json, from_enquiry, from_request, ruling_json, traced
from api.settings import Settings, load_settings
from api.storage.store import Store
from api.written_facts import WrittenFactError, read_facts
from bot.coordination import ruling_section
from bot.explaining import detail_sections, short_sections
from bot.messages import Section
from bot.trace_report import trace_lines
from bot.wording import SOURCE_LANGUAGE, Wording, nearest_language, wording
from rules.interview import Interviewer

WIDEST = 100


@click.command()
@click.argument("facts", nargs=-1, metavar="[FAIT=VALEUR]…")
@click.option("--situation", "file", type=click.File(encoding="utf-8"), help="Une demande JSON, comme pour decide.")
@click.option("--enquiry", "token", default=None, metavar="JETON", help="Une question du journal.")
@click.option("--territory", default=None, help="Territoire dont les réglages valent.")
@click.option("--lang", default=None, help="Langue des textes (fr si la demande n'en dit rien).")
@click.option("--trace", "with_trace", is_flag=True, help="Aussi le détail pour qui écrit les règles.")
@click.option("--json", "as_json", is_flag=True, help="Tout en JSON.")
def explain(
    facts: tuple[str, ...],
    file: click.utils.LazyFile | None,
    token: str | None,
    territory: str | None,
    lang: str | None,
    with_trace: bool,
    as_json: bool,
) -> None:
    """Pourquoi cette réponse, pourquoi pas une autre mission, et ce qui la changerait.

    La situation : des faits (dst=fait accompagnement_continu=oui but=accompagner action=bilan), une demande JSON sur
    l'entrée standard ou dans un fichier (--situation), ou une question du journal (--enquiry).
    """
    with telling():
        settings = load_settings()
        decider = open_decider(settings)
        words = wording(nearest_language(lang))
        try:
            if token is not None:
                asked = _logged(settings, decider, token, territory, bool(facts or file), words)
            else:
                request = _request(decider, facts, file, {"territory": territory, "lang": lang}, words)
                words = wording(nearest_language(str(request.get("lang") or SOURCE_LANGUAGE)))
                asked = from_request(decider, request, date.today())
        except RequestError as error:
            for one in error.errors:
                value = json.dumps(one["value"], ensure_ascii=False)
                click.echo(f"{one['fact']} = {value}: {one['detail']} {one['hint']}".rstrip(), err=True)
            sys.exit(2)
        if as_json:
            path = traced(decider, asked) if with_trace else None
            report = explanation_json(explained(decider, asked), decider.compiled.ruleset, words, path)
            if asked.ruling is not None:
                report = {"verdict": ruling_json(asked.ruling), **report}
            click.echo(json.dumps(report, ensure_ascii=False, indent=2))
            return
        _show(decider, asked, words, with_trace)


def _request(
    decider: Decider,
    facts: tuple[str, ...],
    file: click.utils.LazyFile | None,
    options: dict[str, str | None],
    words: Wording,
) -> dict[str, object]:
    """The contract's request, from the one place that gives it; the options of the command come before its own."""
    chosen = {key: value for key, value in options.items() if value}
    if facts and file:
        raise click.UsageError(words("explain.two_sources"))
    if facts:
        try:
            said = read_facts(facts, decider.compiled.ruleset.vocabulary.facts)
        except WrittenFactError as error:
            raise click.UsageError(words.say(error.text)) from None
        return {"situation": said, **chosen}
    try:
        text = file.read() if file else "" if sys.stdin.isatty() else sys.stdin.read()
        request = json.loads(text) if text.strip() else None
    except (ValueError, RecursionError) as error:
        raise click.UsageError(words("problem.not_json", detail=str(error)[:120])) from None
    if request is None:
        raise click.UsageError(words("explain.nothing_given"))
    return {**request, **chosen} if isinstance(request, dict) else {"situation": request, **chosen}


def _logged(
    settings: Settings, decider: Decider, token: str, territory: str | None, two: bool, words: Wording
) -> Asked:
    if two:
        raise click.UsageError(words("explain.two_sources"))
    with Store.open(settings.database_url) as store:
        enquiry, ruling = store.enquiry(token), store.ruling(token)
    if enquiry is None:
        raise click.UsageError(words("explain.unknown_enquiry", token=token))
    return from_enquiry(decider, enquiry, ruling, territory)


def _show(decider: Decider, asked: Asked, words: Wording, with_trace: bool) -> None:
    screen = Screen(highlight=False, soft_wrap=True)
    interviewer = Interviewer(decider.compiled, asked.territory)
    explanation = explained(decider, asked)
    if asked.ruling is not None:
        _sections(screen, [ruling_section(asked.ruling, decider.compiled.ruleset)], words)
        screen.print()
    for notice in asked.notices:
        screen.print(Styled(words.say(notice), "dim"))
    answer, *rest = short_sections(explanation, interviewer)
    headline, *under = (words.say(line) for line in answer.lines)
    screen.print(Styled(headline, "bold green" if explanation.finding.status == "settled" else "bold yellow"))
    for line in under:
        screen.print(_wrapped(line, "", screen))
    _sections(screen, rest, words)
    screen.print(Styled(f"\n{words('explain.detail')}", "bold underline"))
    _sections(screen, detail_sections(explanation, interviewer), words)
    if with_trace:
        for title, line in trace_lines(traced(decider, asked), words):
            screen.print(Styled(f"\n{line}", "bold") if title else Styled(line))


def _sections(screen: Screen, sections: Iterable[Section], words: Wording) -> None:
    for section in sections:
        if section.title:
            screen.print(Styled(f"\n{words.say(section.title)}", "bold"))
        for line in section.lines:
            screen.print(_wrapped(words.say(line), "  • ", screen))


def _wrapped(text: str, mark: str, screen: Screen) -> Styled:
    """A sentence within the screen's width, under its mark; what follows a new line in it stands a little inside."""
    width = min(screen.width, WIDEST)
    first, *more = text.split("\n")
    inside = " " * len(mark)
    lines = [textwrap.fill(first, width, initial_indent=mark, subsequent_indent=inside)]
    lines += [textwrap.fill(m, width, initial_indent=inside + "  ", subsequent_indent=inside + "    ") for m in more]
    return Styled("\n".join(lines))
