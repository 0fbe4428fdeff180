"""A program as a JavaScript module that imports nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator

from rules.emitting.program import Program

HEAD = """// {name}, version {version}: made by `aiguillage rules emit --language javascript`. Do not change it by hand.
//
// decide(row) takes one value for each trait and gives the place of its outcome in ANSWERS. It looks only at the
// traits that matter for the row, and throws a RangeError where one of these is missing or has a value that is not in
// TRAITS.
"""
WRONG = """
function wrong(trait, value) {
  const said = value === undefined ? `${trait} is missing` : `${trait} = ${JSON.stringify(value)} is unknown`
  throw new RangeError(`${said}: give one of ${TRAITS[trait].join(', ')}`)
}
"""


def javascript_source(program: Program) -> str:
    """The module's text: it exports ``decide``, ``ANSWERS``, ``TRAITS``, ``NAME`` and ``VERSION``."""
    traits = {trait: program.diagram.domains[trait] for trait in program.diagram.order}
    names = {"NAME": program.name, "VERSION": program.version, "ANSWERS": program.answers, "TRAITS": traits}
    exports = "\n".join(f"export const {name} = {_json(value)}" for name, value in names.items())
    functions = "".join(javascript_functions(program).values())
    head = HEAD.format(name=program.name, version=program.version)
    last = f"\nexport const decide = n{program.functions[-1]}\n"
    return f"{head}\n{exports}\n{WRONG}{functions}{last}"


def javascript_functions(program: Program) -> dict[int, str]:
    """The text of each node's function; they call each other, and ``wrong`` where a value is unknown."""
    return {
        number: "\n".join(("", f"function n{number}(row) {{", *_node(program, number, 1), "}")) + "\n"
        for number in program.functions
    }


def _node(program: Program, number: int, depth: int) -> Iterator[str]:
    trait, branches = program.branches(number)
    indent = "  " * depth
    yield f"{indent}switch (row.{trait}) {{"
    for values, child in branches:
        yield indent + " ".join(f"case {_json(value)}:" for value in values)
        if child in program.outcomes:
            yield f"{indent}  return {program.outcomes[child]}"
        elif program.is_called(child):
            yield f"{indent}  return n{child}(row)"
        else:
            yield from _node(program, child, depth + 1)
    yield f"{indent}default:"
    yield f"{indent}  return wrong({_json(trait)}, row.{trait})"
    yield f"{indent}}}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
