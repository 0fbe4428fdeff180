"""Passwords that leaked, in a file as « Have I Been Pwned » gives it to download: nobody is asked about a password.

One line a password, ``<SHA-1 in hexadecimal>:<how often>``, in the order of the hashes. It has tens of gigabytes: it is
looked up by halves, some forty short reads, and never read whole.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import BinaryIO

LINE = re.compile(rb"[0-9A-Fa-f]{40}(:[0-9]+)?\r?\n?")


def leaked(password: str, file: Path) -> bool:
    """Whether the file has the password. Raises OSError."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with file.open("rb") as lines:
        low, high = 0, os.fstat(lines.fileno()).st_size
        while low < high:
            middle = (low + high) // 2
            start, line = _line_from(lines, middle)
            if start >= high or not line:
                high = middle
                continue
            found = line[:40].upper()
            if found == wanted:
                return True
            if found < wanted:
                low = start + len(line)
            else:
                high = middle
    return False


def fault_of(file: Path) -> str | None:
    """What keeps a file from being such a list, told by its first line; None where nothing does."""
    try:
        with file.open("rb") as lines:
            first = lines.readline(100)
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return None if LINE.fullmatch(first) else "its first line is not HASH:NUMBER"


def _line_from(lines: BinaryIO, at: int) -> tuple[int, bytes]:
    """The first line that begins at or after a place, and where it begins."""
    lines.seek(max(at - 1, 0))
    if at:
        lines.readline()  # the rest of the line before, or its end alone
    return lines.tell(), lines.readline()
