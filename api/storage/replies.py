"""What households said, or did not get, and nobody has dealt with yet: oldest first, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, exists, select, text, tuple_

from api.storage.case_lists import waiting_in
from api.storage.engine import READ_ONLY
from api.storage.household_schema import WAITING, cases, household_messages
from api.storage.household_values import FAILED, Stored, opened_message
from api.storage.vault import Vault

PAGE, LATELY = 20, 30
_message, _case = household_messages.c, cases.c
URGENT, WORDS, VOICE, LOST = "urgent", "words", "voice", "lost"
ONLY: dict[str, Any] = {
    URGENT: _message.urgent,
    WORDS: _message.kind == "text",
    VOICE: _message.kind == "voice",
    LOST: _message.state == FAILED,
}


class Replies:
    """Reads on a database; what is read is opened here, for one request."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._reading = engine.execution_options(**{READ_ONLY: True})
        self._vault = vault

    def waiting(self, territory: str, only: str = "", after: str = "") -> tuple[list[Stored], str | None]:
        """A page, and after which message the next one begins. ``only``: one of ONLY, else all."""
        chosen = select(_message.id).where(waiting_in(territory)).order_by(_message.made_at, _message.id)
        if only in ONLY:
            chosen = chosen.where(ONLY[only])
        with self._reading.begin() as connection:
            if after:
                moment = connection.scalar(select(_message.made_at).where(_message.id == after))
                if moment is not None:
                    chosen = chosen.where(tuple_(_message.made_at, _message.id) > tuple_(moment, after))
            ids = list(connection.scalars(chosen.limit(PAGE + 1)))
            found = self._opened(connection, ids[:PAGE])
        return found, found[-1].id if len(ids) > PAGE else None

    def handled(self, territory: str) -> list[Stored]:
        """What was dealt with lately, the last first."""
        theirs = (_case.reference == _message.case_ref) & (_case.territory == territory) & _case.sealing.is_not(None)
        chosen = select(_message.id).where(_message.handled_at.is_not(None), exists().where(theirs))
        with self._reading.begin() as connection:
            ids = list(
                connection.scalars(chosen.order_by(_message.handled_at.desc(), _message.id.desc()).limit(LATELY))
            )
            return self._opened(connection, ids)

    def _opened(self, connection: Connection, ids: Sequence[str]) -> list[Stored]:
        joined = select(household_messages, _case.sealing).join(cases, _case.reference == _message.case_ref)
        rows = {row["id"]: row for row in connection.execute(joined.where(_message.id.in_(ids))).mappings()}
        return [opened_message(rows[one], self._vault.box(rows[one]["sealing"])) for one in ids]


def set_handled(connection: Connection, message: str, moment: Any) -> bool:
    """Note in the caller's transaction that a message is dealt with; with None, that it waits again. Whether it
    changed."""
    which = text(WAITING) if moment is not None else _message.handled_at.is_not(None)
    changed = household_messages.update().where(_message.id == message, which).values(handled_at=moment)
    return connection.execute(changed).rowcount == 1
