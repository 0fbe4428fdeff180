"""docs/sbom.cdx.json says what the lock files pin, and is a document of its standard."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.attack.audit import PINNED
from tests.attack.sbom import DEVELOPMENT, HTMX, RUNTIME, document
from tests.attack.test_source import ROOT

TOLD = ROOT / "docs/sbom.cdx.json"


@pytest.fixture(scope="module")
def told():
    return json.loads(TOLD.read_text("utf-8"))


def pinned(lock):
    return {(name.lower().replace("_", "-").replace(".", "-"), version) for name, version in PINNED.findall(lock)}


def test_the_document_is_that_of_the_lock_files_of_now():
    assert TOLD.read_text("utf-8") == document(), "run `make sbom`"


def test_it_keeps_its_standard():
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(TOLD.read_text("utf-8"))
    assert fault is None, fault


def test_every_library_that_is_pinned_is_in_it_once_and_no_other_but_htmx(told):
    of_lock = {lock: pinned((ROOT / lock).read_text("utf-8")) for lock in (RUNTIME, DEVELOPMENT)}
    found = [(one["name"], one["version"]) for one in told["components"]]
    assert len(found) == len(set(found)) == len({one["bom-ref"] for one in told["components"]})
    assert len(of_lock[RUNTIME]) > 80
    assert {one for one in found if one[0] != "htmx.org"} == of_lock[RUNTIME] | of_lock[DEVELOPMENT]
    required = {(one["name"], one["version"]) for one in told["components"] if one["scope"] == "required"}
    assert {one for one in required if one[0] != "htmx.org"} == of_lock[RUNTIME]


def test_the_scripts_of_others_that_lie_among_ours_are_these():
    """Whatever is minified is none of ours: it is in the document, or it is not there."""
    found = {file.relative_to(ROOT).as_posix() for room in ("api", "bot") for file in (ROOT / room).rglob("*.min.*")}
    assert found == {HTMX}


def test_a_lock_that_pins_nothing_makes_no_document(tmp_path):
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8"))
    (tmp_path / RUNTIME).write_text("# nothing\n")
    with pytest.raises(ValueError, match=r"requirements\.lock pins nothing"):
        document(tmp_path)


def test_the_command_writes_the_same_document_each_time(tmp_path):
    written = tmp_path / "sbom.json"
    subprocess.run([sys.executable, "-m", "tests.attack.sbom", str(written)], cwd=ROOT, check=True)  # noqa: S603
    assert written.read_bytes() == TOLD.read_bytes()
