"""Structured logs: one line an entry, readable or JSON, with what the work at hand is about. No words of a person.

Of an error only its kind and where it came from are written: its text may be what somebody wrote.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import orjson
from structlog.contextvars import get_contextvars

from api.setting_values import JSON

FRAMES = 4  # the last places of an error
STEERING = {code: f"\\x{code:02x}" for code in (*range(32), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0xD800, 0xE000))}
BARE = re.compile(r"[^\s='\"]+")  # a value that needs no quotation marks
Entry = dict[str, object]


def configure(form: str, out: TextIO | None = None, level: int = logging.INFO) -> None:
    """Write all logs, the libraries' too, to ``out`` (standard error). ``form``: as the setting says."""
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False  # none of it is written
    handler = logging.StreamHandler(out or sys.stderr)
    handler.setFormatter(Lines(_as_json if form == JSON else _readable))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for library in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(library).handlers = []
        logging.getLogger(library).propagate = library != "uvicorn.access"  # its lines have whole addresses
    for library in ("httpx", "alembic", "apscheduler", "aiohttp.access"):
        logging.getLogger(library).setLevel(logging.WARNING)


class Lines(logging.Formatter):
    """A record as a line. (The processors of structlog take three times as long for it.)"""

    def __init__(self, drawn: Callable[[Entry], str]) -> None:
        super().__init__()
        self._drawn = drawn

    def format(self, record: logging.LogRecord) -> str:
        entry: Entry = {
            "event": record.getMessage(),
            **get_contextvars(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds"),
            **_without_words(record.exc_info),
        }
        return self._drawn({name: _in_one_line(value) for name, value in entry.items()})


def _as_json(entry: Entry) -> str:
    return orjson.dumps(entry, default=str).decode()


def _readable(entry: Entry) -> str:
    """When, how grave, what, where; then what it is about."""
    moment, level, event, logger = (entry.pop(name) for name in ("timestamp", "level", "event", "logger"))
    about = (f" {name}={_plain(entry[name])}" for name in sorted(entry))
    return f"{moment} [{level:9}] {event} [{logger}]{''.join(about)}"


def _plain(value: object) -> str:
    return value if isinstance(value, str) and BARE.fullmatch(value) else repr(value)


def _in_one_line(value: object) -> object:
    """What ends a line, steers a terminal or is half a character is written out: nobody makes an entry of their own."""
    return value.translate(STEERING) if isinstance(value, str) and not value.isprintable() else value


def _without_words(error: object) -> Mapping[str, str]:
    """An error as its kind and its last places."""
    if not isinstance(error, tuple) or error[0] is None:
        return {}
    places = traceback.extract_tb(error[2])[-FRAMES:]
    return {"error": error[0].__name__, "at": " > ".join(f"{Path(p.filename).name}:{p.lineno}" for p in places)}
