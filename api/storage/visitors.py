"""Visitors who may ask: by an invitation, or in a territory that is open. What reaches them is sealed, each their own.

Erasing a visitor destroys the key under which their address is sealed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from api.storage.access_schema import visitors
from api.storage.quick import Quick, bound_columns
from api.storage.vault import Vault

REACHED = ("telegram", "matrix")  # channels by which a visitor can be written to; the others tell at the next visit


@dataclass(frozen=True, slots=True)
class Visitor:
    """``key``: the asker's keyed hash. ``address``: the channel's own key of the chat; None once erased."""

    key: str
    channel: str
    territory: str | None
    language: str
    address: str | None


def _join(insert: Any) -> Any:
    made = insert(visitors).values(bound_columns(visitors))
    changes = {column.name: made.excluded[column.name] for column in visitors.c if not column.primary_key}
    return made.on_conflict_do_update(index_elements=["key"], set_=changes)


_JOIN = Quick(_join)
_JOINED = Quick(select(visitors.c.key).where(visitors.c.key == bindparam("of_key"), visitors.c.left_at.is_(None)))
_REACHED = Quick(select(visitors.c.address, visitors.c.left_at).where(visitors.c.key == bindparam("of_key")))


class Visitors:
    """The table on a connection, whose transaction the caller commits or rolls back."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self.connection, self._vault = connection, vault

    def visitor(self, key: str) -> Visitor | None:
        """Who asks under this key, if they have joined and not left."""
        mine = (visitors.c.key == key) & visitors.c.left_at.is_(None)
        row = self.connection.execute(select(visitors).where(mine)).mappings().first()
        if row is None:
            return None
        address = None
        if row["sealing"] is not None and row["address"] is not None:
            address = str(self._vault.box(row["sealing"]).open(row["address"]))
        return Visitor(row["key"], row["channel"], row["territory"], row["language"], address)

    def joined(self, key: str) -> bool:
        """Whether somebody under this key has joined and not left."""
        return _JOINED.value(self.connection, of_key=key) is not None

    def territory(self, key: str) -> str | None:
        """The territory that they have joined; None for none, and where they have not joined. It opens no seal."""
        mine = (visitors.c.key == key) & visitors.c.left_at.is_(None)
        return self.connection.scalar(select(visitors.c.territory).where(mine))

    def join(self, visitor: Visitor, at: datetime, invitation: int | None = None) -> None:
        """Insert, or take up again; what was known before is replaced."""
        sealing = self._vault.new_sealing()
        sealed = None if visitor.address is None else self._vault.box(sealing).seal(visitor.address)
        row = {
            "key": visitor.key,
            "channel": visitor.channel,
            "territory": visitor.territory,
            "language": visitor.language,
            "invitation": invitation,
            "sealing": sealing,
            "address": sealed,
            "joined_at": at,
            "left_at": None,
        }
        _JOIN.run(self.connection, **row)

    def speaks(self, key: str, language: str) -> None:
        """From now on they are told in this language."""
        self.connection.execute(visitors.update().where(visitors.c.key == key).values(language=language))

    def leave(self, key: str, at: datetime) -> None:
        """They may not ask any more, and their address and the key that sealed it are gone."""
        gone = {"left_at": at, "sealing": None, "address": None}
        self.connection.execute(visitors.update().where(visitors.c.key == key).values(gone))

    def unreached(self, key: str) -> bool:
        """Whether nothing says where they can be written to, and they have not left."""
        row = _REACHED.first(self.connection, of_key=key)
        return row is None or row == (None, None)

    def reach(self, visitor: Visitor, at: datetime) -> None:
        """From now on they can be written to at this address; who has not joined by an invitation is taken in."""
        if self.visitor(visitor.key) is None:
            self.join(visitor, at)
            return
        sealing = self._vault.new_sealing()
        sealed = {"sealing": sealing, "address": self._vault.box(sealing).seal(visitor.address)}
        self.connection.execute(visitors.update().where(visitors.c.key == visitor.key).values(sealed))
