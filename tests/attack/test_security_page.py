"""Every test that docs/security.md names is there, under that name."""

from __future__ import annotations

import ast
import re
from base64 import b32decode, urlsafe_b64decode
from datetime import timedelta

from sqlalchemy import Table

from api.access import rates
from api.access.second_factor import new_secret
from api.health.keys import PERIOD
from api.secret_key import KEY_LENGTH, keep_key
from api.settings import SECRETS
from api.storage import access_schema, household_schema, matrix_schema, review_schema, speech_schema
from api.storage.accounts import IDLE, LONGEST_SESSION
from tests.attack.test_source import CRYPTOGRAPHY, ROOT

PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")
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
    schemas = (access_schema, household_schema, matrix_schema, review_schema, speech_schema)
    tables = {one for schema in schemas for one in vars(schema).values() if isinstance(one, Table)}
    sealed = [table.name for table in tables if "sealing" in table.columns]
    assert len(sealed) == 7 and [name for name in sealed if f"`{name}`" not in KEYS] == []


def test_the_sizes_and_terms_that_the_policy_tells_are_those_of_the_program(tmp_path):
    assert f"{len(urlsafe_b64decode(keep_key(tmp_path / 'key') + '==')) * 8} bits as made" in KEYS
    assert f"{KEY_LENGTH} characters at least" in KEYS
    assert f"{len(b32decode(new_secret())) * 8} bits" in KEYS
    assert timedelta(days=730) == PERIOD and "two years from the day when it became the first" in KEYS
    hours = IDLE.total_seconds() / 3600, LONGEST_SESSION.total_seconds() / 3600
    assert "{:.0f} hours unused, {:.0f} in all".format(*hours) in KEYS


def test_every_severity_of_a_fault_has_its_time():
    """Each line of CVSS's scale, from critical to low, and libraries without a fault: days for both sides."""
    table = OPERATIONS.split("## Libraries and their faults")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line[:2] == "| "]
    told = {row[0]: row[1:] for row in rows[1:]}
    scores = [re.findall(r"\d\.\d", of) for of in told]
    assert [one for one in scores if one] == [["9.0"], ["7.0", "8.9"], ["4.0", "6.9"], ["4.0"]]
    days = [int(re.search(r"within (\d+) days", project)[1]) for project, _ in told.values() if "within" in project]
    assert days[:4] == sorted(days[:4]) and len(days) == 5
    assert all(re.search(r"within \d+ more days|next version", host) for _, host in told.values())
    assert "every 3 months" in table and "`make audit`" in table


def test_nothing_is_installed_without_its_hash():
    made = (ROOT / "Makefile").read_text("utf-8")
    installs = [line for line in made.splitlines() if "pip install" in line and " -e ." not in line]
    assert len(installs) == 3 and all("--require-hashes" in line and "--no-deps" in line for line in installs)
    for lock in ("requirements.lock", "requirements-dev.lock"):
        pinned = re.split(r"^(?=[A-Za-z0-9])", (ROOT / lock).read_text("utf-8"), flags=re.MULTILINE)[1:]
        assert len(pinned) > 80 and all("--hash=sha256:" in one for one in pinned)


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
