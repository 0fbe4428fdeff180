"""Many decisions: one JSON request a line, or a table of situations with a progress bar."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.progress import Progress

from api.deciding import Decider, RequestError
from api.logbook import harmless
from bot.wording import nearest_language, wording
from rules.vocabulary import Fact

YES = {"true", "vrai", "oui", "1", "yes"}
NO = {"false", "faux", "non", "0", "no"}
ANSWER = ("status", "missions", "certainty", "reason", "decider", "statements", "text", "missing", "error")


def decide_lines(decider: Decider, lines: Iterable[str], out: TextIO, today: date) -> int:
    """Answer each line with a line. A refused line is told on standard error with its number; returns how many."""
    wrong = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            answer = decider.answer_text(line, today)
        except RequestError as error:
            wrong += 1
            _tell(number, error)
        else:
            out.write(answer + "\n")
            out.flush()
    return wrong


def _tell(number: int, error: RequestError) -> None:
    where = wording("fr")("problem.line", number=number)
    for one in error.errors:
        value = json.dumps(one["value"], ensure_ascii=False)
        print(f"{where}: {one['fact']} = {value}: {one['detail']} {one['hint']}".rstrip(), file=sys.stderr)


def decide_csv(decider: Decider, file: Path, out: TextIO, lang: str, territory: str | None, today: date) -> int:
    """Answer a table with one fact a column: the same rows with the answer's columns after them.

    A column that is no fact is kept and not read, unless it looks like a misspelt fact. Returns how many rows were
    refused; each says why in its ``error`` column.
    """
    words = wording(nearest_language(lang))
    facts = decider.compiled.ruleset.vocabulary.facts
    with file.open(encoding="utf-8-sig", newline="") as source:
        dialect = csv.Sniffer().sniff(source.readline() or ",", ",;\t")
        source.seek(0)
        rows = csv.DictReader(source, dialect=dialect)
        head = list(rows.fieldnames or ())
        writer = csv.writer(out, delimiter=dialect.delimiter, lineterminator="\n")
        writer.writerow([*head, *(f"answer_{name}" for name in ANSWER)])
        wrong = done = 0
        total = sum(1 for _ in file.open("rb")) - 1
        with Progress(console=Console(stderr=True)) as progress:
            task = progress.add_task(file.name, total=total)
            for row in rows:
                answer = _row(decider, row, facts, lang, territory, today)
                wrong += bool(answer["error"])
                done += 1
                writer.writerow([*(harmless(row.get(h) or "") for h in head), *(answer[n] for n in ANSWER)])
                progress.advance(task)
    print(words("decide.done", done=done, wrong=wrong), file=sys.stderr)
    return wrong


def _row(
    decider: Decider,
    row: Mapping[str, str | None],
    facts: Mapping[str, Fact],
    lang: str,
    territory: str | None,
    today: date,
) -> dict[str, str]:
    situation = {name: _value(facts[name], cell) for name, cell in row.items() if name in facts and cell}
    request = {"situation": situation, "lang": lang, "territory": territory, "final": True}
    try:
        return {**dict.fromkeys(ANSWER, ""), **_cells(decider.decide(request, today))}
    except RequestError as error:
        said = "; ".join(f"{e['fact']} = {e['value']}: {e['detail']} {e['hint']}".strip() for e in error.errors)
        return {**dict.fromkeys(ANSWER, ""), "error": harmless(said)}


def _value(fact: Fact, cell: str) -> object:
    """A cell as the contract's JSON value; what cannot be read stays as it is, to be refused with its name."""
    text = cell.strip()
    match fact.kind:
        case "bool":
            return True if text.lower() in YES else False if text.lower() in NO else text
        case "integer":
            return int(text) if text.isdecimal() else text
        case "orientations":
            return [{"etat": state.strip()} for state in text.split("|")]
        case _:
            return text


def _cells(answer: Mapping[str, Any]) -> dict[str, str]:
    reasons = answer["reasons"]
    return {
        "status": answer["status"],
        "missions": " ".join(answer["missions"]),
        "certainty": answer["certainty"],
        "reason": answer["open"]["reason"] if answer["open"] else "",
        "decider": answer["open"]["decider"] if answer["open"] else "",
        "statements": " ".join(str(r["statement"]) for r in reasons),
        "text": " ".join(r["text"] for r in reasons),
        "missing": " ".join(answer["missing"]),
    }
