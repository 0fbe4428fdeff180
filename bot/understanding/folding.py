"""A text as the patterns read it: small letters, no accents; every place leads back to the text as written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

_APOSTROPHES = "'’‘ʼ`´"
_LETTERS = {"œ": "oe", "æ": "ae", "ß": "ss", "–": "-", "—": "-", "…": ". "}
_INITIAL = re.compile(r"\b(?:[a-z]|mme|mlle|mr|dr|st|ste|env|max|min|tel|ref)\.(?=[ ,:\w])")
_ASIDE = re.compile(r" [-/+>] ")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the text as written: ``text[start:end]``."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Folded:
    """``text``: what is read; ``at[i]``: where its i-th character stands in the text as written."""

    text: str
    at: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Where a piece of the folded text stands in the text as written."""
        return Span(self.at[start], self.at[end - 1] + 1)

    def respelt(self, spellings: Mapping[str, str]) -> Folded:
        """With some words written another way; a new word stands where the old one stood."""
        out: list[str] = []
        at: list[int] = []
        done = 0
        for word in re.finditer(r"[a-z]+", self.text):
            new = spellings.get(word[0])
            if new is None:
                continue
            out += self.text[done : word.start()], new
            at += self.at[done : word.start()]
            old = self.at[word.start() : word.end()]
            at += [*(old[min(i, len(old) - 1)] for i in range(len(new) - 1)), old[-1]]
            done = word.end()
        return Folded("".join((*out, self.text[done:])), (*at, *self.at[done:])) if out else self


def fold(text: str) -> Folded:
    """The text without case, accents, apostrophes, joining hyphens or double spaces; lines end as sentences do."""
    out: list[str] = []
    at: list[int] = []
    for place, written in enumerate(text):
        for char in _folded(written, text, place):
            if char == " " and (not out or out[-1] in " \n"):
                continue
            out.append(char)
            at.append(place)
    plain = "".join(out)
    dots = {m.end() - 1 for m in _INITIAL.finditer(plain)}
    kept = [i for i in range(len(plain)) if i not in dots]
    return Folded(_ASIDE.sub(" , ", "".join(plain[i] for i in kept)), tuple(at[i] for i in kept))


def _folded(written: str, text: str, place: int) -> str:
    if written in _APOSTROPHES:
        return " "
    if written == "\n":
        return "\n"
    if written.isspace() or unicodedata.category(written) == "Cf":
        return " " if written.isspace() else ""
    if written in "-‐‑" and _between_letters(text, place):
        return " "
    lower = _LETTERS.get(written.lower(), written.lower())
    return "".join(c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(c))


def _between_letters(text: str, place: int) -> bool:
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    return before.isalpha() and after.isalpha()
