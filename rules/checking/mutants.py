"""Rulesets with one small mistake each: what an author's slip would do. Made from the raw files, in a fixed order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rules.condition_syntax import WORDS, word_of
from rules.load import CONTRADICTIONS, FACTS, TERMS
from rules.load_parts import DECIDERS, REASONS

Files = Mapping[str, Mapping[str, object]]
Path = tuple[str | int, ...]
CONDITIONS = ("when", "stated_when")
GONE = object()


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake: its kind, where it is, and the files with it."""

    kind: str
    place: str
    files: Files


def mutants(files: Files, domains: Mapping[str, Sequence[str]]) -> Iterator[Mutant]:
    """Every mutant. ``domains``: the values of each trait, to know which value a condition may gain."""
    edits = (_thresholds, _terms, _order, _dropped, _certainties, _deciders, _conditions)
    for edit in edits:
        for kind, path, value in edit(files, domains):
            changed = _with(files, path, value)
            if isinstance(changed, Mapping):
                yield Mutant(kind, " › ".join(map(str, path)), changed)


Edit = tuple[str, Path, object]
Edits = Iterator[Edit]


def _with(raw: object, path: Path, value: object) -> object:
    """The data with the value at the path; GONE takes it away."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(raw, Mapping):
        changed = {k: _with(v, rest, value) if k == key else v for k, v in raw.items()}
        return {k: v for k, v in changed.items() if v is not GONE}
    if isinstance(raw, list):
        parts = [_with(v, rest, value) if i == key else v for i, v in enumerate(raw)]
        return [v for v in parts if v is not GONE]
    raise KeyError(key)


def _thresholds(files: Files, _: object) -> Edits:
    for zone, bound in _items(files[FACTS]["delays"]):
        for word, months in _items(bound):
            if isinstance(months, int):
                for moved in (months - 1, months + 1):
                    yield "threshold moved", (FACTS, "delays", zone, word), moved
                other = "less_than" if word == "at_most" else "at_most"
                yield "threshold moved", (FACTS, "delays", zone), {other: months}


def _terms(files: Files, domains: Mapping[str, Sequence[str]]) -> Edits:
    for name, condition in files[TERMS].items():
        yield "negated", (TERMS, name), {"not": condition}
        yield from _within((TERMS, name), condition, domains)


def _conditions(files: Files, domains: Mapping[str, Sequence[str]]) -> Edits:
    for path, condition in _whens((), {k: v for k, v in files.items() if k != TERMS}):
        yield "negated", path, {"not": condition}
        yield from _within(path, condition, domains)


def _whens(path: Path, raw: object) -> Iterator[tuple[Path, object]]:
    for key, value in _items(raw):
        if key in CONDITIONS:
            yield (*path, key), value
        elif key not in ("examples", "questions"):
            yield from _whens((*path, key), value)


def _within(path: Path, condition: object, domains: Mapping[str, Sequence[str]]) -> Edits:
    """Each line of a condition dropped, and wider or narrower by one value or one term."""
    for key, value in _items(condition):
        here = (*path, key)
        if isinstance(condition, Mapping) and len(condition) > 1:
            yield "line dropped", here, GONE
        if key in ("is", "is_not"):
            listed = value if isinstance(value, list) else [value]
            yield "negated", path, _renamed(condition, str(key), "is_not" if key == "is" else "is")
            if len(listed) > 1:
                yield from (("narrowed or widened", here, _without(listed, i)) for i in range(len(listed)))
        elif key in WORDS or isinstance(key, int):
            if isinstance(value, list):
                yield from (("narrowed or widened", (*here, i), GONE) for i in range(len(value)) if len(value) > 1)
            yield from _within(here, value, domains)
        else:
            yield from _values(here, value, domains.get(key, ()))


def _values(path: Path, value: object, domain: Sequence[str]) -> Edits:
    listed = [word_of(v) for v in (value if isinstance(value, list) else [value])]
    for i in range(len(listed)):
        if len(listed) > 1:
            yield "narrowed or widened", path, _without(listed, i)
    for more in [v for v in domain if v not in listed][:2]:
        yield "narrowed or widened", path, [*listed, more]
        if len(listed) == 1:
            yield "narrowed or widened", path, [more]


def _renamed(condition: object, key: str, other: str) -> dict[object, object]:
    """The condition with `is` for `is_not`, or the other way round; where it has both they change places."""
    names = {key: other, other: key}
    return {names.get(str(k), str(k)): v for k, v in _items(condition)}


def _without(listed: list[object] | list[str], index: int) -> list[object]:
    return [v for i, v in enumerate(listed) if i != index]


def _order(files: Files, _: object) -> Edits:
    """Neighbours that change places, and rules that change answers."""
    for path in ((CONTRADICTIONS,), *((file, "rules") for file in _missions(files))):
        rows = _items(_at(files, path))
        for i in range(len(rows) - 1):
            (one, first), (other, second) = rows[i], rows[i + 1]
            yield "swapped", path, dict([*rows[:i], rows[i + 1], rows[i], *rows[i + 2 :]])
            if path != (CONTRADICTIONS,):
                turned = {one: _answering(first, second), other: _answering(second, first)}
                yield "answers swapped", path, {**dict(rows), **turned}


def _answering(rule: object, other: object) -> dict[object, object]:
    """The rule with the other's answer, its own condition and reasons."""
    own = ("when", "reasons")
    found: dict[object, object] = {k: v for k, v in _items(rule) if k in own}
    found.update((k, v) for k, v in _items(other) if k not in own)
    return found


