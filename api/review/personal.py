"""What must not stand in a coordinator's words, since they are kept and told: a phone, an address, a person's name.

It finds what has a form of its own. A name without « Mme » or « M. » before it has none: the page warns of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PHONE, EMAIL, ADDRESS, NAME = "phone", "email", "address", "name"
_WAY = (
    "rue|avenue|av|boulevard|bd|bld|place|pl|chemin|ch|impasse|allée|allee|route|quai|square|cours|lotissement|"
    "résidence|residence|hameau|passage|faubourg|sentier|esplanade"
)
_FORMS = (
    (EMAIL, r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+"),
    (PHONE, r"(?<![\w/-])(?:(?:\+|00)\d{1,3}[\s.-]{0,3})?(?:\(?0\)?\s?)?[1-9](?:[\s.-]?\d){8,}(?![\w/])"),
    (ADDRESS, rf"\b\d{{1,4}}\s{{0,3}}(?:bis|ter|quater)?\s{{0,3}},?\s{{1,3}}(?:{_WAY})\b\.?[^\n.,;]{{0,40}}"),
    (ADDRESS, r"\b\d{5}\s{1,3}[A-ZÀ-Ý][\w'’-]{2,}"),
    (NAME, r"\b(?:M\.|Mr|Mme|Mlle|Monsieur|Madame|Mademoiselle)\s{1,3}(?-i:[A-ZÀ-Ý][\w’'-]{2,}|[A-ZÀ-Ý]{2,})"),
)
_PATTERNS = tuple((kind, re.compile(form, re.IGNORECASE)) for kind, form in _FORMS)


@dataclass(frozen=True, slots=True)
class Personal:
    """``kind``: PHONE, EMAIL, ADDRESS or NAME; ``found``: the words of it."""

    kind: str
    found: str


def personal(words: str) -> tuple[Personal, ...]:
    """What looks like something of a person, in the order of the kinds; empty where nothing does."""
    seen: dict[str, Personal] = {}
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(words):
            seen.setdefault(match[0].strip(), Personal(kind, match[0].strip()))
    return tuple(seen.values())
