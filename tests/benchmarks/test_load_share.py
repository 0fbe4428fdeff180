"""Holding a process to a share of a core: by what the kernel has, or in words why not."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.load import main
from benchmarks.load_measure import Measured
from benchmarks.load_processes import spent
from benchmarks.load_scaling import scaled
from benchmarks.load_share import MOUNTS, OWN, NoShareError, Place, first_usable, held, places

SHARE = 0.2
V1 = """sysfs /sys sysfs rw 0 0
cgroup /sys/fs/cgroup/cpuset cgroup rw,cpuset 0 0
cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,relatime,cpu,cpuacct 0 0
"""
V2 = "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n"


@pytest.fixture
def busy() -> Iterator[int]:
    """A process that takes all it can get."""
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as process:
        yield process.pid
        process.kill()


def test_a_busy_process_gets_its_share_and_no_more_or_it_is_said_why_not(busy: int) -> None:
    here = places(MOUNTS.read_text(), OWN.read_text())
    try:
        folder = first_usable(here).folder / f"aiguillage-{os.getpid()}-{busy}"
    except NoShareError as error:
        assert "run it as root" in str(error)
        with pytest.raises(NoShareError), held([busy], SHARE):
            pass
        return
    with held([busy], SHARE):
        assert (folder / "cgroup.procs").read_text().split() == [str(busy)]
        began, used = time.monotonic(), spent([busy])
        while (got := spent([busy]) - used) < 0.3:
            time.sleep(0.02)
        assert got < 2 * SHARE * (time.monotonic() - began) + 0.1
    assert not folder.exists()


def test_groups_of_version_1_are_made_in_the_own_group_of_the_controller_cpu_or_above() -> None:
    found = places(V1, "4:cpuset:/\n3:cpu,cpuacct:/box\n0::/\n")
    root = Path("/sys/fs/cgroup/cpu,cpuacct")
    assert found == [Place(root / "box", root / "box", 1), Place(root, root / "box", 1)]
    assert found[0].limits(0.3) == {"cpu.cfs_period_us": "20000", "cpu.cfs_quota_us": "6000"}


def test_groups_of_version_2_are_made_in_the_own_group_or_above() -> None:
    found, root = places(V2, "0::/user/box\n"), Path("/sys/fs/cgroup")
    assert [place.folder for place in found] == [root / "user/box", root / "user", root]
    assert {place.home for place in found} == {root / "user/box"}
    assert found[0].limits(0.3) == {"cpu.max": "6000 20000"}


@pytest.mark.parametrize("kind", ["without the controller", "that is not there", None])
def test_where_no_group_can_be_made_it_is_said_with_what_to_do(tmp_path: Path, kind: str | None) -> None:
    folder = tmp_path / "away" if kind == "that is not there" else tmp_path
    with pytest.raises(NoShareError, match=r"run it as root; a container needs --privileged.*echo \+cpu"):
        first_usable([Place(folder, folder, 2)] if kind else [])
    assert list(tmp_path.iterdir()) == []


def test_a_share_that_is_none_is_refused() -> None:
    with pytest.raises(NoShareError, match=r"a share of 1.5 of a core: give one from 0.05 to 1"), held([], 1.5):
        pass


def test_a_share_without_postgresql_is_refused(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["load", "--share", "0.2"])
    with pytest.raises(SystemExit):
        main()
    assert "--share needs --postgresql" in capsys.readouterr().err


def test_two_processes_stand_beside_one_at_each_share() -> None:
    def of(rate: float, cores: float) -> Measured:
        return Measured(rate, 1.0, 2.0, 0, 0, cores, 0.1, 0.2, {"open": 3.0})

    text = scaled({0.2: {1: [of(40, 0.2), of(50, 0.2)], 2: [of(80, 0.4), of(90, 0.4)]}})
    one, two = text.splitlines()[2:4]
    assert one.endswith("| 4.50 |  |  |")
    assert two.endswith("| 1.90 (1.80 to 2.00) | 0.95 (0.90 to 1.00) |")
    assert text.endswith("| 0.2 | 2 | 0.00 | 3.00 | 0.00 | 0.00 | 0.00 |")
