"""Every test that docs/security.md names is there, under that name."""

from __future__ import annotations

import ast
import re

from tests.attack.test_source import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
NUMBER = re.compile(r"^\| (\d+\.\d+\.\d+) \|", re.MULTILINE)


def names_in(file):
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {one.name for one in functions if one.name.startswith("test_")}


def test_every_test_that_is_named_exists():
    named = NAMED.findall(PAGE)
    assert len(named) > 100
    for file, name in named:
        assert (ROOT / file).is_file(), file
        assert not name or name in names_in(file), (file, name)


def test_every_line_of_what_holds_names_a_test():
    table = PAGE.split("## What holds")[1].split("\n## ")[0]
    lines = [line for line in table.splitlines() if NUMBER.match(line)]
    assert len(lines) > 80
    for line in lines:
        assert NAMED.search(line), line


def test_no_requirement_stands_twice():
    numbers = NUMBER.findall(PAGE)
    assert len(numbers) == len(set(numbers))
