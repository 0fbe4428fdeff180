"""Are there known faults in what is installed? `python -m tests.attack.audit requirements.lock`.

Ends with 0 where every package of the lock was looked up and none has a known fault, 1 where one has, and 2 where it
could not really be looked at: no advisory database, a package that was skipped, a lock that was not read whole.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

CLEAN, FAULTS, NOT_LOOKED_AT = 0, 1, 2
PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==(\S+)", re.MULTILINE)
LONGEST = 900  # seconds
NAMED = 12
REMEDY = "the public list is out of reach from here, or the index in use has none; run it where that is reached"


def audit(lock: Path, command: tuple[str, ...] = (sys.executable, "-m", "pip_audit")) -> tuple[int, str]:
    """The exit status for a lock file, and what to say. ``command``: pip-audit."""
    try:
        wanted = {_plain(name) for name, _ in PINNED.findall(lock.read_text("utf-8"))}
    except OSError as error:
        return NOT_LOOKED_AT, f"not audited: {lock} cannot be read ({error.strerror})"
    if not wanted:
        return NOT_LOOKED_AT, f"not audited: {lock} pins no package"
    asked = (
        *command,
        "--requirement",
        str(lock),
        "--no-deps",
        "--disable-pip",
        "--format",
        "json",
        "--progress-spinner",
        "off",
    )
    try:
        told = subprocess.run(asked, capture_output=True, text=True, timeout=LONGEST, check=False)  # noqa: S603
        found = json.loads(told.stdout)["dependencies"]
    except FileNotFoundError:
        return NOT_LOOKED_AT, "not audited: pip-audit is not installed (make test installs it)"
    except subprocess.TimeoutExpired:
        return NOT_LOOKED_AT, f"not audited: the advisory database did not answer within {LONGEST} s"
    except (ValueError, KeyError, TypeError):
        said = (told.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return NOT_LOOKED_AT, f"not audited: the advisory database could not be asked ({said[:200]})"
    return _judged(wanted, found)


def _judged(wanted: set[str], found: list[dict[str, object]]) -> tuple[int, str]:
    looked_at = {_plain(str(one["name"])) for one in found if "vulns" in one and "skip_reason" not in one}
    missed = sorted(wanted - looked_at)
    if len(missed) == len(wanted):
        return NOT_LOOKED_AT, f"not audited: no package of {len(wanted)} was found: {REMEDY}"
    if missed:
        first, more = ", ".join(missed[:NAMED]), f" and {len(missed) - NAMED} more" if len(missed) > NAMED else ""
        return NOT_LOOKED_AT, f"not audited: {len(missed)} of {len(wanted)} packages were skipped: {first}{more}"
    faults = [
        f"{one['name']} {one['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'nothing yet'}"
        for one in found
        for fault in one["vulns"]  # type: ignore[attr-defined]
    ]
    if faults:
        return FAULTS, "\n".join(faults)
    return CLEAN, f"{len(wanted)} packages looked up, no known fault"


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> None:
    worst = CLEAN
    for lock in map(Path, sys.argv[1:] or ["requirements.lock"]):
        status, said = audit(lock)
        print(f"{lock}: {said}", file=sys.stdout if status == CLEAN else sys.stderr)
        worst = max(worst, status)
    sys.exit(worst)


if __name__ == "__main__":
    main()
