"""What can be wrong with a ruleset or with facts, said precisely. Words of fact errors are catalog messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches


class RulesetError(ValueError):
    """A ruleset that must not be used: the file, the path in it, what is wrong and what to do."""

    def __init__(self, file: str, path: str, problem: str, hint: str = "") -> None:
        self.file, self.path, self.problem, self.hint = file, path, problem, hint
        super().__init__(f"{file} › {path}: {problem}" + (f"; {hint}" if hint else ""))


@dataclass(frozen=True, slots=True)
class FactError:
    """One thing wrong with one fact. ``code`` is the catalog message ``error.<code>``; ``hint`` its remedy's
    parameters (``nearest``, ``allowed``, ``other``)."""

    code: str
    fact: str
    value: object
    hint: Mapping[str, str] = field(default_factory=dict)


class SituationError(ValueError):
    """Facts that cannot be a situation: unknown names or values, impossible or contradictory dates."""

    def __init__(self, errors: Sequence[FactError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(f"{e.fact}: {e.code} ({e.value!r})" for e in self.errors))


def nearest(word: str, known: Sequence[str]) -> str:
    """The known word nearest to this one, or an empty string."""
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return close[0] if close else ""


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """A hint in English for authors of rules."""
    close = nearest(word, known)
    return f"did you mean '{close}'?" if close else f"known: {', '.join(sorted(map(str, known)))}"
