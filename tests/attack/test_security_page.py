"""Every test that docs/security.md names is there, under that name."""

from __future__ import annotations

import ast
import re

from api.access import rates
from api.settings import SECRETS
from tests.attack.test_source import CRYPTOGRAPHY, ROOT

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


def test_every_secret_of_the_settings_and_every_library_of_cryptography_is_in_the_inventory():
    inventory = PAGE.split("## Keys and algorithms")[1].split("\n## ")[0]
    assert [name for name in SECRETS if f"`{name.upper()}`" not in inventory] == []
    assert [library for library in CRYPTOGRAPHY if f"`{library}`" not in inventory] == []


def test_the_limits_that_are_told_are_those_that_hold():
    told = PAGE.split("## How often")[1].split("\n## ")[0]
    for limit in (
        rates.LINKS,
        rates.LINKS_ANYWHERE,
        rates.LINKS_THEN,
        rates.CHAT,
        rates.CHAT_OF_ADDRESS,
        rates.ARRIVALS,
    ):
        assert re.search(rf"(?<![\d,]){limit.amount:,}(?![\d,])", told), limit
    for limit in (rates.NAME_HERE, rates.NAME, rates.ADDRESS, rates.CODE, rates.PAGES, *rates.BY_VOICE["speak"]):
        assert re.search(rf"(?<![\d,]){limit.amount:,}(?![\d,])", told), limit
