"""Conditions as rules write them in YAML -> Condition, checked against the traits and the terms."""

from __future__ import annotations

from collections.abc import Mapping

from rules.conditions import FALSE, TRUE, Condition, Is, conjunction, disjunction, negation
from rules.errors import RulesetError, did_you_mean
from rules.traits import Trait

WORDS = ("is", "is_not", "all", "any", "not")


class ConditionReader:
    """Reads the conditions of one ruleset. Terms may name terms written later; a circle is refused."""

    def __init__(self, file: str, traits: Mapping[str, Trait], terms: Mapping[str, object]) -> None:
        self.file, self.traits, self.raw_terms = file, traits, terms
        self.terms: dict[str, Condition] = {}
        self._under_way: list[str] = []

    def term(self, name: str, file: str, path: str) -> Condition:
        """The condition of that name."""
        if name in self.terms:
            return self.terms[name]
        if name not in self.raw_terms:
            raise RulesetError(file, path, f"unknown term '{name}'", did_you_mean(name, list(self.raw_terms)))
        if name in self._under_way:
            circle = " -> ".join([*self._under_way, name])
            raise RulesetError(self.file, name, f"terms name each other in a circle: {circle}")
        self._under_way.append(name)
        self.terms[name] = self.read(self.raw_terms[name], self.file, name)
        self._under_way.pop()
        return self.terms[name]

    def read(self, raw: object, file: str, path: str) -> Condition:
        """A mapping: all of its lines hold. Raises RulesetError naming the file and the path."""
        if not isinstance(raw, Mapping):
            raise RulesetError(file, path, f"a condition is a mapping, not {raw!r}")
        return conjunction(self._line(str(key), value, file, f"{path} › {key}") for key, value in raw.items())

    def _line(self, key: str, value: object, file: str, path: str) -> Condition:
        match key:
            case "is" | "is_not":
                named = (self.term(str(n), file, path) for n in _listed(value))
                return conjunction(named if key == "is" else (negation(c) for c in named))
            case "all" | "any":
                if not isinstance(value, list):
                    raise RulesetError(file, path, f"'{key}' takes a list of conditions, not {value!r}")
                parts = [self.read(part, file, f"{path}[{i}]") for i, part in enumerate(value)]
                return conjunction(iter(parts)) if key == "all" else disjunction(iter(parts))
            case "not":
                return negation(self.read(value, file, path))
            case _:
                return self._trait(key, value, file, path)

    def _trait(self, key: str, value: object, file: str, path: str) -> Condition:
        trait = self.traits.get(key)
        if trait is None:
            known = [*self.traits, *WORDS]
            raise RulesetError(file, path, f"unknown fact '{key}'", did_you_mean(key, known))
        values = frozenset(word_of(v) for v in _listed(value))
        for unknown in sorted(values - set(trait.domain)):
            hint = did_you_mean(unknown, trait.domain)
            raise RulesetError(file, path, f"'{key}' has no value '{unknown}'", hint)
        return TRUE if values == set(trait.domain) else Is(key, values) if values else FALSE


def word_of(value: object) -> str:
    """YAML reads « oui » as text and yes / true as a truth value: both are meant."""
    return {True: "oui", False: "non"}[value] if isinstance(value, bool) else str(value)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
