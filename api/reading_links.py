"""Links by which a native reader, without an account, reads one part of a catalog: signed, and good until a day."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256

PATH = "/relire/"
PURPOSE = b"relire "  # a signature made for something else is no signature here


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who (a role) is asked to read which part of which language, the hash of what they are to see, until when."""

    language: str
    part: str
    seen: str
    reader: str
    until: date


class InvitationError(ValueError):
    """A link that opens nothing. ``message`` is the catalog message that says why and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def sign(invitation: Invitation, secret: str) -> str:
    """The token of an invitation: letters, digits, « - », « _ » and one dot."""
    content = json.dumps(asdict(invitation) | {"until": invitation.until.isoformat()}, ensure_ascii=False)
    body = urlsafe_b64encode(content.encode()).rstrip(b"=")
    return f"{body.decode()}.{_signature(body, secret)}"


def opened(token: str, secret: str, today: date) -> Invitation:
    """The invitation that a token carries. Raises InvitationError when it is not ours or its day is past."""
    body, _, signature = token.partition(".")
    if not token.isascii() or not hmac.compare_digest(_signature(body.encode(), secret), signature):
        raise InvitationError("followup.reading.unknown")
    content = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    invitation = Invitation(**content | {"until": date.fromisoformat(content["until"])})
    if today > invitation.until:
        raise InvitationError("followup.reading.expired")
    return invitation


def _signature(body: bytes, secret: str) -> str:
    digest = hmac.digest(secret.encode(), PURPOSE + body, sha256)
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
