"""The tables of Matrix: how far its events are taken in, and whose room is whose."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, String, Table

from api.storage.schema import Instant, Plain, metadata

# account: the keyed hash of the bot's own id.
matrix_positions = Table(
    "matrix_positions",
    metadata,
    Column("account", String, primary_key=True),
    Column("position", String, nullable=False),
    Column("kept_at", Instant, nullable=False),
)

# room: the keyed hash of its id, which address holds sealed. visitor: the keyed hash under which its visitor asks.
# offered: the last messages with choices, sealed: what a household is asked tells of it.
matrix_rooms = Table(
    "matrix_rooms",
    metadata,
    Column("room", String, primary_key=True),
    Column("visitor", String, nullable=False, index=True),
    Column("sealing", LargeBinary, nullable=False),
    Column("address", LargeBinary, nullable=False),
    Column("offered", Plain, nullable=False),
    Column("others_told_at", Instant),
    Column("spoken_at", Instant, nullable=False, index=True),
)