def _dropped(files: Files, _: object) -> Edits:
    for clash in files[CONTRADICTIONS]:
        yield "contradiction dropped", (CONTRADICTIONS, clash), GONE
    for file in _missions(files):
        for part in ("excluded", "notes"):
            for i, _row in _items(files[file].get(part)):
                yield f"{part} dropped", (file, part, i), GONE
        for name, rule in _items(files[file]["rules"]):
            yield "rule dropped", (file, "rules", name), GONE
            for i, reason in _items(_at(rule, ("reasons",))):
                path = (file, "rules", name, "reasons", i)
                yield "reason dropped", path, GONE
                if isinstance(reason, Mapping) and "when" in reason:
                    yield "reason everywhere", (*path, "when"), GONE


def _certainties(files: Files, _: object) -> Edits:
    for file in _missions(files):
        for name, rule in _items(files[file]["rules"]):
            found = dict(_items(rule))
            if "certainty" in found:
                other = "stated" if found["certainty"] == "inferred" else "inferred"
                yield "certainty changed", (file, "rules", name, "certainty"), other
            if "stated_when" in found:
                yield "certainty changed", (file, "rules", name, "stated_when"), GONE


def _deciders(files: Files, _: object) -> Edits:
    for file in _missions(files):
        for name, rule in _items(files[file]["rules"]):
            found = dict(_items(rule))
            for key, known in (("decider", DECIDERS), ("reason", REASONS)):
                if "open" in found:
                    said = _at(found, ("open", key))
                    yield "referral changed", (file, "rules", name, "open", key), _next(known, said)
            for place, _row in _items(found.get("candidates")):
                yield "candidate dropped", (file, "rules", name, "candidates", place), GONE
    for name, clash in _items(files[CONTRADICTIONS]):
        yield "referral changed", (CONTRADICTIONS, name, "decider"), _next(DECIDERS, _at(clash, ("decider",)))


def _next(known: Sequence[str], value: object) -> str:
    return known[(known.index(str(value)) + 1) % len(known)]


def _missions(files: Files) -> list[str]:
    return [name for name in files if name.startswith("missions/")]


def _at(raw: object, path: Path) -> object:
    for key in path:
        raw = dict(_items(raw))[key]
    return raw


def _items(raw: object) -> list[tuple[str | int, object]]:
    if isinstance(raw, Mapping):
        return [(str(k), v) for k, v in raw.items()]
    return list(enumerate(raw)) if isinstance(raw, list) else []
