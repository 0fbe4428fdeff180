"""What Telegram brings -> what it asks of us. Parsed once, here; no words, no network.

Only what is asked for is read. The library would make a class of each part of an update, and of a pressed button's
whole message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from telegram.constants import ChatType, MessageAttachmentType

from bot.commands import said
from bot.messages import Incoming
from bot.plain_json import plain_words

ALLOWED_UPDATES = ("message", "callback_query")

LARGEST = 2**63 - 1  # of the numbers that a database keeps

PRIVATE_ONLY = "telegram.private_only"
WORDS_NEEDED = "telegram.words_needed"

ATTACHED = tuple(str(kind.value) for kind in MessageAttachmentType)
SPOKEN = ("voice", "audio", "video_note")  # what somebody says something in


class ShapeError(ValueError):
    """Not an update of the Bot API. The message never repeats what was received."""


@dataclass(frozen=True, slots=True)
class VoiceNote:
    """Where Telegram keeps what was said; its length and size as Telegram tells them, 0 where it does not."""

    file: str
    seconds: int
    size: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """One update: an ``incoming`` to answer, else a ``notice`` (a catalog message) to say, else nothing.

    ``callback`` is the query to answer whatever happens, ``pressed`` the message that carries the button.
    ``typed``: a text as it was written, command or not; ``voice``: what was said, which its ``incoming`` came with;
    ``about``: the words of ours that it replies to.
    """

    event: int
    chat: int | None = None
    language: str | None = None
    incoming: Incoming | None = None
    notice: str | None = None
    callback: str | None = None
    pressed: int | None = None
    typed: str | None = None
    voice: VoiceNote | None = None
    about: str | None = None


def read(payload: Any, clock: Callable[[], date]) -> Arrival:
    """The update as an Arrival. Raises ShapeError when it is not one."""
    event = event_of(payload)
    try:
        if query := payload.get("callback_query"):
            return _pressed(event, query, clock)
        message = payload.get("message")
        return _written(event, message, clock) if message else Arrival(event)
    except Exception as error:
        raise ShapeError(f"update {event} is not of the Bot API's shape ({type(error).__name__})") from None


def event_of(payload: object) -> int:
    """The update's number. Raises ShapeError when there is none."""
    event = payload.get("update_id") if isinstance(payload, dict) else None
    if not isinstance(event, int) or isinstance(event, bool) or abs(event) > LARGEST:
        raise ShapeError("an update is an object with a whole number `update_id`")
    return event


def _pressed(event: int, query: Mapping[str, Any], clock: Callable[[], date]) -> Arrival:
    callback, message, data = plain_words(query["id"]), query.get("message"), query.get("data")
    if message is None or data is None or message["chat"]["type"] != ChatType.PRIVATE:
        return Arrival(event, callback=callback)
    chat, language = _number(message["chat"]["id"]), _language(query)
    incoming = Incoming("telegram", str(event), str(chat), clock(), button=plain_words(data), language=language)
    return Arrival(event, chat, language, incoming, callback=callback, pressed=_number(message["message_id"]))


def _written(event: int, message: Mapping[str, Any], clock: Callable[[], date]) -> Arrival:
    chat, language, text = _number(message["chat"]["id"]), _language(message), message.get("text")
    _number(message["date"])
    if text is None and not any(message.get(kind) for kind in ATTACHED):
        return Arrival(event)  # a service message: a pinned message, a changed title…
    if message["chat"]["type"] != ChatType.PRIVATE:
        return Arrival(event, chat, language, notice=PRIVATE_ONLY)
    incoming = Incoming("telegram", str(event), str(chat), clock(), language=language)
    if text is None:
        voice = _voice(message)
        if voice is None:
            return Arrival(event, chat, language, notice=WORDS_NEEDED)
        return Arrival(event, chat, language, incoming, voice=voice, about=_about(message))
    incoming = replace(incoming, **said(plain_words(text)))
    return Arrival(event, chat, language, incoming, typed=text, about=_about(message))


def _about(message: Mapping[str, Any]) -> str | None:
    replied = message.get("reply_to_message") or {}
    ours = (replied.get("from") or {}).get("is_bot")
    return plain_words(replied["text"]) if ours and replied.get("text") else None


def _voice(message: Mapping[str, Any]) -> VoiceNote | None:
    sound = next((message[kind] for kind in SPOKEN if message.get(kind)), None)
    if sound is None:
        return None
    return VoiceNote(plain_words(sound["file_id"]), _number(sound["duration"]), _number(sound.get("file_size", 0)))


def _language(source: Mapping[str, Any]) -> str | None:
    code = (source.get("from") or {}).get("language_code")
    return plain_words(code) if code else None


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST:
        raise TypeError
    return value
