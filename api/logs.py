"""Structured logs: one line an entry, readable or JSON, with what the work at hand is about. No words of a person.

Of an error only its kind and where it came from are written: its text may be what somebody wrote.
"""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from typing import Any, TextIO

import orjson
import structlog
from structlog.types import EventDict, Processor

from api.setting_values import JSON

FRAMES = 4  # the last places of an error
STEERING = {code: f"\\x{code:02x}" for code in (*range(32), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0xD800, 0xE000))}


def configure(form: str, out: TextIO | None = None, level: int = logging.INFO) -> None:
    """Write all logs, the libraries' too, to ``out`` (standard error). ``form``: as the setting says."""
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False  # none of it is written
    handler = logging.StreamHandler(out or sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=_last(form), foreign_pre_chain=_first()))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for library in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(library).handlers = []
        logging.getLogger(library).propagate = library != "uvicorn.access"  # its lines have whole addresses
    for library in ("httpx", "alembic", "apscheduler", "aiohttp.access"):
        logging.getLogger(library).setLevel(logging.WARNING)


def _json(entry: EventDict, **_: object) -> str:
    return orjson.dumps(entry, default=str).decode()


def _first() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_words,
    ]


def _last(form: str) -> list[Processor]:
    drawn: Processor = (
        structlog.processors.JSONRenderer(serializer=_json)
        if form == JSON
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    return [structlog.stdlib.ProcessorFormatter.remove_processors_meta, _in_one_line, drawn]


def _in_one_line(_logger: Any, _name: str, entry: EventDict) -> EventDict:
    """What ends a line, steers a terminal or is half a character is written out: nobody makes an entry of their own."""
    return {name: _written_out(value) for name, value in entry.items()}


def _written_out(value: object) -> object:
    return value.translate(STEERING) if isinstance(value, str) and not value.isprintable() else value


def _without_words(_logger: Any, _name: str, entry: EventDict) -> EventDict:
    """An error as its kind and its last places."""
    error = entry.pop("exc_info", None)
    error = sys.exc_info() if error is True else error
    if isinstance(error, BaseException):
        error = (type(error), error, error.__traceback__)
    if isinstance(error, tuple) and error[0] is not None:
        entry["error"] = error[0].__name__
        places = traceback.extract_tb(error[2])[-FRAMES:]
        entry["at"] = " > ".join(f"{Path(place.filename).name}:{place.lineno}" for place in places)
    entry.pop("exc_text", None)
    return entry
