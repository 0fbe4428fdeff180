"""JSON as others send it -> values that can be worded, kept and sent on: finite numbers and whole letters alone."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def plain_json(text: str | bytes) -> Any:
    """The value that a JSON text (RFC 8259, UTF-8) holds.

    Raises ValueError for what is no JSON, NaN and Infinity, a number too large for a float, half of a surrogate pair,
    and nesting deeper than can be read.
    """
    written = text.decode() if isinstance(text, bytes) else text
    try:
        found = json.loads(written, parse_constant=_refused, parse_float=_finite)
        if _HALF.search(written):
            json.dumps(found, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return found


def plain_words(value: object) -> str:
    """A text of such a value that can be worded and kept. Raises TypeError for another kind, ValueError for half of a
    surrogate pair and for a NUL, which no chat sends and no database keeps."""
    if not isinstance(value, str):
        raise TypeError
    value.encode()
    if "\x00" in value:
        raise ValueError
    return value


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        _refused(digits[:20])
    return number


def _refused(written: str) -> NoReturn:
    raise ValueError(f"{written} is no number")
