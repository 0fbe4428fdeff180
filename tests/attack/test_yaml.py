"""Files of rules and of territories that somebody made badly or maliciously: the one documented error comes out."""

from __future__ import annotations

import copy
import datetime
import random
import subprocess
import sys

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.errors import RulesetError
from rules.load import raw_files, ruleset_from
from rules.load_territory import load_territory
from rules.yaml_text import DEEPEST, LARGEST, mapping_in, read_text

LAUGHS = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "\n".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)
)
BROKEN = {
    "a day that is none": "a: 2026-02-30",
    "a moment that is none": "a: 2026-01-15T25:61:00Z",
    "a zone that is none": "a: 2026-01-01T00:00:00+99:99",
    "a number of 5,000 digits": "a: " + "9" * 5000,
    "a hexadecimal without a digit": "a: 0x_",
    "a tag that does not fit, int": "a: !!int x",
    "a tag that does not fit, float": "a: !!float x",
    "a tag that does not fit, bool": "a: !!bool x",
    "a tag that does not fit, timestamp": "a: !!timestamp x",
    "bytes that are none": 'a: !!binary "é"',
    "an object of Python": 'a: !!python/object/apply:os.system ["true"]',
    "a tag of nobody": "a: !secret x",
    "billion laughs": LAUGHS,
    "a list inside itself": "a: &a [*a]",
    "a mapping inside itself": "&a\na: *a",
    "an anchor that is nowhere": "a: *b",
    "a key written twice": "a: 1\na: 2",
    "a key written twice inside": "a: {b: 1, b: 2}",
    "a list as a key": "? [1]\n: 2",
    "a merge of a number": "a: {<<: 3}",
    "a NUL": "a: \x00",
    "two documents": "a: 1\n---\nb: 2",
    "half a surrogate pair": 'a: "\\ud800"',
    "nothing": "",
    "a word": "bonjour",
    "a list": "- 1",
    "too deep": "a: " + "[" * 1000 + "]" * 1000,
    "too deep, open": "a: " + "{a: " * 1000,
    "too large": "a: " + "x" * LARGEST,
}
GOOD = """
id: pays-exemple
name: Pays d'exemple
options:
  option_n1: {value: true, decided_by: Comité de pilotage, decided_on: 2026-01-15}
pause_months: {value: 3, decided_by: Comité de pilotage, decided_on: 2026-01-15}
open: {value: true, decided_by: Comité de pilotage, decided_on: 2026-01-15}
messages:
  consent: {value: reviewed, decided_by: Comité de pilotage, decided_on: 2026-01-15}
"""
ODD = (
    None, True, 0, -1, 10**30, 1.5, float("nan"), float("inf"), "", "x", [], {}, [None], [1, 2], [[]], {"a": 1},
    {1: 2}, {None: None}, {"is": {}}, datetime.date(2026, 1, 1), datetime.datetime(2026, 1, 1), b"x", "a" * 5000,
    "../../etc/passwd", "a/b", "é\u202e",
)  # fmt: skip
SEED = 20261126


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused_by_its_name_and_what_is_wrong(text):
    with pytest.raises(RulesetError, match=r"^a\.yaml › "):
        mapping_in("a.yaml", text)


@pytest.mark.parametrize("depth", [DEEPEST + 1, 200_000])
def test_no_depth_ends_the_process(depth):
    """Built without looking first, two hundred thousand lists in one another end Python itself."""
    code = f"from rules.yaml_text import mapping_in\nmapping_in('a.yaml', 'a: ' + '[' * {depth} + ']' * {depth})"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    assert told.returncode == 1 and "RulesetError" in told.stderr


def test_aliases_as_the_rules_use_them_are_read():
    assert mapping_in("a.yaml", "a: &a [1, 2]\nb: *a")["b"] == [1, 2]


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    (tmp_path / "a.yaml").write_bytes(b"#" * (LARGEST + 1))
    with pytest.raises(RulesetError, match="more than"):
        read_text(tmp_path, "a.yaml")


pieces = st.sampled_from(
    ["a", ": ", "- ", "\n", "  ", "[", "]", "{", "}", "&a ", "*a", "!!int ", "!!set ", "? ", "| ", ">", "'", '"', "#",
     "<<: ", "2026-02-30", "0x", "1e9", ".inf", "~", "---", "...", "%YAML 9.9", "\t", ",", "é", "\ufeff", "\x85"]
)  # fmt: skip


@settings(max_examples=600, deadline=None, derandomize=True)
@given(st.lists(pieces | st.text(max_size=3), max_size=40).map("".join))
def test_no_text_is_read_otherwise_than_as_a_mapping_or_the_one_error(text):
    try:
        assert isinstance(mapping_in("a.yaml", text), dict)
    except RulesetError as error:
        assert error.file == "a.yaml" and error.problem


def places(value, path=()):
    """The way to every value of a file."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield from places(one, (*path, key))


def changed(raw, path, chance):
    """A copy in which one value is another, missing, or has something odd beside it."""
    new = copy.deepcopy(raw)
    place = new
    for key in path[:-1]:
        place = place[key]
    odd, how = chance.choice(ODD), chance.random()
    if how < 0.75:
        place[path[-1]] = odd
    elif how < 0.9:
        del place[path[-1]]
    elif isinstance(place, dict):
        place[chance.choice((1, None, True, "x", (1, 2)))] = odd
    else:
        place.append(odd)
    return new


def test_rules_with_any_one_value_changed_load_or_say_what_is_wrong():
    chance, raw = random.Random(SEED), raw_files()  # noqa: S311
    everywhere = [(name, path) for name, content in raw.items() for path in places(content) if path]
    for name, path in chance.sample(everywhere, 400):
        files = {**raw, name: changed(raw[name], path, chance)}
        try:
            ruleset_from(files)
        except RulesetError as error:
            assert error.file
        except Exception as error:
            pytest.fail(f"{name} {path}: {type(error).__name__}: {error}")


def test_a_territory_with_any_one_value_changed_loads_or_says_what_is_wrong(tmp_path):
    file, raw = tmp_path / "t.yaml", yaml.safe_load(GOOD)
    for path in [path for path in places(raw) if path]:
        for odd in ODD:
            new = copy.deepcopy(raw)
            place = new
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = odd
            file.write_text(yaml.safe_dump(new, allow_unicode=True), "utf-8")
            try:
                found = load_territory(file)
                assert found.id.replace("-", "").isalnum() and found.name.strip()
            except RulesetError as error:
                assert error.file == "t.yaml"
