"""The columns of every table that can be exported, and the data dictionary that says what each of them means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

from bot.wording import Wording
from rules.load import load_ruleset
from rules.vocabulary import Fact

QUESTIONS, DOCTRINES, VIGNETTES = "questions", "doctrines", "vignettes"
FILE = Path(__file__).with_name("columns.yaml")
HEAD = ("column", "meaning", "type", "values", "source")  # exports.dictionary.<name>
CONTRACT = "contract"


@dataclass(frozen=True, slots=True)
class Column:
    """``meaning``: catalog messages, said one after another. ``values``: what may stand in it -> its message."""

    id: str
    type: str
    source: str
    meaning: tuple[str, ...]
    values: Mapping[str, str]


@cache
def columns(table: str) -> tuple[Column, ...]:
    """The columns of a table, in the order they are written."""
    written: Mapping[str, Mapping[str, object]] = yaml.safe_load(FILE.read_text("utf-8"))[table]
    own = tuple(_written(table, name, about) for name, about in written.items())
    return own + tuple(map(_fact, facts())) if table == QUESTIONS else own


@cache
def facts() -> tuple[Fact, ...]:
    """The facts of the contract, in its order."""
    return tuple(load_ruleset().vocabulary.facts.values())


def dictionary(table: str, words: Wording) -> Iterator[tuple[str, str, str, str, str]]:
    """A row a column, in the order of HEAD."""
    for column in columns(table):
        meaning = " ".join(words(message) for message in column.meaning if words.has(message))
        values = " ; ".join(f"{value} : {words(message)}" for value, message in column.values.items())
        kind, source = words(f"exports.type.{column.type}"), words(f"exports.source.{column.source}")
        yield column.id, meaning, kind, values, source


def _written(table: str, name: str, about: Mapping[str, object]) -> Column:
    of = about.get("of", [])
    assert isinstance(of, list)  # noqa: S101  (ours)
    values = {str(value): f"{about['family']}.{value}" for value in of}
    meaning = (f"exports.column.{table}.{name}",)
    return Column(name, str(about["type"]), str(about["source"]), meaning, MappingProxyType(values))


def _fact(fact: Fact) -> Column:
    kinds = {"orientations": "list"}
    named = {value: f"value.{fact.id}.{value}" for value in fact.values}
    if fact.kind == "bool":
        named = {"true": "value.true", "false": "value.false"}
    meaning = (f"fact.{fact.id}", f"fact.{fact.id}.hint")
    return Column(fact.id, kinds.get(fact.kind, fact.kind), CONTRACT, meaning, MappingProxyType(named))
