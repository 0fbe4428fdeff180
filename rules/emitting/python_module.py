"""A program as a Python module that imports nothing."""

from __future__ import annotations

from collections.abc import Iterator

from rules.emitting.program import Branch, Program

HEAD = '''"""{name}, version {version}: made by `aiguillage rules emit --language python`. Do not change it by hand.

decide(row) takes one value for each trait and gives the place of its outcome in ANSWERS. It looks only at the traits
that matter for the row, and raises ValueError where one of these is missing or has a value that is not in TRAITS.
"""
'''
TAIL = """

def _wrong(row):
    for trait, values in TRAITS.items():
        if trait not in row:
            return f"{trait} is missing: give one of {', '.join(values)}"
        if row[trait] not in values:
            return f"{trait} = {row[trait]!r} is unknown: give one of {', '.join(values)}"
    return "the row cannot be read"
"""


def python_source(program: Program) -> str:
    """The module's text: ``decide``, ``ANSWERS``, ``TRAITS``, ``NAME`` and ``VERSION``."""
    tables: dict[str, str] = {}
    functions = [_function(program, number, tables) for number in program.functions]
    traits = {trait: program.diagram.domains[trait] for trait in program.diagram.order}
    names = [f"NAME = {program.name!r}", f"VERSION = {program.version!r}"]
    listed = [_listed("ANSWERS", [f"{answer!r}," for answer in program.answers], "()")]
    listed += [_listed("TRAITS", [f"{trait!r}: {values!r}," for trait, values in traits.items()], "{}")]
    kept = [f"{name} = {table}" for table, name in tables.items()]
    head = HEAD.format(name=program.name, version=program.version)
    return "\n".join((head, *names, *listed, *kept)) + "\n" + "".join(functions) + TAIL


def _listed(name: str, lines: list[str], brackets: str) -> str:
    return "\n".join((f"{name} = {brackets[0]}", *(f"    {line}" for line in lines), brackets[1]))


def _function(program: Program, number: int, tables: dict[str, str]) -> str:
    if number != program.functions[-1]:
        lines = _node(program, number, 1, tables)
        return "\n".join(("", "", f"def n{number}(row):", *lines)) + "\n"
    lines = _node(program, number, 2, tables)
    refusal = ("    except (KeyError, TypeError):", "        raise ValueError(_wrong(row)) from None")
    return "\n".join(("", "", "def decide(row):", "    try:", *lines, *refusal)) + "\n"


def _node(program: Program, number: int, depth: int, tables: dict[str, str]) -> Iterator[str]:
    """The lines of a node. Each of its branches returns, so that what follows an `if` is the other case."""
    trait, branches = program.branches(number)
    indent = "    " * depth
    table = f"{_kept(branches, program.diagram.domains[trait], tables)}[row[{trait!r}]]"
    tests = [table]
    if len(branches) > 2:
        yield f"{indent}v = {table}"
        tests = [f"v == {place}" for place in range(len(branches) - 1)]
    for test, (_, child) in zip(tests, branches, strict=False):
        yield f"{indent}if {test}:"
        yield from _goes_on(program, child, depth + 1, tables)
    yield from _goes_on(program, branches[-1][1], depth, tables)


def _kept(branches: tuple[Branch, ...], domain: tuple[str, ...], tables: dict[str, str]) -> str:
    """The name of the table of a node: value -> the place of its branch; of two branches, whether it is the first."""
    places = {value: place for place, (values, _) in enumerate(branches) for value in values}
    said = {value: places[value] == 0 if len(branches) == 2 else places[value] for value in domain}
    return tables.setdefault(repr(said), f"T{len(tables)}")


def _goes_on(program: Program, number: int, depth: int, tables: dict[str, str]) -> Iterator[str]:
    if number in program.outcomes:
        yield f"{'    ' * depth}return {program.outcomes[number]}"
    elif program.is_called(number):
        yield f"{'    ' * depth}return n{number}(row)"
    else:
        yield from _node(program, number, depth, tables)
