"""What the tests of the translation share: a folder with the tiny packages installed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from bot.translation.packages import install

TINY = Path(__file__).parent.parent / "models"


def tiny(pair: str) -> Path:
    """The file of a tiny package: ``fr-en``."""
    return TINY / f"tiny_{pair.replace('-', '_')}.argosmodel"


@cache
def installed_folder(*pairs: str) -> Path:
    """A folder with these packages, else with all; made once for the process."""
    folder = Path(mkdtemp(prefix="models"))
    for file in [tiny(pair) for pair in pairs] or sorted(TINY.glob("*.argosmodel")):
        install(file, folder)
    return folder
