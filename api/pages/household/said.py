"""What a household's page sends -> an event of the desk: one press, one text, STOP, or a voice."""

from __future__ import annotations

from hashlib import sha256

from starlette.requests import Request

from api.households.desk import LINK, Event, Voice
from api.pages.plain_text import plain_text
from api.storage.households import Case, Link
from api.storage.sound import LARGEST_VOICE, SPOKEN, media_of
from bot.channels.web_page.requests import EVENT, Form
from bot.followup.catalog import spoken

LONGEST_TEXT = 1000
LONGEST_ID = 64


class RefusedAnswerError(ValueError):
    """An answer that is not taken in: an HTTP status, and the words of the page that say why."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


def event_of(form: Form, link: Link, case: Case) -> Event | None:
    """The event in a form, None for an empty text. Raises RefusedAnswerError."""
    given = _one(form, "event")
    if not EVENT.fullmatch(given):
        raise RefusedAnswerError(422, "not_sent")
    message, button = _one(form, "message"), _one(form, "button")
    if message or button:
        if not message or not button or max(len(message), len(button)) > LONGEST_ID:
            raise RefusedAnswerError(422, "not_sent")
        return Event(LINK, _once(link, given, message, button), case.reference, link.key, message, button)
    text = spoken(case.language).words_to_write("stop")[0] if _one(form, "stop") else plain_text(_one(form, "text"))
    if len(text) > LONGEST_TEXT:
        raise RefusedAnswerError(422, "text_too_long")
    return Event(LINK, _once(link, given, text), case.reference, link.key, text=text) if text else None


def voice_of(sound: bytes, given: str, link: Link) -> Event:
    """The event of a recording. Raises RefusedAnswerError for what no browser records."""
    media = media_of(sound)
    if media not in SPOKEN or not EVENT.fullmatch(given):
        raise RefusedAnswerError(422, "not_sent")
    once = _once(link, given, sha256(sound).hexdigest())
    return Event(LINK, once, link.case, link.key, voice=Voice(media, sound))


async def read_sound(request: Request) -> bytes:
    """A body of at most 2 MB. Raises RefusedAnswerError."""
    sound = bytearray()
    async for chunk in request.stream():
        sound += chunk
        if len(sound) > LARGEST_VOICE:
            raise RefusedAnswerError(413, "too_long")
    return bytes(sound)


def _once(link: Link, *parts: str) -> str:
    """The event's name: of this link alone, and the same for the same content."""
    return sha256("\x1f".join((link.key, *parts)).encode()).hexdigest()[:32]


def _one(form: Form, name: str) -> str:
    return form.get(name, ("",))[-1]
