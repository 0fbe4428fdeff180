"""How many questions: our interview beside the proven optimum and the orders of others, publicodes itself among them.

    cd benchmarks/node_questions && npm install && cd -
    python -m benchmarks.questions [--write docs/benchmarks.md]

publicodes runs in node, on the same rules, said of the questions' choices. Before anything is counted it must give our
answer for a thousand cases drawn with a fixed seed. The measure is a count, so it is the same on every machine.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from bot.wording import wording
from rules.compile import answer_of, compile_ruleset
from rules.conditions import All, Condition, Is, Not
from rules.conditions import Any as AnyOf
from rules.learning.case_tensors import State, Table, tabulate
from rules.learning.orders_compared import Measured, compare
from rules.learning.peer_orders import over_questions
from rules.load import load_ruleset

NODE = Path(__file__).parent / "node_questions"
TARGET = "réponse"
MARKER, END = "<!-- questions -->", "<!-- /questions -->"
CHECKED = 1000


class Publicodes:
    """The real package, asked over standard input and output."""

    def __init__(self, table: Table, rules: list[Condition]) -> None:
        self.table = table
        self.asked: dict[State, dict[str, Any]] = {}
        command = ["node", "next_question.mjs"]
        self.node = subprocess.Popen(command, cwd=NODE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
        self._write({"model": model(table, rules), "target": TARGET})

    def ask(self, state: State) -> int:
        """The question that publicodes asks next; the first of the file once it misses nothing."""
        fields = self.evaluated(state)["fields"]
        return [q.id for q in self.table.questions].index(fields[0]) if fields else state.index(0)

    def evaluated(self, state: State) -> dict[str, Any]:
        if state not in self.asked:
            answers = zip(self.table.questions, self.table.choices, state, strict=True)
            self._write({q.id: f"'{choices[choice - 1]}'" for q, choices, choice in answers if choice})
            assert self.node.stdout is not None
            self.asked[state] = json.loads(self.node.stdout.readline())
        return self.asked[state]

    def close(self) -> None:
        assert self.node.stdin is not None
        self.node.stdin.close()
        self.node.wait(10)

    def _write(self, said: object) -> None:
        assert self.node.stdin is not None
        self.node.stdin.write(json.dumps(said) + "\n")
        self.node.stdin.flush()


def model(table: Table, rules: list[Condition]) -> dict[str, object]:
    """The rules as a publicodes model: a question a variable, the number of the first rule that holds as the goal."""
    asked: dict[str, object] = {
        q.id: {"question": q.id, "une possibilité": [f"'{c}'" for c in choices]}
        for q, choices in zip(table.questions, table.choices, strict=True)
    }
    names: dict[Condition, str] = {}
    rows: list[object] = [{"si": _named(rule, names), "alors": number} for number, rule in enumerate(rules, 1)]
    terms = {name: _said(condition, names) for condition, name in list(names.items())}
    return {**asked, **terms, TARGET: {"variations": [*rows, {"sinon": 0}]}}


def _named(condition: Condition, names: dict[Condition, str]) -> str:
    """The name of the rule that stands for the condition; each is written once."""
    for part in (condition.part,) if isinstance(condition, Not) else getattr(condition, "parts", ()):
        _named(part, names)
    return names.setdefault(condition, f"terme {len(names) + 1}")


def _said(condition: Condition, names: dict[Condition, str]) -> object:
    match condition:
        case Is(question, choices):
            compared = [f"{question} = '{choice}'" for choice in sorted(choices)]
            return {"valeur": {"une de ces conditions": compared}} if compared else {"valeur": "non"}
        case Not(part):
            return {"valeur": f"{names[part]} = non"}
        case All(parts):
            return {"valeur": {"toutes ces conditions": [names[p] for p in parts]} if parts else "oui"}
        case AnyOf(parts):
            return {"valeur": {"une de ces conditions": [names[p] for p in parts]} if parts else "non"}


def check(peer: Publicodes, answers: list[object], table: Table) -> None:
    """Raise AssertionError where publicodes answers a case otherwise than we do."""
    for case in _some_cases(table):
        number = peer.evaluated(case)["value"]
        assert number, f"publicodes has no answer for {case}"
        ours = table.answers[int(table.possible[case]).bit_length() - 1]
        assert ours == answers[number - 1], f"{case}: publicodes says {answers[number - 1]}, we say {ours}"


def _some_cases(table: Table) -> list[State]:
    cases = np.argwhere(table.cases > 0) + 1
    chosen = np.random.default_rng(20261123).choice(len(cases), size=min(CHECKED, len(cases)), replace=False)
    return [tuple(int(c) for c in cases[i]) for i in sorted(chosen)]


def section(measured: list[Measured], cases: int) -> str:
    """The markdown between the markers."""
    words = wording("en")
    longest = max(row.lengths.longest for row in measured)
    lines = [
        MARKER,
        "## Questions asked",
        "",
        f"Each of the {cases:,} possible cases is as likely. To rerun: `python -m benchmarks.questions --write FILE`.",
        "",
        "| order | questions on average | above the optimum | longest | "
        + " | ".join(f"{n}" for n in range(1, longest + 1))
        + " |",
        "|---|---:|---:|---:|" + "---:|" * longest,
    ]
    for row in measured:
        shares = [*row.lengths.shares, *([0.0] * (longest + 1))][1 : longest + 1]
        name = "publicodes itself, in node" if row.order == "publicodes" else words(f"questions.order.{row.order}")
        said = f"{row.lengths.expected:.3f} | {abs(row.distance):.1%} | {row.lengths.longest}"
        lines.append(f"| {name} | {said} | " + " | ".join(f"{share:.1%}" for share in shares) + " |")
    return "\n".join([*lines, END])


def write(file: Path, text: str) -> None:
    """Put the section in the file, in the place of the one that is there, or at the end."""
    before = file.read_text(encoding="utf-8") if file.exists() else "# Benchmarks\n"
    if MARKER in before:
        start, rest = before.split(MARKER, 1)
        after = rest.split(END, 1)[1] if END in rest else "\n"
        file.write_text(start + text + after, encoding="utf-8")
    else:
        file.write_text(before.rstrip("\n") + "\n\n" + text + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path, help="the markdown file to put the table in")
    to = parser.parse_args().write
    compiled = compile_ruleset(load_ruleset())
    table = tabulate(compiled)
    rules = over_questions(compiled, table)
    peer = Publicodes(table, rules)
    check(peer, [answer_of(rule) for rule in compiled.ruleset.rules], table)
    measured = list(compare(compiled, table, {"publicodes": peer.ask}))
    peer.close()
    text = section(measured, int(table.mass[table.start]))
    print(text)
    if to:
        write(to, text)


if __name__ == "__main__":
    main()
