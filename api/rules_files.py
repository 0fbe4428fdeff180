"""The files beside a ruleset that the rules do not read themselves."""

from __future__ import annotations

from pathlib import Path

from rules.checking.partition_text import FILE
from rules.errors import RulesetError


def reviewed_text(folder: Path) -> str | None:
    """The reviewed partition of a ruleset's folder; None where there is none."""
    try:
        return (folder / FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        hint = "write the file anew with `aiguillage rules approve`"
        raise RulesetError(FILE, "", f"not readable: {error}", hint) from None
