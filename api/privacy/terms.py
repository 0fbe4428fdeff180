"""How long each kind is kept here: the register's days, or those that the installation decided, dated and signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from api.privacy.register import Kind, register
from rules.errors import RulesetError, did_you_mean
from rules.load_parts import check_keys
from rules.yaml_text import mapping_in, read_text

NAME = "retention.yaml"
MOST = 3650  # days: ten years
KEYS = {"days", "decided_by", "decided_on"}


@dataclass(frozen=True, slots=True)
class Decided:
    """Days that somebody decided for this installation."""

    days: int
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Terms:
    """``days``: kind -> days, for each kind that has any. ``decided``: those that differ from the register's."""

    days: Mapping[str, int]
    decided: Mapping[str, Decided]


def read_terms(folder: Path) -> Terms:
    """The register's days, with those of ``retention.yaml`` in the folder where there is one. Raises RulesetError."""
    kinds = {kind.id: kind for kind in register() if kind.days is not None}
    decided = _decided(folder, kinds) if (folder / NAME).exists() else {}
    days = {name: decided[name].days if name in decided else kind.days or 0 for name, kind in kinds.items()}
    return Terms(MappingProxyType(days), MappingProxyType(decided))


def _decided(folder: Path, kinds: Mapping[str, Kind]) -> dict[str, Decided]:
    found, file = {}, str(folder / NAME)
    for name, value in mapping_in(file, read_text(folder, NAME)).items():
        if name not in kinds:
            kept = name in {kind.id for kind in register()}
            problem = "this kind is kept, it has no days" if kept else "not a kind of the register"
            raise RulesetError(file, str(name), problem, did_you_mean(str(name), sorted(kinds)))
        found[str(name)] = _one(file, str(name), value, kinds[name].least)
    return found


def _one(file: str, name: str, value: object, least: int) -> Decided:
    if not isinstance(value, Mapping):
        hint = "write {days: 400, decided_by: Comité de pilotage, decided_on: 2026-01-15}"
        raise RulesetError(file, name, f"days with who decided and when, not {value!r}", hint)
    check_keys(file, name, value, KEYS, required=KEYS)
    days, day = value["days"], value["decided_on"]
    if type(days) is not int or not least <= days <= MOST:
        raise RulesetError(file, f"{name} › days", f"{days!r} is not a number of days from {least} to {MOST}")
    if not isinstance(day, date):
        raise RulesetError(file, f"{name} › decided_on", f"{day!r} is not a date", "write it as 2026-11-23")
    return Decided(days, str(value["decided_by"]), day)
