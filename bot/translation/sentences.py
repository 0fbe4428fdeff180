"""Text -> its sentences, in the scripts of the households, with what stands between them.

A sentence ends at a newline, or at . ! ? … ؟ ۔ । with the quotes and brackets that close after it, before a space.
A full stop ends none after an abbreviation, an initial or a lone number, nor before a small letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ENDS = ".!?…؟۔।"
CLOSING = "»”’\"')]}\u2069"
OPENING = "«“‘\"'([{¿¡-–—\u2066\u2067\u2068"
STOP = re.compile(rf"[{re.escape(ENDS)}]+(?:[\s\u00a0\u202f]»|[{re.escape(CLOSING)}])*(?=\s|$)")
ABBREVIATIONS = frozenset(
    word
    for line in (
        "m mm mme mmes mlle mlles dr pr me st ste av bd bld boul art al chap p pp vol fig éd n no nº num tél tel etc",
        "cf ex env min max réf ref mr mrs ms prof sr jr vs approx dept appt apt",
        "sra srta dra d dña ud uds avda pág págs núm exmo exma r dl dna d-l d-na str bl sc ap nr jud",
        "bay bn doç yrd sn sok cad mah vb vd zt z znj rr",
        "г гг г-н г-жа ул д кв стр руб коп тел др т е см вул буд грн п пан",
        "د أ م ص ج ডা মি মিসেস",
    )
    for word in line.split()
)
LEAD = re.compile(r"\s*(?:(?:[-–—•*]|\d{1,2}[.)])\s+)?")  # blanks, and what begins an item of a list
BEFORE = re.compile(r"(\w[\w\-’']*)$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, and the blanks that follow it: a space, or its line breaks."""

    text: str
    after: str = ""


def pieces(text: str) -> tuple[Piece, ...]:
    """The sentences in order; joined with what follows each they give the text back. An empty line has no words."""
    found: list[Piece] = []
    for line, newline in re.findall(r"([^\n]*)(\n|$)", text):
        if not line and not newline:
            continue
        cut = _line(line)
        found += cut[:-1] if cut else []
        last = cut[-1] if cut else Piece("")
        found.append(Piece(last.text, last.after + newline))
    return tuple(found)


def sentences(text: str) -> tuple[str, ...]:
    """The sentences without what stands between them, empty ones left out."""
    return tuple(piece.text for piece in pieces(text) if piece.text)


def _line(line: str) -> list[Piece]:
    lead = LEAD.match(line)
    start = lead.end() if lead else 0
    found = [Piece("", line[:start])] if start else []
    for stop in STOP.finditer(line, start):
        if _ends(line, start, stop):
            after = len(line) - len(line[stop.end() :].lstrip())
            found.append(Piece(line[start : stop.end()], line[stop.end() : after]))
            start = after
    if start < len(line):
        said = line[start:].rstrip()
        found.append(Piece(said, line[start + len(said) :]))
    return found


def _ends(line: str, start: int, stop: re.Match[str]) -> bool:
    following = line[stop.end() :].lstrip().lstrip(OPENING)
    if not following:
        return True
    if not stop[0].startswith(".") and "…" not in stop[0]:
        return not following[0].islower()
    if following[0].islower():
        return False
    if stop[0] != ".":  # an ellipsis, or a full stop inside quotes
        return True
    before = BEFORE.search(line, start, stop.start())
    if before is None:
        return True
    word = before[1]
    if word.lower() in ABBREVIATIONS:
        return False
    return not (len(word) == 1 and word.isupper() and word not in "AÀIYOЯАИОУВСК")
