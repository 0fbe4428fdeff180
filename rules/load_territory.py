"""A territory's settings file -> Territory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType

from rules.errors import RulesetError
from rules.load_parts import check_keys
from rules.model import Convention, Territory
from rules.yaml_text import mapping_in, read_text


def load_territory(file: Path) -> Territory:
    """A territory's dated settings. Raises RulesetError when a value is not the text's to give or has no author."""
    raw = mapping_in(file.name, read_text(file.parent, file.name))
    check_keys(file.name, "", raw, {"id", "name", "options", "pause_months"}, required={"id", "name"})
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
    return Territory(str(raw["id"]), str(raw["name"]), MappingProxyType(decided), months)


def _convention(file: str, path: str, raw: object, kind: type) -> Convention:
    keys = {"value", "decided_by", "decided_on"}
    if not isinstance(raw, Mapping):
        raise RulesetError(file, path, f"a value with who decided and when, not {raw!r}", f"give {sorted(keys)}")
    check_keys(file, path, raw, keys, required=keys)
    value, day = raw["value"], raw["decided_on"]
    if type(value) is not kind:
        raise RulesetError(file, f"{path} › value", f"{value!r} is not a {kind.__name__}")
    if not isinstance(day, date):
        raise RulesetError(file, f"{path} › decided_on", f"{day!r} is not a date", "write it as 2026-11-23")
    return Convention(value, str(raw["decided_by"]), day)
