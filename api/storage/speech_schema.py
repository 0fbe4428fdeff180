"""The tables of speech: voice notes until they are heard, and sounds that were made once."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from api.storage.schema import Instant, Plain, metadata

# sound goes once it was heard, the row once what was understood is told. Both secrets are sealed under the row's key.
voice_notes = Table(
    "voice_notes",
    metadata,
    Column("id", String, primary_key=True),
    Column("dialogue", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("language", String, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("sealing", LargeBinary, nullable=False),
    Column("address", LargeBinary, nullable=False),
    Column("sound", LargeBinary),
    Column("reply", Plain),
    Column("taken_at", Instant, nullable=False, index=True),
)

# key: a hash of what is said; the sound is sealed under another hash of it: only whoever has the words opens it.
sounds = Table(
    "sounds",
    metadata,
    Column("key", String, primary_key=True),
    Column("sound", LargeBinary, nullable=False),
    Column("used_at", Instant, nullable=False, index=True),
)
