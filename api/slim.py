"""Libraries, loaded without what they load for others: to be imported before whatever else imports them.

A fifth of a second at each start, and some megabytes for as long as the server runs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

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


with _without("rich"):  # for tracebacks in colour
    import structlog  # noqa: F401
with _built_at_first_use():  # what an OpenAPI document is made of
    import fastapi  # noqa: F401
sys.modules.setdefault("pydantic.v1", None)  # type: ignore[arg-type]  (FastAPI looks there for models of the past)
