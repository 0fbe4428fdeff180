"""What Matrix brings -> what it asks of us. Parsed once, here; no words, no network, no library."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.plain_json import plain_words

MARKS = "/!"  # many clients keep « / » for themselves
LONGEST = 20_000  # characters of a text that is read
SPOKEN = "org.matrix.msc3245.voice"
KEYCAP = re.compile("([0-9])\ufe0f?\u20e3")
TEN = "🔟"
STAYS = "aiguillage.stays"  # of an edit of ours that asks nothing new

WORDS_NEEDED, EDITED, UNREADABLE = "matrix.words_needed", "matrix.edited", "matrix.unreadable"


@dataclass(frozen=True, slots=True)
class Reaction:
    """``message``: the one that it was put under; ``number``: what it says, 10 at most."""

    message: str
    number: int


@dataclass(frozen=True, slots=True)
class Recording:
    """Where the homeserver keeps what was said, with its length in seconds and its size as they were announced.

    ``file``: of an encrypted room, how it is opened.
    """

    url: str
    seconds: float
    size: int
    file: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event of a room: what was ``typed``, a ``reaction``, a ``voice``, else a ``notice`` (a catalog message) to
    say. ``about``: the message that it replies to. ``before``: the last messages of ours that stood in the room when it
    was sent, the newest first; None where that is not known."""

    event: str
    room: str
    sender: str
    typed: str | None = None
    reaction: Reaction | None = None
    voice: Recording | None = None
    notice: str | None = None
    about: str | None = None
    before: tuple[str, ...] | None = None


def shows(event: Mapping[str, Any]) -> str | None:
    """The message that an event of ours shows, new or with something new in it; None where it shows none."""
    if event.get("type") not in ("m.room.message", "m.room.encrypted"):
        return None
    relation = event.get("content", {}).get("m.relates_to") or {}
    if relation.get(STAYS):
        return None
    edited = relation.get("event_id") if relation.get("rel_type") == "m.replace" else None
    return edited or event.get("event_id")


def transaction_of(event: Mapping[str, Any]) -> object:
    """The name under which an event of ours was sent, as the homeserver tells the one who sent it; None for others."""
    try:
        return event["unsigned"]["transaction_id"]
    except (KeyError, TypeError):
        return None


def read(room: str, event: object) -> Arrival | None:
    """The event (as JSON) as an Arrival; None where it asks nothing of us, or is no event."""
    try:
        return _read(room, event)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _read(room: str, event: object) -> Arrival | None:
    if not isinstance(event, Mapping) or "state_key" in event:
        return None
    content, name, sender = event["content"], plain_words(event["event_id"]), plain_words(event["sender"])
    match event["type"]:
        case "m.reaction":
            return _reacted(Arrival(name, room, sender), content["m.relates_to"])
        case "m.room.encrypted":
            return Arrival(name, room, sender, notice=UNREADABLE)
        case "m.room.message":
            return _written(name, room, sender, content)
    return None


def _reacted(arrival: Arrival, about: Mapping[str, object]) -> Arrival | None:
    number = number_of(plain_words(about["key"]))
    if about.get("rel_type") != "m.annotation" or number is None:
        return None
    reaction = Reaction(plain_words(about["event_id"]), number)
    return Arrival(arrival.event, arrival.room, arrival.sender, reaction=reaction)


def _written(name: str, room: str, sender: str, content: Mapping[str, object]) -> Arrival | None:
    kind, relation = content.get("msgtype"), content.get("m.relates_to") or {}
    if kind is None or kind == "m.notice":  # withdrawn, or said by a program
        return None
    if relation.get("rel_type") == "m.replace":
        return Arrival(name, room, sender, notice=EDITED)
    replied = (relation.get("m.in_reply_to") or {}).get("event_id")
    if kind == "m.text":
        typed = _without_quote(plain_words(content["body"])) if replied else plain_words(content["body"])
        return Arrival(name, room, sender, typed=typed.strip()[:LONGEST], about=replied)
    if kind == "m.audio" and (voice := _voice(content)) is not None:
        return Arrival(name, room, sender, voice=voice, about=replied)
    return Arrival(name, room, sender, notice=WORDS_NEEDED)


def _voice(content: Mapping[str, object]) -> Recording | None:
    file, info = content.get("file"), content.get("info") or {}
    url = file.get("url") if file is not None else content.get("url")
    if not isinstance(url, str):
        return None
    length, size = info.get("duration"), info.get("size")
    return Recording(url, (length if isinstance(length, int) else 0) / 1000, size if isinstance(size, int) else 0, file)


def number_of(key: str) -> int | None:
    """The number that a reaction says: 1️⃣ … 9️⃣, 🔟; None for any other."""
    if key.strip() == TEN:
        return 10
    keycap = KEYCAP.fullmatch(key.strip())
    return int(keycap[1]) if keycap else None


def keycap_of(number: int) -> str:
    """The reaction that says a number, 1 to 10."""
    return TEN if number == 10 else f"{number}\ufe0f\u20e3"


def _without_quote(body: str) -> str:
    """What was written, without the lines of the message that it replies to."""
    lines = body.split("\n")
    quoted = next((at for at, line in enumerate(lines) if not line.startswith(">")), len(lines))
    return "\n".join(lines[quoted:])
