"""The months as they are written: in full, shortened, and with one letter wrong."""

from __future__ import annotations

from string import ascii_lowercase

MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre",
    "decembre",
)  # fmt: skip
SHORT = {
    "janv": 1, "jan": 1, "fevr": 2, "fev": 2, "avr": 4, "juil": 7, "juill": 7, "sept": 9, "sep": 9, "oct": 10,
    "octo": 10, "nov": 11, "dec": 12,
}  # fmt: skip
NUMBER_OF = {name: n for n, name in enumerate(MONTHS, 1)} | SHORT
MONTH = rf"(?:(?:{'|'.join(MONTHS)})\b|(?:{'|'.join(sorted(SHORT, key=len, reverse=True))})\b\.?)"


def month_number(said: str) -> int:
    """The month that MONTH matched."""
    return NUMBER_OF[said.rstrip(".")]


def _one_letter_off(word: str) -> set[str]:
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    wrong = {a + b[1:] for a, b in cuts if b}
    wrong |= {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    wrong |= {a + c + b[1:] for a, b in cuts if b for c in ascii_lowercase}
    wrong |= {a + c + b for a, b in cuts for c in ascii_lowercase}
    return wrong - {word}


# Only long names: a letter off « mars » or « mai » is another word.
MISSPELT = {wrong: name for name in MONTHS if len(name) >= 6 for wrong in _one_letter_off(name)} | {
    "aou": "aout",
    "aoute": "aout",
    "avirl": "avril",
    "avrl": "avril",
    "jullet": "juillet",
    "jun": "juin",
}
