"""YAML -> Trame, checked whole: an error names the file, the path in it and the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

from bot.reports.model import CELLS, KINDS, Column, Field, Section, Trame
from rules.errors import RulesetError
from rules.load_parts import DECIDERS, check_keys, mapping

FOLDER = Path(__file__).resolve().parent
DECIDED = "deciders.yaml"
TRAME = {"id", "mission", "asked_by", "categories", "sections"}
SECTION = {"id", "statements", "fields", "option", "apart", "category", "hint"}
FIELD = {"id", "kind", "statements", "choices", "fact", "delay", "columns", "rows", "hint"}
COLUMN = {"id", "kind", "choices"}


@cache
def load_trame(name: str) -> Trame:
    """The trame ``n1`` or ``sr``. Raises RulesetError."""
    file = f"{name}.yaml"
    return replace(read_trame(file, _yaml(file)), deciders=read_deciders(DECIDED, _yaml(DECIDED)))


def _yaml(file: str) -> object:
    return yaml.safe_load((FOLDER / file).read_text(encoding="utf-8"))


def read_deciders(file: str, raw: object) -> Mapping[int, str]:
    """Who decides each open question, by its statement's number. Raises RulesetError."""
    found = {}
    for number, who in mapping(file, "", raw).items():
        _numbers(file, str(number), [number])
        if who not in DECIDERS:
            raise RulesetError(file, str(number), f"'{who}' decides nothing", f"known: {', '.join(DECIDERS)}")
        found[int(str(number))] = str(who)
    return MappingProxyType(found)


def read_trame(file: str, raw: object) -> Trame:
    """A trame from what a YAML file says. Raises RulesetError."""
    check_keys(file, "", raw, TRAME, ("id", "mission", "asked_by", "sections"))
    body = mapping(file, "", raw)
    categories = _words(body.get("categories"))
    sections = tuple(
        _section(file, f"sections[{i}]", said, categories) for i, said in enumerate(_list(body["sections"]))
    )
    asked_by = _numbers(file, "asked_by", body["asked_by"])
    trame = Trame(str(body["id"]), str(body["mission"]), asked_by, sections, categories)
    _check_unique(file, trame)
    return trame


def _section(file: str, path: str, raw: object, categories: tuple[str, ...]) -> Section:
    check_keys(file, path, raw, SECTION, ("id", "statements", "fields"))
    body = mapping(file, path, raw)
    category = body.get("category")
    if category is not None and category not in categories:
        raise RulesetError(file, f"{path} › category", f"unknown category '{category}'", f"known: {categories}")
    numbers = _numbers(file, f"{path} › statements", body["statements"])
    if not numbers:
        raise RulesetError(file, f"{path} › statements", "a section needs the statements it serves", "name one")
    return Section(
        id=str(body["id"]),
        statements=numbers,
        fields=tuple(_field(file, f"{path} › fields[{i}]", f) for i, f in enumerate(_list(body["fields"]))),
        option=str(body["option"]) if "option" in body else None,
        apart=bool(body.get("apart")),
        category=str(category) if category else None,
        hint=bool(body.get("hint")),
    )


def _field(file: str, path: str, raw: object) -> Field:
    check_keys(file, path, raw, FIELD, ("id", "kind"))
    body = mapping(file, path, raw)
    kind, choices = _kind(file, path, body, KINDS)
    columns = tuple(_column(file, f"{path} › columns[{i}]", c) for i, c in enumerate(_list(body.get("columns"))))
    rows = body.get("rows", 0)
    if (kind == "table") != bool(columns and rows):
        raise RulesetError(file, path, "a table, and nothing else, has columns and rows", "give both, or neither")
    return Field(
        id=str(body["id"]),
        kind=kind,
        statements=_numbers(file, f"{path} › statements", body.get("statements", [])),
        choices=choices,
        fact=str(body["fact"]) if "fact" in body else None,
        delay=bool(body.get("delay")),
        columns=columns,
        rows=rows if isinstance(rows, int) else _words(rows),
        hint=bool(body.get("hint")),
    )


def _column(file: str, path: str, raw: object) -> Column:
    check_keys(file, path, raw, COLUMN, ("id", "kind"))
    body = mapping(file, path, raw)
    kind, choices = _kind(file, path, body, CELLS)
    return Column(str(body["id"]), kind, choices)


def _kind(file: str, path: str, body: Mapping[str, object], kinds: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    kind, choices = str(body["kind"]), _words(body.get("choices"))
    if kind not in kinds:
        raise RulesetError(file, f"{path} › kind", f"unknown kind '{kind}'", f"known: {', '.join(kinds)}")
    if (kind in ("choice", "checks")) != bool(choices):
        raise RulesetError(file, path, "a choice, and nothing else, has choices", "add or remove 'choices'")
    return kind, choices


def _check_unique(file: str, trame: Trame) -> None:
    for what, ids in (("section", [s.id for s in trame.sections]), ("field", [f.id for f in trame.fields])):
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise RulesetError(file, "sections", f"the {what} '{twice[0]}' is there twice", "rename one")


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in _list(value))


def _numbers(file: str, path: str, value: object) -> tuple[int, ...]:
    found = _list(value)
    if not all(isinstance(n, int) and 1 <= n <= 70 for n in found):
        raise RulesetError(file, path, f"{value!r} are not statements", "they go from 1 to 70")
    return tuple(n for n in found if isinstance(n, int))
