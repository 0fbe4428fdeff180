"""What is kept of one person, as a text that the person can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bot.wording import Wording

WIDE = "  "
SKIPPED = ("exported_at", "kind", "audio")
FAMILIES = {
    "missions": "mission",
    "mission": "mission",
    "status": "exports.status",
    "channel": "exports.channel",
    "state": "exports.state",
    "kind": "exports.verdict",
    "role": "desk.role",
    "decision": "privacy.decision",
}


def readable(whole: Mapping[str, Any], words: Wording) -> Iterator[str]:
    """Line by line, table by table; what has no words of its own stands in the JSON alone."""
    yield words("privacy.export.title")
    yield words("privacy.export.made", day=datetime.fromisoformat(whole["exported_at"]).date())
    yield words("privacy.export.whole")
    for table, rows in whole.items():
        if table in SKIPPED or not rows:
            continue
        yield ""
        yield words(f"privacy.table.{table}") if words.has(f"privacy.table.{table}") else table
        for row in rows if isinstance(rows, list) else [rows]:
            yield from _row(row, words)


def _row(row: Mapping[str, Any], words: Wording) -> Iterator[str]:
    mark = "–"
    for name, value in row.items():
        label = f"privacy.column.{name}"
        if value in (None, "", [], {}) or not words.has(label):
            continue
        yield f"{mark} {words(label)} : {_said(name, value, words)}"
        mark = " "


def _said(name: str, value: object, words: Wording) -> str:
    if name == "facts" and isinstance(value, Mapping):
        return "".join(f"\n{WIDE * 2}{_fact(fact, known, words)}" for fact, known in value.items())
    if name == "answer" and isinstance(value, Mapping):
        missions = value.get("missions") or []
        named = ", ".join(_word("mission", one, words) for one in missions)
        return named or _word("exports.status", str(value.get("status")), words)
    if name == "content" and isinstance(value, Mapping):
        return str(value.get("french") or value.get("original") or "…")
    if name in FAMILIES:
        return ", ".join(_word(FAMILIES[name], str(one), words) for one in _listed(value))
    return _plain(value)


def _fact(fact: str, value: object, words: Wording) -> str:
    label = words(f"fact.{fact}") if words.has(f"fact.{fact}") else fact
    if isinstance(value, bool):
        return f"{label} : {words('value.true' if value else 'value.false')}"
    return f"{label} : {_word(f'value.{fact}', str(value), words)}"


def _word(family: str, value: str, words: Wording) -> str:
    message = f"{family}.{value}"
    return words(message) if words.has(message) else _plain(value)


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else str(value).split()


def _plain(value: object) -> str:
    """A moment as people write it; anything else as it is."""
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return f"{moment:%d/%m/%Y %H:%M}" if len(value) > 10 else f"{date.fromisoformat(value):%d/%m/%Y}"
    if isinstance(value, list | tuple):
        return ", ".join(_plain(one) for one in value)
    return str(value)
