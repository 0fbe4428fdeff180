"""What lasts of Matrix beside conversations: how far its events are taken in, whose room is whose, what was offered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from api.storage.journal import Clock, SqlJournal, now
from api.storage.matrix_schema import matrix_positions, matrix_rooms
from api.storage.store import Store
from api.storage.vault import Vault
from bot.channels.matrix_rooms import FIRST_TIME, OTHER, VISITOR, Offered
from bot.channels.matrix_view import Choice

CHANNEL = "matrix"
REMEMBERED = 5  # messages of a room whose reactions are presses
FRESH = timedelta(days=1)  # how exactly it is known when somebody spoke last
_ROOM, _POSITION = matrix_rooms.c, matrix_positions.c


class MatrixRooms:
    """``bot.channels.matrix_rooms.MatrixMemory`` in the database. ``key``: a keyed hash; ``account``: the bot's id."""

    def __init__(self, store: Store, vault: Vault, key: Callable[[str], str], account: str, clock: Clock = now) -> None:
        self._store, self._vault, self._key, self._clock = store, vault, key, clock
        self._account = key(f"matrix account {account}")

    async def position(self) -> str | None:
        return await asyncio.to_thread(self.position_now)

    def position_now(self) -> str | None:
        with self._store.reading() as connection:
            return connection.scalar(select(_POSITION.position).where(_POSITION.account == self._account))

    async def keep_position(self, position: str) -> None:
        row = {"position": position, "kept_at": self._clock()}

        def kept(journal: SqlJournal) -> None:
            statement = _insert(journal.connection, matrix_positions).values(account=self._account, **row)
            journal.connection.execute(statement.on_conflict_do_update(index_elements=["account"], set_=row))

        await self._store.written(kept)

    async def speaker(self, room: str, sender: str, *, binds: bool = True) -> str:
        return await self._store.written(lambda journal: self._speaker(journal.connection, room, sender, binds))

    def _speaker(self, connection: Connection, room: str, sender: str, binds: bool) -> str:
        visitor, moment = self._visitor(sender), self._clock()
        if binds:
            self._bind(connection, room, visitor)
        found = connection.execute(select(matrix_rooms).where(self._is(room))).mappings().first()
        if found is None:
            return OTHER
        if found["visitor"] == visitor:
            if moment - found["spoken_at"] > FRESH:
                connection.execute(matrix_rooms.update().where(self._is(room)).values(spoken_at=moment))
            return VISITOR
        if not binds or found["others_told_at"] is not None:
            return OTHER
        connection.execute(matrix_rooms.update().where(self._is(room)).values(others_told_at=moment))
        return FIRST_TIME

    async def bound(self, room: str) -> bool:
        return await asyncio.to_thread(self._bound, room)

    def _bound(self, room: str) -> bool:
        with self._store.reading() as connection:
            return connection.scalar(select(_ROOM.room).where(self._is(room))) is not None

    async def offer(self, room: str, message: str, choices: Sequence[Choice]) -> None:
        new = {"message": message, "choices": [[choice.data, choice.label] for choice in choices]}

        def kept(journal: SqlJournal) -> None:
            before = journal.connection.scalar(select(_ROOM.offered).where(self._is(room))) or []
            last = [new, *(one for one in before if one["message"] != message)][:REMEMBERED]
            journal.connection.execute(matrix_rooms.update().where(self._is(room)).values(offered=last))

        await self._store.written(kept)

    async def offered(self, room: str) -> tuple[Offered, ...]:
        return await asyncio.to_thread(self.offered_now, room)

    def offered_now(self, room: str) -> tuple[Offered, ...]:
        with self._store.reading() as connection:
            kept = connection.scalar(select(_ROOM.offered).where(self._is(room))) or []
        return tuple(Offered(one["message"], tuple((data, label) for data, label in one["choices"])) for one in kept)

    async def room_of(self, visitor: str) -> str | None:
        return await asyncio.to_thread(self._room_of, visitor)

    def _room_of(self, visitor: str) -> str | None:
        theirs = select(_ROOM.sealing, _ROOM.address).where(_ROOM.visitor == self._visitor(visitor))
        with self._store.reading() as connection:
            found = connection.execute(theirs.order_by(_ROOM.spoken_at.desc(), _ROOM.room)).first()
        return None if found is None else str(self._vault.box(found.sealing).open(found.address))

    async def leave(self, room: str) -> None:
        gone = delete(matrix_rooms).where(self._is(room))
        await self._store.written(lambda journal: journal.connection.execute(gone))

    def _bind(self, connection: Connection, room: str, visitor: str) -> None:
        """The room becomes its first speaker's; once it is somebody's, it stays theirs."""
        if connection.scalar(select(_ROOM.room).where(self._is(room))) is not None:
            return
        sealing = self._vault.new_sealing()
        row = {"room": self._room(room), "visitor": visitor, "sealing": sealing, "spoken_at": self._clock()}
        row |= {"address": self._vault.box(sealing).seal(room), "offered": []}
        connection.execute(_insert(connection, matrix_rooms).values(row).on_conflict_do_nothing())

    def _is(self, room: str) -> Any:
        return _ROOM.room == self._room(room)

    def _room(self, room: str) -> str:
        return self._key(f"matrix room {room}")

    def _visitor(self, sender: str) -> str:
        """The key under which this person asks."""
        return self._key(f"{CHANNEL}:{sender}")


def _insert(connection: Connection, table: Any) -> Any:
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
