"""What can be wrong with a household catalog as a whole."""

from __future__ import annotations

from pathlib import Path


class CatalogError(ValueError):
    """A catalog that cannot be used: the file, what is wrong, and the remedy."""

    def __init__(self, file: Path | str, problem: str, hint: str = "") -> None:
        super().__init__(f"{file}: {problem}" + (f"; {hint}" if hint else ""))
