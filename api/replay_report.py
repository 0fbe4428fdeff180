"""What a replay found, for those who read it: in words, as one JSON object, as CSV rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from api.logbook import cell, harmless
from bot.messages import Text
from bot.wording import Wording
from rules.replay import Comparison, Group, Outcome, Past, Replayed

COLUMNS = ("asked_on", "territory", "was", "becomes", "unreadable", "facts")
LEFT_OUT = ("aujourdhui", "date_contact")


def totals(found: Comparison, words: Wording) -> str:
    """How many questions keep their answer, and how many do not."""
    counts = {name: getattr(found, name) for name in ("total", "unchanged", "changed", "unreadable")}
    return words("replay.totals", **counts) if found.total else words("replay.none")


def group_lines(found: Comparison, words: Wording, *, tokens: bool) -> Iterator[str]:
    """A line a group, how many and from what to what, then the facts of its first questions."""
    for group in found.groups:
        was, becomes = outcome_words(group.was, words), _becomes(group, words)
        yield words("replay.group", count=group.count, was=was, becomes=becomes)
        for past in group.examples:
            yield words("replay.example", facts=_example(past, tokens=tokens))


def as_json(found: Comparison, version: str, *, tokens: bool) -> str:
    """One JSON object. ``territories``: which settings were taken."""
    groups = [
        {
            "count": group.count,
            "was": _plain(group.was),
            "becomes": _plain(group.becomes) if group.becomes else None,
            "unreadable": [{"fact": fact, "error": code} for fact, code in group.unreadable],
            "examples": [_question(past, tokens=tokens) for past in group.examples],
        }
        for group in found.groups
    ]
    counts = {name: getattr(found, name) for name in ("total", "unchanged", "changed", "unreadable")}
    body = {"version": version, "territories": "as now", **counts, "groups": groups}
    return json.dumps(body, ensure_ascii=False)


def columns(*, tokens: bool) -> list[str]:
    """The head of the CSV."""
    return [*(["token"] if tokens else []), *COLUMNS]


def row(one: Replayed, *, tokens: bool) -> list[str]:
    """A question that does not keep its answer, as a row under `columns`."""
    past = one.past
    values = {
        "token": past.key,
        "asked_on": cell(past.asked_on),
        "territory": past.place or "",
        "was": _short(past.was),
        "becomes": _short(one.becomes) if one.becomes else "",
        "unreadable": " ".join(f"{fact}:{code}" for fact, code in one.unreadable),
        "facts": json.dumps(dict(past.facts), ensure_ascii=False),
    }
    return [harmless(values[name]) for name in columns(tokens=tokens)]


def outcome_words(outcome: Outcome, words: Wording) -> str:
    """An outcome in a few words."""
    if outcome.missions:
        missions = tuple(Text(f"mission.{m}") if words.has(f"mission.{m}") else m for m in outcome.missions)
        return words("replay.settled", missions=missions, certainty=Text(f"replay.certainty.{outcome.certainty}"))
    decider, reason = Text(f"replay.decider.{outcome.decider}"), Text(f"replay.reason.{outcome.reason}")
    return words("replay.referred", decider=decider, reason=reason)


def _becomes(group: Group, words: Wording) -> str:
    if group.becomes is not None:
        return outcome_words(group.becomes, words)
    return words("replay.unreadable", facts=tuple(dict.fromkeys(fact for fact, _ in group.unreadable)))


def _example(past: Past, *, tokens: bool) -> str:
    facts = (f"{name}={_fact(value)}" for name, value in past.facts.items() if name not in LEFT_OUT)
    shown = f"{past.asked_on.isoformat()}: {', '.join(facts)}"
    return f"{past.key} {shown}" if tokens else shown


def _fact(value: object) -> str:
    """A fact's value; of a range, its two bounds."""
    if isinstance(value, Mapping) and set(value) <= {"from", "to"}:
        return f"{value.get('from', '')}..{value.get('to', '')}"
    return cell(value)


def _question(past: Past, *, tokens: bool) -> dict[str, object]:
    told: dict[str, object] = {"token": past.key} if tokens else {}
    return told | {"asked_on": past.asked_on.isoformat(), "territory": past.place, "facts": dict(past.facts)}


def _plain(outcome: Outcome) -> dict[str, object]:
    asked = {"reason": outcome.reason, "decider": outcome.decider} if outcome.decider else None
    missions = list(outcome.missions)
    return {"status": outcome.status, "missions": missions, "certainty": outcome.certainty, "open": asked}


def _short(outcome: Outcome) -> str:
    settled = " ".join((*outcome.missions, outcome.certainty))
    return settled if outcome.missions else f"{outcome.status} {outcome.reason} {outcome.decider}"


def changes(replayed: Iterator[Replayed], found: Comparison) -> Iterator[Replayed]:
    """The questions that do not keep their answer, while all are counted in ``found``."""
    for one in replayed:
        found.add(one)
        if one.becomes != one.past.was:
            yield one
