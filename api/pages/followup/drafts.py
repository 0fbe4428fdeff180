"""What a visitor is about to send, signed once it was shown and found fit: what leaves is what was previewed."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from hashlib import sha256

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
    body = urlsafe_b64encode(json.dumps(record, ensure_ascii=False).encode()).rstrip(b"=")
    return f"{body.decode()}.{_signature(body, secret)}"


def draft_of(written: str, case: str, secret: str) -> Draft:
    """The draft that was signed for this case. Raises DraftError."""
    body, _, signature = written.partition(".")
    if not written.isascii() or not hmac.compare_digest(_signature(body.encode(), secret), signature):
        raise DraftError
    try:
        record = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (Base64Error, ValueError) as error:
        raise DraftError from error
    if record["case"] != case:
        raise DraftError
    return Draft(record["case"], record["language"], record["event"], Content.from_record(record["content"]))


def _signature(body: bytes, secret: str) -> str:
    digest = hmac.digest(secret.encode(), PURPOSE + body, sha256)
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
