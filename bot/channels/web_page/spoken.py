"""A voice note as a browser sends it: the recorder's bytes as they are, or a file in a form."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from bot.channels.web_page.requests import EVENT, MALFORMED, RefusedError, read_body
from bot.speech.limits import LARGEST

AROUND = 4 * 1024  # bytes of a form around its file
TOO_LARGE, UNREADABLE, EMPTY = "speech.refused.too_large", "speech.refused.unreadable", "speech.refused.empty"
SOUND = ("audio/", "video/")  # a phone may call its recordings either


@dataclass(frozen=True, slots=True)
class Spoken:
    """One voice note. The same sound under the same event is the same note."""

    event: str
    sound: bytes

    @property
    def id(self) -> str:
        return hashlib.sha256(self.event.encode() + b" " + self.sound).hexdigest()[:32]


async def spoken_of(request: Request) -> Spoken:
    """The voice note in a request, of at most 2 MB. Raises RefusedError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        event, sound = await _in_a_form(request)
    elif kind.startswith(SOUND):
        event, sound = request.query_params.get("event", ""), await read_body(request, LARGEST, TOO_LARGE)
    else:
        raise RefusedError(415, UNREADABLE)
    if not EVENT.fullmatch(event):
        raise RefusedError(*MALFORMED)
    if not sound:
        raise RefusedError(422, EMPTY)
    if len(sound) > LARGEST:
        raise RefusedError(413, TOO_LARGE)
    return Spoken(event, sound)


async def _in_a_form(request: Request) -> tuple[str, bytes]:
    body = await read_body(request, LARGEST + AROUND, TOO_LARGE)

    async def once() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(request.headers, once(), max_files=1, max_fields=1, max_part_size=AROUND)
    parser.spool_max_size = len(body) + 1  # nothing of a voice is written to a disk
    try:
        form = await parser.parse()
    except MultiPartException:
        raise RefusedError(*MALFORMED) from None
    try:
        return await _fields(form)
    finally:
        await form.close()


async def _fields(form: FormData) -> tuple[str, bytes]:
    event, sound = form.get("event"), form.get("sound")
    if not isinstance(event, str) or not isinstance(sound, UploadFile):
        raise RefusedError(*MALFORMED)
    return event, await sound.read()
