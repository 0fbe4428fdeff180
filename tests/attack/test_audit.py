"""The audit of dependencies never passes for what it did not look at."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.attack.audit import CLEAN, FAULTS, NOT_LOOKED_AT, audit
from tests.attack.test_source import ROOT

LOCK = "alembic==1.14.0 \\\n    --hash=sha256:00\nPyYAML==6.0.2 ; python_version >= '3.11' \\\n    --hash=sha256:01\n"


def one(name, *faults, **more):
    vulns = [{"id": fault, "fix_versions": ["9.9"]} for fault in faults]
    return {"name": name, "version": "1.0", "vulns": vulns, **more}


def says(*found, code=0):
    """A program that says this, as pip-audit would."""
    told = json.dumps({"dependencies": found, "fixes": []})
    return sys.executable, "-c", f"import sys; print({told!r}); sys.exit({code})"


@pytest.fixture
def lock(tmp_path):
    (tmp_path / "requirements.lock").write_text(LOCK)
    return tmp_path / "requirements.lock"


def test_every_package_without_a_fault_is_clean(lock):
    assert audit(lock, says(one("alembic"), one("pyyaml"))) == (CLEAN, "2 packages looked up, no known fault")


def test_a_fault_is_named_with_the_version_that_mends_it(lock):
    status, said = audit(lock, says(one("alembic"), one("pyyaml", "PYSEC-2026-1"), code=1))
    assert status == FAULTS and "pyyaml 1.0: PYSEC-2026-1, mended in 9.9" in said


@pytest.mark.parametrize(
    "command",
    [
        says(),
        says(one("alembic")),
        says(one("alembic"), one("pyyaml", skip_reason="not on the index")),
        says(one("alembic"), {"name": "pyyaml", "skip_reason": "not on the index"}),
        (sys.executable, "-c", "import sys; print('no route to host', file=sys.stderr); sys.exit(1)"),
        (sys.executable, "-c", "print('[]')"),
        (sys.executable, "-c", ""),
        ("/nowhere/pip-audit",),
    ],
    ids=[
        "nothing",
        "one missing",
        "one skipped",
        "one only skipped",
        "no network",
        "other JSON",
        "silence",
        "no program",
    ],
)
def test_what_was_not_looked_at_is_never_clean(lock, command):
    status, said = audit(lock, command)
    assert status == NOT_LOOKED_AT and said.startswith("not audited: ")


def test_where_no_package_was_found_it_says_what_to_do(lock):
    status, said = audit(lock, says(one("alembic", skip_reason="no list"), one("pyyaml", skip_reason="no list")))
    assert status == NOT_LOOKED_AT and "no package of 2 was found" in said and "run it where that" in said


def test_a_lock_that_is_empty_or_not_there_is_not_clean(tmp_path):
    (tmp_path / "empty").write_text("# nothing\n")
    for name in ("empty", "missing"):
        assert audit(tmp_path / name, says())[0] == NOT_LOOKED_AT


def test_without_network_the_command_fails_and_says_why(tmp_path):
    """As `make audit` calls it, with every way out leading to a port of this machine where nothing listens."""
    closed = "http://127.0.0.1:9"
    environ = {"PATH": "/usr/bin:/bin", "HTTPS_PROXY": closed, "HTTP_PROXY": closed, "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "tests.attack.audit", "requirements.lock"]
    told = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environ, check=False)  # noqa: S603
    assert told.returncode == NOT_LOOKED_AT
    assert "not audited: " in told.stderr and "Traceback" not in told.stderr
