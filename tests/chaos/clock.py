"""A clock that is moved under a running server: libfaketime before the process, an offset in a file."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from importlib.util import find_spec
from pathlib import Path

from bot.followup.planning_values import planning_values

LIBRARY = "vendor/libfaketime/src/libfaketime.so.1"
LOOKED_AT = 1  # seconds between two looks of a process at the file


class MovedClock:
    """``environ``: what a process needs to be started with. It moves the clock that tells the time; the one that only
    counts (CLOCK_MONOTONIC) goes on, as it does where a machine's clock is set. PostgreSQL keeps its own."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.offset = timedelta()
        self.move(self.offset)
        self.environ = {
            "LD_PRELOAD": str(_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": str(LOOKED_AT),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def move(self, offset: timedelta) -> None:
        """From now on, and within a second or two, the time is the true one and this."""
        self.offset = offset
        beside = self._file.with_suffix(".new")
        beside.write_text(f"{int(offset.total_seconds()):+d}\n", "ascii")
        beside.replace(self._file)

    def move_to(self, moment: datetime) -> None:
        self.move(moment - datetime.now(UTC))


def evening_before(day: date) -> datetime:
    """A moment at which what is to be remembered on the evening before a day has just fallen due."""
    values = planning_values()
    return datetime.combine(day - timedelta(days=1), time(18, 2), values.timezone)


def _library() -> Path:
    found = find_spec("libfaketime")
    file = Path(found.origin).parent / LIBRARY if found and found.origin else None
    if file is None or not file.is_file():
        raise FileNotFoundError("the clock is moved by the package libfaketime: pip install libfaketime")
    return file
