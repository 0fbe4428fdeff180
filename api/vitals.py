"""How the parts of a running server are: what /readyz tells, and why it is not ready."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

STOPPING, JOBS, DISK, WRITER = "stopping", "jobs", "disk", "writer"
LEAST_FREE = 32 * 1024 * 1024  # bytes: below, the next question may not be kept
Check = Callable[[], str | None]


@dataclass
class Vitals:
    """Checks by the name of a part: each says what is wrong with it, or None."""

    checks: dict[str, Check] = field(default_factory=dict)

    def watch(self, part: str, check: Check) -> None:
        """From now on this part is looked at, too."""
        self.checks[part] = check

    def faults(self) -> Mapping[str, str]:
        """What is wrong now, by part; empty where all is well."""
        return {part: fault for part, check in self.checks.items() if (fault := check())}


def disk_check(folder: Path) -> Check:
    """Whether there is room left for what must last."""

    def check() -> str | None:
        free = shutil.disk_usage(folder).free
        return None if free >= LEAST_FREE else f"{free // 1024 // 1024} MB are left: make room"

    return check
