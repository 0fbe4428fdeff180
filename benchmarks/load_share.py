"""A process held to a share of a core, by the kernel's own means: a control group with a quota, of version 1 or 2.

So held, a program shows how it grows with its processes on a machine of few cores: the machine is never full, and each
of two processes has what one alone has.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PERIOD = 20_000  # microseconds; short, so that nobody is halted for long with a transaction open
LEAST, MOST = 0.05, 1.0
LONGEST_EMPTYING = 10.0  # seconds
MOUNTS, OWN = Path("/proc/self/mounts"), Path("/proc/self/cgroup")


class NoShareError(RuntimeError):
    """Nobody can be held to a share on this machine, or by this account. The message says what to do."""


@dataclass(frozen=True)
class Place:
    """A folder of the kernel's in which groups are made, in the words of its version (1 or 2); ``home``: the own group,
    in which the processes were."""

    folder: Path
    home: Path
    version: int

    def limits(self, share: float) -> dict[str, str]:
        """What is written into which file of a group, for that share of a core."""
        quota = round(PERIOD * share)
        if self.version == 1:
            return {"cpu.cfs_period_us": str(PERIOD), "cpu.cfs_quota_us": str(quota)}
        return {"cpu.max": f"{quota} {PERIOD}"}


@contextmanager
def held(pids: Sequence[int], share: float) -> Iterator[None]:
    """Each of these processes has at most that share of a core until the block ends, and then goes back where it was.

    Raises NoShareError where that cannot be.
    """
    if not LEAST <= share <= MOST:
        raise NoShareError(f"a share of {share:g} of a core: give one from {LEAST:g} to {MOST:g}")
    place = first_usable(places(MOUNTS.read_text("utf-8"), OWN.read_text("utf-8")))
    made: list[Path] = []
    try:
        for pid in pids:
            made.append(place.folder / f"aiguillage-{os.getpid()}-{pid}")
            _hold(pid, made[-1], place.limits(share))
        yield
    finally:
        for folder in made:
            _let_go(folder, place.home)


def places(mounts: str, own: str) -> list[Place]:
    """Where groups that share out processors may be made: the own group, then those above it.

    ``mounts`` and ``own``: what the kernel says of mounts and of this process's groups (/proc/self/mounts, cgroup).
    """
    groups = {
        name: path for _, names, path in (line.split(":", 2) for line in own.splitlines()) for name in names.split(",")
    }
    found = []
    for _, root, kind, options, *_ in (line.split() for line in mounts.splitlines()):
        version = {"cgroup": 1, "cgroup2": 2}.get(kind)
        if version is None or (version == 1 and "cpu" not in options.split(",")):
            continue
        path = Path(groups.get("cpu" if version == 1 else "", "/")).relative_to("/")
        found += [Place(Path(root) / up, Path(root) / path, version) for up in (path, *path.parents)]
    return found


def first_usable(where: Sequence[Place]) -> Place:
    """The first place where a group with a quota can be made. Raises NoShareError."""
    why = "no control groups that share out processors are mounted"
    for place in where:
        trial = place.folder / f"aiguillage-{os.getpid()}-trial"
        try:
            trial.mkdir()
            try:
                _write(trial, place.limits(MOST))
                return place
            finally:
                trial.rmdir()
        except OSError as error:
            why = f"{error.filename or trial}: {error.strerror}"
    raise NoShareError(
        f"no process can be held to a share of a core here ({why}): run it as root; a container needs --privileged "
        "--cgroupns=host; with control groups of version 2 say first: echo +cpu > /sys/fs/cgroup/cgroup.subtree_control"
    )


def _hold(pid: int, folder: Path, limits: dict[str, str]) -> None:
    try:
        folder.mkdir()
        _write(folder, limits | {"cgroup.procs": str(pid)})
    except OSError as error:
        raise NoShareError(f"process {pid} cannot be moved into {folder}: {error.strerror}: run it as root") from None


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        with (folder / name).open("r+") as file:  # never makes a file that the kernel does not have
            file.write(text)


def _let_go(folder: Path, home: Path) -> None:
    deadline = time.monotonic() + LONGEST_EMPTYING
    while folder.exists():
        for pid in (folder / "cgroup.procs").read_text("ascii").split():
            with suppress(ProcessLookupError):  # it ended by itself
                _write(home, {"cgroup.procs": pid})
        try:
            folder.rmdir()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
