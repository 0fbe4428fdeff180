"""The register of what is kept and why: read from register.yaml, in words by the catalogs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from bot.wording import Wording

FILE = Path(__file__).with_name("register.yaml")
NATURES = ("identifies", "pseudonym", "sealed", "secret", "said", "technical")
HEAD = ("title", "what", "whose", "why", "basis", "term", "seen", "sealed", "holds")  # register.head.<name>


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of what is kept. ``days``: how long, None for what is kept; ``least``: the fewest that it may be.

    ``tables``: table -> nature -> columns.
    """

    id: str
    whose: str
    basis: str
    seen: tuple[str, ...]
    sealed: str
    days: int | None
    least: int
    since: str | None
    then: str | None
    tables: Mapping[str, Mapping[str, tuple[str, ...]]]

    @property
    def personal(self) -> bool:
        return self.whose != "nobody"


@cache
def register() -> tuple[Kind, ...]:
    """Every kind, in the order it is shown."""
    written: Mapping[str, Mapping[str, Any]] = yaml.load(FILE.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return tuple(_kind(name, about) for name, about in written.items())


def in_words(kind: Kind, days: int | None, words: Wording) -> Mapping[str, str]:
    """What the register says of a kind, by the names of HEAD; ``days``: as the installation has it."""
    own = {name: words(f"register.{kind.id}.{name}") for name in ("title", "what", "why")}
    seen = " ; ".join(words(f"register.seen.{one}") for one in kind.seen)
    coded = {name: words(f"register.{name}.{getattr(kind, name)}") for name in ("whose", "basis", "sealed")}
    holds = " ; ".join(f"{words(f'register.nature.{nature}')} : {', '.join(of)}" for nature, of in _holds(kind))
    return {**own, **coded, "seen": seen, "term": term(kind, days, words), "holds": holds}


def term(kind: Kind, days: int | None, words: Wording) -> str:
    """How long it is kept, from when, what happens then, and why so long."""
    why = words(f"register.{kind.id}.term")
    if days is None or kind.since is None or kind.then is None:
        return f"{words('register.kept')} {why}"
    params = {"since": words(f"register.from.{kind.since}"), "then": words(f"register.then.{kind.then}")}
    return f"{words('register.days', n=days, **params)} {why}"


def rows(days: Mapping[str, int], words: Wording) -> Iterator[Sequence[str]]:
    """The register as a table, in the order of HEAD."""
    for kind in register():
        said = in_words(kind, days.get(kind.id), words)
        yield [said[name] for name in HEAD]


def _holds(kind: Kind) -> Iterator[tuple[str, list[str]]]:
    for nature in NATURES:
        found = [f"{table}.{column}" for table, of in kind.tables.items() for column in of.get(nature, ())]
        if found:
            yield nature, found


def _kind(name: str, about: Mapping[str, Any]) -> Kind:
    tables = {
        table: MappingProxyType({nature: tuple(columns) for nature, columns in of.items()})
        for table, of in about["tables"].items()
    }
    return Kind(
        name,
        about["whose"],
        about["basis"],
        tuple(about["seen"]),
        about["sealed"],
        about.get("days"),
        about.get("least", 1),
        about.get("from"),
        about.get("then"),
        MappingProxyType(tables),
    )
