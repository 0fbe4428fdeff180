"""Every test that docs/security.md names is there, under that name."""

from __future__ import annotations

import ast
import re
from base64 import b32decode, urlsafe_b64decode
from datetime import timedelta

from api.access import rates
from api.access.second_factor import new_secret
from api.health.keys import PERIOD
from api.secret_key import KEY_LENGTH, keep_key
from api.settings import SECRETS
from api.storage.accounts import IDLE, LONGEST_SESSION
from api.storage.schema import metadata
from tests.attack.test_source import CRYPTOGRAPHY, ROOT

PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
KEYS = (ROOT / "docs" / "keys.md").read_text("utf-8")
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
    assert [name for name in SECRETS if f"`{name.upper()}`" not in KEYS] == []
    assert [library for library in CRYPTOGRAPHY if f"`{library}`" not in KEYS] == []


def test_every_key_of_the_settings_has_its_term_its_holders_and_how_it_changes():
    table = KEYS.split("## Keys of the settings")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line[:3] == "| `"]
    assert {re.match(r"`(\w+)`", row[0])[1].lower() for row in rows} == set(SECRETS)
    assert all(len(row) == 6 and all(row) for row in rows)


def test_every_table_with_a_key_in_its_rows_is_in_the_policy():
    sealed = [table.name for table in metadata.sorted_tables if "sealing" in table.columns]
    assert len(sealed) > 5 and [name for name in sealed if f"`{name}`" not in KEYS] == []


def test_the_sizes_and_terms_that_the_policy_tells_are_those_of_the_program(tmp_path):
    assert f"{len(urlsafe_b64decode(keep_key(tmp_path / 'key') + '==')) * 8} bits as made" in KEYS
    assert f"{KEY_LENGTH} characters at least" in KEYS
    assert f"{len(b32decode(new_secret())) * 8} bits" in KEYS
    assert timedelta(days=730) == PERIOD and "two years from the day when it became the first" in KEYS
    hours = IDLE.total_seconds() / 3600, LONGEST_SESSION.total_seconds() / 3600
    assert "{:.0f} hours unused, {:.0f} in all".format(*hours) in KEYS


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
