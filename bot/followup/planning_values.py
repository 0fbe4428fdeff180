"""planning.yaml -> the days and hours that planning goes by, each with its origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, time
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from rules.errors import RulesetError
from rules.load_parts import check_keys
from rules.yaml_text import mapping_in, read_text

FOLDER = Path(__file__).resolve().parent
FILE = "planning.yaml"
ORIGINS = ("text", "messages", "proposition")


@dataclass(frozen=True, slots=True)
class PlanningValues:
    """Numbers are days or months, as their names say; hours are those of ``timezone``."""

    n1_months: int
    first_reminder_days: int
    second_reminder_days: int
    last_message_days: int
    equipment_from_days: int
    equipment_until_days: int
    closing_until_days: int
    alert_giver_until_days: int
    proposal_hour: time
    reminder_from: time
    reminder_until: time
    timezone: ZoneInfo


@cache
def planning_values() -> PlanningValues:
    """Those of the program."""
    return load_planning_values(FOLDER)


def load_planning_values(folder: Path) -> PlanningValues:
    """The values of a folder's file. Raises RulesetError with file, path and hint."""
    raw = mapping_in(FILE, read_text(folder, FILE))
    names = [field.name for field in fields(PlanningValues)]
    check_keys(FILE, "", raw, set(names), required=names)
    values = PlanningValues(**{name: _value(name, raw[name]) for name in names})  # type: ignore[arg-type]
    if values.reminder_until <= values.reminder_from:
        raise RulesetError(FILE, "reminder_until", "it is not after 'reminder_from'", "give a later hour")
    return values


def _value(name: str, raw: object) -> object:
    check_keys(FILE, name, raw, {"value", "origin", "statements", "dated"}, required=("value", "origin", "dated"))
    assert isinstance(raw, Mapping)  # noqa: S101  (checked)
    if raw["origin"] not in ORIGINS:
        raise RulesetError(
            FILE, f"{name} › origin", f"unknown origin {raw['origin']!r}", f"known: {', '.join(ORIGINS)}"
        )
    if (raw["origin"] == "text") != bool(raw.get("statements")):
        raise RulesetError(FILE, f"{name} › statements", "what comes from the text, and that alone, has statements")
    if not isinstance(raw["dated"], date):
        raise RulesetError(FILE, f"{name} › dated", f"{raw['on']!r} is no day", "write 2026-11-25")
    value = raw["value"]
    if name.endswith(("_days", "_months")):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise RulesetError(FILE, f"{name} › value", f"{value!r} is no whole number of 1 or more")
        return value
    try:
        return ZoneInfo(str(value)) if name == "timezone" else time.fromisoformat(str(value))
    except (ValueError, KeyError):
        raise RulesetError(FILE, f"{name} › value", f"{value!r} is not usable", "as 18:00, or Europe/Paris") from None
