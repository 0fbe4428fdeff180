"""Planning situations that a coordinator can read: tests/followup_plans/*.yaml -> a case, a moment, what is due."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from bot.followup.planning_values import planning_values
from bot.followup.steps import EQUIPMENT, Appointment, Attempt, CaseFile, Frame, Plan
from bot.followup.timeline import Episode
from rules.load import load_ruleset
from rules.model import Convention, Territory
from rules.yaml_text import mapping_in

FOLDER = Path(__file__).resolve().parent.parent / "followup_plans"
KEYS = {
    "title", "now", "consent", "channel", "closed", "territory", "episodes", "sent", "answered", "appointments",
    "alert_agreed_on", "due", "statements", "templates", "notes", "dropped", "because",
}  # fmt: skip
DELAYS = load_ruleset().delays
VALUES = planning_values()
DECIDED = date(2026, 1, 15)


@dataclass(frozen=True)
class Situation:
    title: str
    case: CaseFile
    frame: Frame
    expect: dict


def situations():
    for file in sorted(FOLDER.glob("*.yaml")):
        for raw in mapping_in(file.name, file.read_text("utf-8"))["cases"]:
            assert not raw.keys() - KEYS, (file.name, raw.keys() - KEYS)
            assert raw["because"], raw["title"]
            yield Situation(f"{file.stem}: {raw['title']}", _case(raw), frame(moment(raw["now"]), _territory(raw)), raw)


def frame(now, territory=None):
    return Frame(now, DELAYS, VALUES, territory)


def territory(option_n1=None, pause_months=None):
    options = {} if option_n1 is None else {"option_n1": Convention(option_n1, "Comité de pilotage", DECIDED)}
    pause = None if pause_months is None else Convention(pause_months, "Comité de pilotage", DECIDED)
    return Territory("pays", "Pays d'exemple", options, pause)


def moment(given):
    day = given if isinstance(given, date) else datetime.fromisoformat(str(given))
    naive = day if isinstance(day, datetime) else datetime.combine(day, time(12))
    return naive.replace(tzinfo=VALUES.timezone)


def said(plan: Plan):
    """What a plan says, as the files write it."""
    due = []
    for one in plan.dues:
        local = one.due_at.astimezone(VALUES.timezone)
        due.append(f"{one.step} {local:%Y-%m-%d %H:%M} {one.how}")
    dropped = [one for one in plan.dropped if one.step != EQUIPMENT]  # of an old DST, and no file has to repeat it
    return {
        "due": Counter(due),
        "notes": Counter(one.text.message.removeprefix("planning.note.") for one in plan.notes),
        "dropped": Counter(one.said.text.message.removeprefix("planning.dropped.") for one in dropped),
    }


def _territory(raw):
    return territory(**raw["territory"]) if "territory" in raw else None


def _case(raw):
    return CaseFile(
        consent=raw.get("consent", "given"),
        channel=raw.get("channel"),
        closed=raw.get("closed", False),
        episodes=tuple(map(_episode, raw.get("episodes", ()))),
        appointments=tuple(map(_appointment, raw.get("appointments", ()))),
        attempts=tuple(map(_attempt, raw.get("sent", ()))),
        answered_at=moment(raw["answered"]) if "answered" in raw else None,
        alert_agreed_on=raw.get("alert_agreed_on"),
    )


def _episode(line):
    kind, began, ended = line.split()
    return Episode(kind, date.fromisoformat(began), None if ended == "…" else date.fromisoformat(ended))


def _attempt(line):
    template, day, *unopened = line.split()
    return Attempt(template, moment(date.fromisoformat(day)), not unopened)


def _appointment(line):
    day, hour, state, told = line.split()
    at = datetime.fromisoformat(told).replace(tzinfo=VALUES.timezone)
    return Appointment(date.fromisoformat(day), time.fromisoformat(hour), "chez_vous", at, state)
