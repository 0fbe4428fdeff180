"""The patterns of `patterns.yaml`, compiled once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from bot.understanding.numbers import NUMBER
from rules.yaml_text import mapping_in, read_text

FILE = "patterns.yaml"
_NAME = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Pattern:
    """What some words say. See the head of `patterns.yaml` for each field."""

    regexes: tuple[re.Pattern[str], ...]
    facts: Mapping[str, object]
    role: str = "fact"
    date: str | None = None
    last: str | None = None
    count: str | None = None
    tense: str = "past"
    visit: bool = False
    own_no: bool = False
    time_needed: bool = False
    in_label: bool = False
    unless: re.Pattern[str] | None = None
    since_last: str | None = None
    after: re.Pattern[str] | None = None
    near: re.Pattern[str] | None = None
    but: tuple[re.Pattern[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Guard:
    """Words that take a stretch of the text out of what is read. ``blocks``: how far."""

    blocks: str
    when: re.Pattern[str]
    until: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Language:
    """All that is read: patterns in order, guards, and how a no is said."""

    patterns: tuple[Pattern, ...]
    guards: tuple[Guard, ...]
    tags: re.Pattern[str]
    negation: re.Pattern[str]
    to_come: re.Pattern[str]
    wished: re.Pattern[str]
    undone: re.Pattern[str]
    missed: re.Pattern[str]
    others: re.Pattern[str]
    their_turn: re.Pattern[str]
    to_them: re.Pattern[str]


@cache
def french() -> Language:
    """The patterns of the file. Raises RulesetError where it cannot be read, re.error or KeyError where it is wrong."""
    raw = mapping_in(FILE, read_text(Path(__file__).parent, FILE))
    words = {str(name): str(said) for name, said in dict(raw["words"]).items()}
    words["number"] = NUMBER
    said = tuple(_pattern(entry, words) for entry in raw["say"])
    guards = tuple(_guard(entry, words) for entry in raw["guards"])
    others = (re.compile(_written_out(str(raw[f.name]), words)) for f in fields(Language)[2:])
    return Language(said, guards, *others)


def _written_out(pattern: str, words: Mapping[str, str]) -> str:
    while _NAME.search(pattern):
        pattern = _NAME.sub(lambda found: words[found[1]], pattern)
    return pattern


def _pattern(entry: Mapping[str, object], words: Mapping[str, str]) -> Pattern:
    rest = dict(entry)
    said = [str(p) for p in rest.pop("say", ())]
    for head in rest.pop("heads", ()):
        said += _with_time(str(head), bool(rest.get("time_needed")) or rest.get("role") == "plan", rest)
    rest.pop("either", None)
    return Pattern(
        regexes=tuple(re.compile(_written_out(p, words)) for p in said),
        facts=dict(rest.pop("facts", {})),
        after=_one(rest.pop("after", None), words),
        unless=_one(rest.pop("unless", None), words),
        near=_one(rest.pop("near", None), words),
        but=tuple(re.compile(_written_out(str(p), words)) for p in rest.pop("but", ())),
        **rest,
    )


def _with_time(head: str, needed: bool, entry: Mapping[str, object]) -> list[str]:
    """The head with its time after it; where `either`, also before it, if none is after it."""
    gap = "{link}" if entry.get("tense") == "bare" else "{gap}"
    after = f"(?:{head})(?!\\w){gap}{{at}}" if needed else f"(?:{head})(?!\\w)(?:{gap}{{at}})?"
    return [after, f"{{at}}{{near}}(?:{head})(?!\\w)(?!{gap}@)"] if entry.get("either") else [after]


def _one(pattern: object, words: Mapping[str, str]) -> re.Pattern[str] | None:
    return None if pattern is None else re.compile(_written_out(str(pattern), words))


def _guard(entry: Mapping[str, object], words: Mapping[str, str]) -> Guard:
    when = re.compile(_written_out(str(entry["when"]), words))
    return Guard(str(entry["blocks"]), when, _one(entry.get("until"), words))
