"""What a visitor is about to send, signed once it was shown and found fit: what leaves is what was previewed."""

from __future__ import annotations

from dataclasses import dataclass

from api.signing import record_signed, signed_record
from bot.followup.content import Content

PURPOSE = b"brouillon "


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to a case. ``language``: the one it was previewed in; ``event`` names it, so that it is sent once."""

    case: str
    language: str
    event: str
    content: Content


class DraftError(ValueError):
    """A draft that is not ours, or of another case."""


def signed(draft: Draft, secret: str) -> str:
    record = {"case": draft.case, "language": draft.language, "event": draft.event, "content": draft.content.record()}
    return signed_record(record, PURPOSE, secret)


def draft_of(written: str, case: str, secret: str) -> Draft:
    """The draft that was signed for this case. Raises DraftError."""
    record = record_signed(written, PURPOSE, secret)
    if record is None or record["case"] != case:
        raise DraftError
    return Draft(record["case"], record["language"], record["event"], Content.from_record(record["content"]))
