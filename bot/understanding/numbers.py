"""Whole numbers as French says them, in figures and in words, up to ninety-nine."""

from __future__ import annotations

_UNITS = (
    "zero", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
    "quatorze", "quinze", "seize", "dix sept", "dix huit", "dix neuf",
)  # fmt: skip
_TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante"}


def _words() -> dict[str, int]:
    said = {word: n for n, word in enumerate(_UNITS)} | {"une": 1, "quatre vingt": 80, "quatre vingts": 80}
    for ten, word in _TENS.items():
        said[word] = ten
        for unit in range(1, 20 if ten == 60 else 10):
            link = " et " if unit in (1, 11) else " "
            said[f"{word}{link}{_UNITS[unit]}"] = ten + unit
    for unit in range(1, 20):
        said[f"quatre vingt {_UNITS[unit]}"] = 80 + unit
    return said


WORDS = _words()
NUMBER = r"(?:\d{1,3}|" + "|".join(sorted(WORDS, key=len, reverse=True)) + ")"


def number(said: str) -> int:
    """The number that NUMBER matched."""
    return int(said) if said.isdigit() else WORDS[said]
