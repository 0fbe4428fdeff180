"""Sounds that were made once, by what they say. Only whoever has the words finds and opens them."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256

from cryptography.fernet import Fernet
from sqlalchemy import Engine, select, update
from sqlalchemy.dialects import postgresql, sqlite

from api.storage.engine import READ_ONLY
from api.storage.journal import Clock, now
from api.storage.speech_schema import sounds

_C = sounds.c
NOTED_AGAIN = timedelta(days=1)


class Sounds:
    """The sounds of a database; each method is a transaction."""

    def __init__(self, engine: Engine, clock: Clock = now) -> None:
        self._engine, self._clock = engine, clock
        self._reading = engine.execution_options(**{READ_ONLY: True})

    def get(self, said: str) -> bytes | None:
        """The sound that says this. That it is in use is noted once a day: listening takes no write lock."""
        wanted = _C.key == _key(said)
        with self._reading.connect() as connection:
            found = connection.execute(select(_C.sound, _C.used_at).where(wanted)).one_or_none()
        if found is None:
            return None
        if found.used_at < self._clock() - NOTED_AGAIN:
            with self._engine.begin() as connection:
                connection.execute(update(sounds).where(wanted).values(used_at=self._clock()))
        return _seal(said).decrypt(found.sound)

    def put(self, said: str, sound: bytes) -> None:
        """Keep a sound; of two that say the same, the first."""
        row = {"key": _key(said), "sound": _seal(said).encrypt(sound), "used_at": self._clock()}
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        with self._engine.begin() as connection:
            connection.execute(dialect.insert(sounds).values(row).on_conflict_do_nothing())


def _key(said: str) -> str:
    return sha256(f"name {said}".encode()).hexdigest()


def _seal(said: str) -> Fernet:
    return Fernet(urlsafe_b64encode(sha256(f"seal {said}".encode()).digest()))
