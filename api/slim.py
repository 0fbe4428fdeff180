"""Libraries, loaded without what they load for others: to be imported before whatever else imports them.

Two tenths of a second of processor at each start, and some megabytes for as long as the server runs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType

from pydantic import BaseModel, ConfigDict


@contextmanager
def _without(name: str) -> Iterator[None]:
    """What does without a module that is not installed does without this one, unless it is here already."""
    here = name in sys.modules
    sys.modules.setdefault(name, None)  # type: ignore[arg-type]  (so says Python's manual)
    try:
        yield
    finally:
        if not here:
            del sys.modules[name]


@contextmanager
def _built_at_first_use() -> Iterator[None]:
    """The models of pydantic that are defined meanwhile."""
    before, BaseModel.model_config = BaseModel.model_config, ConfigDict(defer_build=True)
    try:
        yield
    finally:
        BaseModel.model_config = before


class _Later(ModuleType):
    """Stands for a module until something of it is used."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(import_module(self.__name__), name)


@contextmanager
def _used_later(package: str, part: str) -> Iterator[None]:
    """Whoever imports the package or the part meanwhile loads them when it uses them, unless they are here already."""
    if package in sys.modules:
        yield
        return
    sys.modules[package], sys.modules[f"{package}.{part}"] = whole, inner = _Later(package), _Later(f"{package}.{part}")
    setattr(whole, part, inner)
    try:
        yield
    finally:
        del sys.modules[package], sys.modules[f"{package}.{part}"]


with _without("rich"):  # for tracebacks in colour
    import structlog  # noqa: F401
with _built_at_first_use():  # what an OpenAPI document is made of
    import fastapi  # noqa: F401
with _used_later("psycopg", "errors"):  # of errors on PostgreSQL
    import dbos  # noqa: F401
sys.modules.setdefault("pydantic.v1", None)  # type: ignore[arg-type]  (FastAPI looks there for models of the past)
