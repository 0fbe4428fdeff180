"""Sound on Matrix, both ways: a voice note fetched and decrypted, and a reply that is heard."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import numpy as np

from bot.channels.matrix_client import TOO_LARGE as LARGER
from bot.channels.matrix_client import Homeserver
from bot.channels.matrix_errors import RefusedError
from bot.channels.matrix_events import SPOKEN, Recording
from bot.channels.matrix_keys import Through
from bot.channels.voice_notes import NOT_FETCHED, TOO_LARGE, FetchError, ensure_small
from bot.speech.errors import SoundError
from bot.speech.limits import LARGEST
from bot.speech.sounded import OGG, Sounded
from bot.speech.sounds import LONGEST_READ, read

FETCHING = 30.0  # seconds that a voice note may take to come
BARS, LOUDEST = 60, 1024  # of the picture of a sound: how many, and how high at most
NAMES = {OGG: "voix.ogg"}
OTHER_NAME = "voix.mp3"


async def voice_of(homeserver: Homeserver, recording: Recording) -> bytes:
    """What was said. Raises FetchError, or TokenError; what is too long or too large as announced is not fetched."""
    ensure_small(recording.seconds, recording.size)
    return await fetch(homeserver, recording)


async def fetch(homeserver: Homeserver, recording: Recording) -> bytes:
    """What was said, however long. Raises FetchError, or TokenError."""
    try:
        async with asyncio.timeout(FETCHING):
            found = await homeserver.insist(lambda: homeserver.fetch(recording.url, LARGEST))
    except RefusedError as refused:
        raise FetchError(TOO_LARGE if refused.code == LARGER else NOT_FETCHED) from None
    except TimeoutError:
        raise FetchError(NOT_FETCHED) from None
    return found if recording.file is None else _opened(found, recording.file)


async def heard(homeserver: Homeserver, through: Through, sound: Sounded, *, sealed: bool) -> dict[str, object]:
    """The sound, given to the homeserver to keep: the content of the message that plays it. Raises as ``through``.

    ``sealed``: for an encrypted room, where the homeserver gets nothing that can be heard.
    """
    media, content = sound
    seconds, picture = await asyncio.to_thread(_picture, content)
    kept, key = _sealed(content) if sealed else (content, {})
    name, length = NAMES.get(media, OTHER_NAME), round(seconds * 1000)

    async def uploaded() -> Any:
        kind = "application/octet-stream" if sealed else media
        answer, _ = await homeserver.client.upload(io.BytesIO(kept), kind, name, filesize=len(kept))
        return answer

    address = (await through(uploaded)).content_uri
    return {
        "msgtype": "m.audio",
        "body": name,
        "info": {"mimetype": media, "size": len(content), "duration": length},
        "org.matrix.msc1767.audio": {"duration": length, "waveform": picture},
        **({SPOKEN: {}} if media == OGG else {}),
        **({"file": {**key, "url": address}} if sealed else {"url": address}),
    }


def _picture(content: bytes) -> tuple[float, list[int]]:
    """How long a sound is, in seconds, and how loud in each of its parts; nothing of one that cannot be read."""
    try:
        sound = read(content, longest=LONGEST_READ)
    except SoundError:
        return 0.0, []
    parts = np.array_split(np.abs(sound.samples.astype(np.float64)), BARS)
    loudness = [float(part.mean()) if part.size else 0.0 for part in parts]
    most = max(*loudness, 1.0)
    return sound.seconds, [round(LOUDEST * one / most) for one in loudness]


def _sealed(content: bytes) -> tuple[bytes, dict[str, Any]]:
    from nio.crypto.attachments import encrypt_attachment

    return encrypt_attachment(content)


def _opened(content: bytes, file: Any) -> bytes:
    """Raises FetchError where the file is another than was announced."""
    from nio import EncryptionError
    from nio.crypto.attachments import decrypt_attachment

    try:
        return decrypt_attachment(content, file["key"]["k"], file["hashes"]["sha256"], file["iv"])
    except (EncryptionError, KeyError, TypeError, ValueError):
        raise FetchError(NOT_FETCHED) from None
