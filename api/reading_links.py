"""Links by which a native reader, without an account, reads one part of a catalog: signed, and good until a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from api.signing import record_signed, signed_record
from bot.followup.catalog import REVIEWED, catalog
from bot.followup.catalog_text import parts
from bot.followup.reading import seen
from bot.followup.templates import templates
from bot.wording import SOURCE_LANGUAGE

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


def invitations(
    language: str, wanted: Sequence[str], reader: str, until: date
) -> Iterator[tuple[str, Invitation | None]]:
    """Each part to read with its invitation, None where words are missing. Without ``wanted``: those not reviewed."""
    french, read, known = catalog(SOURCE_LANGUAGE), catalog(language), parts(templates())
    for part in wanted or known:
        entries = [(read.entries.get(key), french.entries[key]) for key in known[part]]
        if any(entry is None or entry.empty for entry, _ in entries):
            yield part, None
        elif wanted or not all(entry and entry.state(source) == REVIEWED for entry, source in entries):
            yield part, Invitation(language, part, seen(part, read, french, templates()), reader, until)


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
