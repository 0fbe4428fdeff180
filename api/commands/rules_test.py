"""aiguillage rules test"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console as Screen
from rich.progress import track
from rich.text import Text as Styled

from api.commands.common import telling
from bot.case_report import coverage_texts, untouched, verdict_texts, who_said
from bot.messages import Text
from bot.wording import SOURCE_LANGUAGE, Wording, nearest_language, wording
from rules.cases import check_case
from rules.compile import CompiledRuleset, compile_ruleset
from rules.judging import Coverage, Verdict, cover, judge
from rules.load import SLIME_PLUS, load_cases, load_ruleset
from rules.model import Example, Ruleset

SITUATIONS = Path("tests/situations")


@click.command()
@click.argument("places", nargs=-1, type=click.Path(path_type=Path), metavar="[FICHIER|DOSSIER]…")
@click.option("--rules", "folder", default=SLIME_PLUS, type=click.Path(path_type=Path), help="Un autre jeu de règles.")
@click.option("--lang", default=SOURCE_LANGUAGE, help="Langue des textes.")
@click.option("--json", "as_json", is_flag=True, help="Tout en JSON.")
def rules_test(places: tuple[Path, ...], folder: Path, lang: str, as_json: bool) -> None:
    """Essayer les cas : ceux des règles, et ceux des fichiers donnés (sinon tests/situations).

    Dit ce qui était attendu et ce qui est trouvé, et quelle règle aucun cas ne touche. Finit avec 1 si un cas est
    répondu autrement, avec 2 si un cas ne peut pas être lu.
    """
    with telling():
        words = wording(nearest_language(lang))
        compiled = compile_ruleset(load_ruleset(folder))
        verdicts = _judged(compiled, _cases(compiled.ruleset, places), words)
        coverage = cover(compiled.ruleset, verdicts)
        if as_json:
            report = _as_json(compiled.ruleset, verdicts, coverage, words)
            click.echo(json.dumps(report, ensure_ascii=False, indent=2, default=str))
        else:
            _show(compiled.ruleset, verdicts, coverage, words)
    if not all(v.passed for v in verdicts):
        sys.exit(1)


def _cases(ruleset: Ruleset, places: tuple[Path, ...]) -> tuple[Example, ...]:
    """The examples beside the rules, then the cases of each place."""
    for case in ruleset.examples:
        check_case(case, ruleset)
    if not places and SITUATIONS.is_dir():
        places = (SITUATIONS,)
    return (*ruleset.examples, *(case for place in places for case in load_cases(place, ruleset)))


def _judged(compiled: CompiledRuleset, cases: tuple[Example, ...], words: Wording) -> tuple[Verdict, ...]:
    screen = Screen(stderr=True)
    going = track(cases, words("cases.judging"), console=screen, transient=True, disable=not screen.is_terminal)
    return tuple(judge(compiled, case) for case in going)


def _show(ruleset: Ruleset, verdicts: tuple[Verdict, ...], coverage: Coverage, words: Wording) -> None:
    screen = Screen(highlight=False, soft_wrap=True)
    failed = [v for v in verdicts if not v.passed]
    for verdict in failed:
        screen.print(Styled(f"✗ {verdict.case.title}", "bold red"))
        _lines(screen, (who_said(verdict),), words, "dim")
        _lines(screen, verdict_texts(verdict), words)
        screen.print()
    screen.print(Styled(words("cases.coverage"), "bold"))
    _lines(screen, coverage_texts(coverage, ruleset), words)
    screen.print()
    style, mark = ("bold red", "✗") if failed else ("bold green", "✓")
    count = {"n": len(verdicts), "passed": len(verdicts) - len(failed), "failed": len(failed)}
    screen.print(Styled(f"{mark} {words.say(Text('cases.done', count))}", style))


def _lines(screen: Screen, texts: Iterable[Text], words: Wording, style: str = "") -> None:
    for text in texts:
        screen.print(Styled(f"  {words.say(text)}", style))


def _as_json(ruleset: Ruleset, verdicts: tuple[Verdict, ...], coverage: Coverage, words: Wording) -> dict[str, object]:
    return {
        "ruleset": asdict(ruleset.id),
        "passed": sum(v.passed for v in verdicts),
        "failed": sum(not v.passed for v in verdicts),
        "cases": [_case_json(v, words) for v in verdicts],
        "coverage": {
            "rules": coverage.rules,
            "contradictions": coverage.contradictions,
            "statements": coverage.statements,
            "never_cited": coverage.never_cited,
        },
        "untouched": {
            "rules": untouched(coverage.rules),
            "contradictions": untouched(coverage.contradictions),
            "statements": untouched(coverage.statements),
        },
    }


def _case_json(verdict: Verdict, words: Wording) -> dict[str, object]:
    case, finding = verdict.case, verdict.finding
    return {
        "title": case.title,
        "file": case.origin,
        "path": case.path,
        "said_by": case.said_by,
        "said_on": case.said_on,
        "question": case.question,
        "passed": verdict.passed,
        "mismatches": [asdict(m) for m in verdict.mismatches],
        "status": finding.status,
        "missions": finding.missions,
        "reasons": [{"statement": r.statement, "text": words.say(Text(r.message, r.params))} for r in finding.reasons],
        "rules": verdict.rules,
        "contradictions": verdict.contradictions,
        "statements": sorted(verdict.statements),
    }
