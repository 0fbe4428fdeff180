"""Dealing with what a household said: noted, or taken back, by somebody of its own territory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from api.access.roles import Account
from api.storage.audit import note
from api.storage.households import ErasedCaseError
from api.storage.journal import Clock, now
from api.storage.replies import set_handled
from api.storage.store import Store
from api.storage.vault import Vault

HANDLED, AGAIN = "reply.handled", "reply.waits_again"


@dataclass(frozen=True)
class ReplyDesk:
    """What coordinators do with replies."""

    store: Store
    vault: Vault
    clock: Clock = now

    def handle(self, message: str, by: Account) -> str | None:
        """Note that a message is dealt with: its case's reference; None where no such message is theirs."""
        return self._set(message, by, HANDLED, lambda moment: moment)

    def take_back(self, message: str, by: Account) -> str | None:
        """The message waits again. The reference of its case, or None."""
        return self._set(message, by, AGAIN, lambda _: None)

    def _set(self, message: str, by: Account, action: str, when: Callable[[datetime], datetime | None]) -> str | None:
        moment = self.clock()
        try:
            with self.store.households(self.vault) as households:
                case = households.case(households.message(message).case)
                if not by.sees(case.territory):
                    return None
                if set_handled(households.connection, message, when(moment)):
                    note(households.connection, by, action, "message", message, moment, {"case": case.reference})
                return case.reference
        except (LookupError, ErasedCaseError):
            return None
