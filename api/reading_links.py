"""Links by which a native reader, without an account, reads one part of a catalog: signed, and good until a day."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from api.signing import record_signed, signed_record

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
    return signed_record(asdict(invitation) | {"until": invitation.until.isoformat()}, PURPOSE, secret)


def opened(token: str, secret: str, today: date) -> Invitation:
    """The invitation that a token carries. Raises InvitationError when it is not ours or its day is past."""
    content = record_signed(token, PURPOSE, secret)
    if content is None:
        raise InvitationError("followup.reading.unknown")
    invitation = Invitation(**content | {"until": date.fromisoformat(content["until"])})
    if today > invitation.until:
        raise InvitationError("followup.reading.expired")
    return invitation
