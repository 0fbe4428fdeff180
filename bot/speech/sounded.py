"""A reply as sound: read by a person of the territory where there is a recording, else by a voice."""

from __future__ import annotations

from bot.messages import Reply
from bot.speech.reading_aloud import parts_read

Sounded = tuple[str, bytes]
"""A media type, and the bytes."""

OGG, MP3 = "audio/ogg", "audio/mpeg"
QUESTION = "question."


def recording_of(reply: Reply) -> str | None:
    """The name of the recording that says all that would be read: ``question.<id>`` where a question stands alone."""
    parts = parts_read(reply)
    title = parts[0].title if len(parts) == 1 else None
    return title.message if title is not None and parts[0].kind == "question" else None
