"""The container: what goes into its image and what stays outside, and how it tells whether it is well."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

import pytest

from tests.api.serving import ServerProcess, free_port, serving

HOUSE = Path(__file__).parents[2]
PROJECT = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))
PACKAGES = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
CONTAINERFILE = (HOUSE / "deploy" / "Containerfile").read_text("utf-8")


def lines(name: str) -> list[str]:
    found = (line.strip() for line in (HOUSE / name).read_text("utf-8").splitlines())
    return [line for line in found if line and not line.startswith("#")]


def goes_in(path: str) -> bool:
    """Whether the image gets this file, by the last line of .dockerignore that is about it or a folder above."""
    inside = True
    for line in lines(".dockerignore"):
        pattern = line.removeprefix("!")
        if any(matches(above, pattern) for above in (PurePosixPath(path), *PurePosixPath(path).parents)):
            inside = line.startswith("!")
    return inside


def matches(path: PurePosixPath, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return fnmatchcase(path.name, pattern.removeprefix("**/"))
    assert "/" not in pattern, f"{pattern}: this test reads names and **/names alone"
    return len(path.parts) == 1 and fnmatchcase(path.name, pattern)


def kept_out_of_history(path: Path) -> bool:
    patterns = [line.rstrip("/") for line in lines(".gitignore")]
    return any(fnmatchcase(part, pattern) for part in path.relative_to(HOUSE).parts for pattern in patterns)


def test_the_image_has_every_file_of_the_program() -> None:
    of_packages = [file for package in PACKAGES for file in (HOUSE / package).rglob("*") if file.is_file()]
    sources = [file.relative_to(HOUSE).as_posix() for file in of_packages if not kept_out_of_history(file)]
    assert len(sources) > 500
    assert [path for path in sources if not goes_in(path)] == []


def test_the_image_has_what_its_making_reads() -> None:
    read = ["Makefile", "pyproject.toml", "requirements.lock", PROJECT["project"]["readme"]]
    read += PROJECT["project"]["license-files"]
    assert [path for path in read if not goes_in(path)] == []


@pytest.mark.parametrize("pattern", lines(".gitignore"))
def test_what_is_kept_out_of_the_history_is_kept_out_of_the_image(pattern: str) -> None:
    name = pattern.replace("*", "some")
    below = f"{name}file" if name.endswith("/") else name
    assert [path for path in (below, f"api/{below}", f"bot/channels/{below}") if goes_in(path)] == []


def test_history_tests_documents_and_keys_stay_outside() -> None:
    outside = [".git/config", ".aiguillage/secret_key", "aiguillage.env", ".env", "secret_key", "backup.tar.gz"]
    outside += ["tests/conftest.py", "benchmarks/load.py", "docs/chat.png", "deploy/Containerfile", ".venv/bin/python"]
    assert [path for path in outside if goes_in(path)] == []


def test_the_health_command_tells_a_server_that_is_ready_from_none(tmp_path: Path) -> None:
    found = re.search(r"^HEALTHCHECK .*?CMD (\[.*?\])$", CONTAINERFILE, re.MULTILINE | re.DOTALL)
    assert found
    _, *arguments = json.loads(found[1])

    def health(port: str) -> int:
        own = {"AIGUILLAGE_PORT": port}
        done = subprocess.run([sys.executable, *arguments], env=os.environ | own, stderr=subprocess.DEVNULL)  # noqa: S603
        return done.returncode

    with serving(tmp_path) as (address, _):
        assert health(address.rpartition(":")[2]) == 0
    assert health(str(free_port())) != 0


def test_in_a_container_every_line_is_json_and_the_end_is_asked_for_by_a_signal(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path, AIGUILLAGE_LOGS="json")
    command = [sys.executable, "-m", "api.cli", "serve"]
    with subprocess.Popen(  # noqa: S603
        command, env=server.environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server.process:
        try:
            server.until(lambda: server.ready() is not None)
        finally:
            server.process.terminate()
        said, _ = server.process.communicate()
    assert server.process.returncode in (0, -signal.SIGTERM)  # 0 as the first process of a container
    entries = [json.loads(line) for line in said.splitlines()]
    assert any(server.address in entry["event"] for entry in entries)
    assert entries[-1]["event"].startswith("Finished server process")
