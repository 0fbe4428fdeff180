"""A Reply as plain JSON values and back, so that a reply that did not arrive can be given again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.messages import Button, Reply, Section, Text


def to_record(reply: Reply) -> dict[str, object]:
    """Message ids and parameters only; no rendered words."""
    return {
        "sections": [[s.kind, [_write(t) for t in s.lines], _write(s.title)] for s in reply.sections],
        "buttons": [[[b.data, _write(b.label), b.kind] for b in row] for row in reply.buttons],
        "edits": reply.edits,
        "share": reply.share,
        "language": reply.language,
        "aloud": reply.aloud,
        "written": reply.written,
        "territory": reply.territory,
    }


def from_record(record: Mapping[str, Any]) -> Reply:
    """The Reply that `to_record` wrote."""
    return Reply(
        sections=tuple(
            Section(kind, tuple(_read(t) for t in lines), _read(title)) for kind, lines, title in record["sections"]
        ),
        buttons=tuple(tuple(Button(d, _read(label), kind) for d, label, kind in row) for row in record["buttons"]),
        edits=record["edits"],
        share=record["share"],
        language=record["language"],
        aloud=record.get("aloud", False),
        written=record.get("written", True),
        territory=record.get("territory"),
    )


def _write(value: object) -> object:
    if isinstance(value, Text):
        return {"m": value.message, "p": {k: _write(v) for k, v in value.params.items()} if value.params else {}}
    if isinstance(value, tuple):
        return {"t": [_write(v) for v in value]}
    return {"d": value.isoformat()} if isinstance(value, date) else value


def _read(value: Any) -> Any:
    match value:
        case {"m": message, "p": params}:
            return Text(message, {k: _read(v) for k, v in params.items()})
        case {"t": items}:
            return tuple(_read(v) for v in items)
        case {"d": day}:
            return date.fromisoformat(day)
        case _:
            return value
