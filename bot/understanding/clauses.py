"""Where sentences and clauses begin and end, and the stretches of a text from which nothing may be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from bot.understanding.patterns import Guard, Language

_SENTENCE_END = re.compile(r"[.!?;\n]+(?= |\n|$)")
_CLAUSE_END = re.compile(
    r"[,()]|(?= (?:mais|puis|ensuite|par contre|en revanche|et (?:je|j|on|nous|plus|puis|depuis|la|rien)) )"
)
Stretch = tuple[int, int]


@dataclass(frozen=True)
class Told:
    """A folded text in which the times stand as signs, cut into sentences and clauses."""

    text: str
    language: Language

    @cached_property
    def sentences(self) -> list[Stretch]:
        return list(_cut(self.text, 0, len(self.text), _SENTENCE_END))

    @cached_property
    def clauses(self) -> list[Stretch]:
        return [c for start, end in self.sentences for c in _cut(self.text, start, end, _CLAUSE_END)]

    def sentence(self, at: int) -> Stretch:
        return next(s for s in self.sentences if s[0] <= at < s[1] or s[1] == len(self.text))

    def clause(self, at: int) -> Stretch:
        return next(c for c in self.clauses if c[0] <= at < c[1] or c[1] == len(self.text))

    @cached_property
    def blocked(self) -> dict[str, list[Stretch]]:
        """The stretches from which nothing is read; under ``label`` those that only name the contact."""
        found: dict[str, list[Stretch]] = {"all": list(self._questions()), "label": []}
        for guard in self.language.guards:
            for match in guard.when.finditer(self.text):
                kind = "label" if guard.blocks == "label" else "all"
                found[kind] += self._reach(guard, match)
        return found

    def _reach(self, guard: Guard, match: re.Match[str]) -> Iterator[Stretch]:
        start = match.start() + (match[0][:1] in " ,;.\n(" and match.end() > match.start() + 1)
        sentence = self.sentence(start)
        match guard.blocks:
            case "from":
                yield start, sentence[1]
            case "rest":
                yield self.clause(start)[0], sentence[1]
            case "sentence":
                yield sentence
            case "on":
                until = guard.until.search(self.text, match.end()) if guard.until else None
                yield sentence[0], until.start() if until else len(self.text)
            case _:
                yield from self._doubtful(match, sentence)

    def _doubtful(self, match: re.Match[str], sentence: Stretch) -> Iterator[Stretch]:
        """The clause, and the one before where this one says nothing else: « en octobre, je crois »."""
        clause = self.clause(match.start())
        yield clause
        others = self.text[clause[0] : match.start()] + self.text[match.end() : clause[1]]
        if len(re.findall(r"\w+|@+|~+", others)) > 3:
            return
        before = [c for c in self.clauses if c[1] <= clause[0]]
        if clause[0] > sentence[0] and before:
            yield before[-1]
        elif clause[0] == sentence[0] and len(re.findall(r"\w+|@+", others)) <= 1:
            yield from [s for s in self.sentences if s[1] <= sentence[0]][-1:]

    def _questions(self) -> Iterator[Stretch]:
        """What a sentence asks: its last clause; all of it where that only asks for a yes (« …, non ? »)."""
        for start, end in self.sentences:
            if "?" not in self.text[start:end]:
                continue
            last = self.clause(max(start, end - 1))
            words = re.sub(r"[.!?;\n]+\s*$", "", self.text[last[0] : last[1]])
            yield (start, end) if self.language.tags.match(words) else last


def _cut(text: str, start: int, end: int, at: re.Pattern[str]) -> Iterator[Stretch]:
    for match in at.finditer(text, start, end):
        if match.end() > start:
            yield start, match.end()
            start = match.end()
    if start < end or start == 0:
        yield start, end
