"""A territory's settings file -> Territory."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType

from rules.errors import RulesetError, did_you_mean
from rules.load_parts import check_keys, mapping
from rules.model import Convention, Territory
from rules.yaml_text import mapping_in, read_text

MESSAGE_KINDS = ("consent", "appointment", "money", "information")
MESSAGE_STATES = ("draft", "reviewed")
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
LONGEST_NAME = 120


def load_territory(file: Path) -> Territory:
    """A territory's dated settings. Raises RulesetError when a value is not the text's to give or has no author."""
    raw = mapping_in(file.name, read_text(file.parent, file.name))
    known = {"id", "name", "options", "pause_months", "messages", "open"}
    check_keys(file.name, "", raw, known, required={"id", "name"})
    options = raw.get("options") or {}
    if not isinstance(options, Mapping):
        raise RulesetError(file.name, "options", f"a mapping of options, not {options!r}")
    decided = {}
    for fact, value in options.items():
        if fact not in ("option_n1", "option_evaluation"):
            hint = "a territory decides option_n1 and option_evaluation"
            raise RulesetError(file.name, f"options › {fact}", "not an option of the programme", hint)
        decided[str(fact)] = _convention(file.name, f"options › {fact}", value, bool)
    pause = raw.get("pause_months")
    months = None if pause is None else _convention(file.name, "pause_months", pause, int)
    if months is not None and not 1 < int(str(months.value)) <= 12:
        problem = f"{months.value} is not « quelques mois »"
        hint = "the plural is more than 1 month (statement 22); the text's own mark is 12 (statement 14)"
        raise RulesetError(file.name, "pause_months › value", problem, hint)
    messages = _messages(file.name, raw.get("messages"))
    opened = raw.get("open")
    to_all = None if opened is None else _convention(file.name, "open", opened, bool)
    named, shown = raw["id"], raw["name"]
    if not isinstance(named, str) or not ID.fullmatch(named):
        hint = "letters, digits, - and _, at most 64: it stands in addresses"
        raise RulesetError(file.name, "id", f"{named!r} is no territory's id", hint)
    if not isinstance(shown, str) or not 0 < len(shown.strip()) <= LONGEST_NAME:
        raise RulesetError(
            file.name, "name", f"{str(shown)[:80]!r} is no name", f"words, at most {LONGEST_NAME} letters"
        )
    return Territory(named, shown, MappingProxyType(decided), months, messages, open=to_all)


def _messages(file: str, raw: object) -> Mapping[str, Convention]:
    """From which review state each kind of household message may leave."""
    found = {}
    for kind, value in mapping(file, "messages", raw).items():
        path = f"messages › {kind}"
        if kind not in MESSAGE_KINDS:
            raise RulesetError(file, path, "not a kind of message", did_you_mean(str(kind), MESSAGE_KINDS))
        found[kind] = _convention(file, path, value, str)
        if found[kind].value not in MESSAGE_STATES:
            problem = f"'{found[kind].value}' is not a state from which a message may leave"
            raise RulesetError(file, f"{path} › value", problem, f"one of: {', '.join(MESSAGE_STATES)}")
    return MappingProxyType(found)


def _convention(file: str, path: str, raw: object, kind: type) -> Convention:
    keys = {"value", "decided_by", "decided_on"}
    if not isinstance(raw, Mapping):
        raise RulesetError(file, path, f"a value with who decided and when, not {raw!r}", f"give {sorted(keys)}")
    check_keys(file, path, raw, keys, required=keys)
    value, day = raw["value"], raw["decided_on"]
    if type(value) is not kind:
        raise RulesetError(file, f"{path} › value", f"{value!r} is not a {kind.__name__}")
    if type(day) is not date:
        raise RulesetError(file, f"{path} › decided_on", f"{day!r} is not a date", "write it as 2026-11-23")
    return Convention(value, str(raw["decided_by"]), day)
