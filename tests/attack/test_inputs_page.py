"""docs/inputs.md says the rules that the code has: its places exist, its limits are theirs, no field is left out."""

from __future__ import annotations

import ast
import importlib
import re
from datetime import timedelta

import pytest

from api import setting_values
from api.app import create_app
from api.settings import load_settings
from tests.attack.test_source import ROOT, trees

PAGE = (ROOT / "docs" / "inputs.md").read_text("utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and "::" in line]
PLACE = re.compile(r"`([\w/]+)\.py::(\w+)`")
READING = ("said", "get", "_single", "_one", "_said")
FROM = re.compile(r"(form|query_params|signed)\b")
# Read in the code by these names, and no person's or program's to give.
OF_OURS = {"csrf"}


def places():
    return [(row, module, name) for row in ROWS for module, name in PLACE.findall(row)]


def value_at(module, name):
    return getattr(importlib.import_module(module.replace("/", ".").removesuffix(".__init__")), name)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_every_place_exists_and_its_limit_is_the_one_that_is_told(row):
    found = PLACE.findall(row)
    assert found
    told = row[: row.index(f"`{found[0][0]}.py")]
    for module, name in found:
        for limit in numbers(value_at(module, name)):
            assert re.search(rf"(?<![\d,]){limit:,}(?!,?\d)", told), (name, limit)


def numbers(value):
    """The numbers that a limit has; none where it is a function, a list of words or a form."""
    match value:
        case bool():
            return []
        case int():
            return [value]
        case float():
            return [int(value)]
        case timedelta():
            return [value.days]
        case _:
            return []


def test_there_are_places_for_every_room():
    assert len(places()) > 80
    assert {module.split("/")[0] for _, module, _ in places()} == {"api", "bot", "rules"}


def fields_read():
    """The names of fields that the code reads of a form or an address, as they are written there."""
    for file, tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            words = [one.value for one in node.args[:2] if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if called in READING and words and FROM.search(ast.unparse(node)):
                yield file, words[0]


def test_every_field_that_is_read_of_a_form_or_an_address_is_told():
    found = {name for _, name in fields_read() if name}
    assert len(found) > 60
    assert sorted(name for name in found - OF_OURS if f"`{name}`" not in PAGE) == []


def test_every_address_of_the_api_is_told(tmp_path):
    app = create_app(load_settings({"AIGUILLAGE_DATA_DIR": str(tmp_path)}))
    try:
        known = [path for path in app.openapi()["paths"] if path.startswith("/v1/")]
    finally:
        app.state.parts.store.close()
    assert len(known) >= 5
    assert [path for path in known if f"`{path}`" not in PAGE] == []


def test_every_rule_of_a_setting_is_told():
    rules = [
        name for name, one in vars(setting_values).items() if getattr(one, "__module__", "") == "api.setting_values"
    ]
    assert [name for name in rules if name[0] != "_" and name != "is_loopback" and f"`{name}`" not in PAGE] == []
