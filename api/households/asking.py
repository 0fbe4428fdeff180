"""An interview asks a household: the case's own token, and the question that leaves in the interview's transaction."""

from __future__ import annotations

from sqlalchemy import Connection

from api.households.desk import LINK, Desk
from api.signing import name_signed, signed_name
from api.storage.households import ErasedCaseError, Households, UnknownCaseError
from bot.followup.content import QUESTION, Content, HeldError
from bot.messages import Text

PURPOSE = b"menage "


def case_token(reference: str, secret: str) -> str:
    """What a visitor's link says to talk about a case: unguessable, and short enough for a Telegram link."""
    return signed_name(reference, PURPOSE, secret)


def case_of(token: str, secret: str) -> str | None:
    """The reference that a token of ours names, or None."""
    return name_signed(token, PURPOSE, secret)


class AskingDesk:
    """``bot.followup.asking.HouseholdDesk`` on a connection, whose transaction is the conversation's."""

    def __init__(self, desk: Desk, connection: Connection, secret: str, public_url: str) -> None:
        self._desk, self._secret, self._public_url = desk, secret, public_url
        self._households = Households(connection, desk.vault)

    def known(self, token: str) -> str | None:
        reference = case_of(token, self._secret)
        try:
            return None if reference is None else self._households.case(reference).reference
        except (UnknownCaseError, ErasedCaseError):
            return None

    def ask(self, reference: str, question: str, dialogue: str) -> Text:
        try:
            case = self._households.case(reference)
            sent = self._desk.send_in(self._households, case, Content(QUESTION, question, {"dialogue": dialogue}))
        except HeldError as held:
            return held.reason
        except (UnknownCaseError, ErasedCaseError):
            return Text("chat.unknown_household")
        if sent.channel != LINK:
            return Text("chat.asked_household", {"reference": reference})
        link = self._households.link_of(sent)
        assert link is not None  # noqa: S101  (what leaves by a link has one)
        address = f"{self._public_url}/m/{link.token}"
        return Text("chat.asked_by_link", {"reference": reference, "address": address})
