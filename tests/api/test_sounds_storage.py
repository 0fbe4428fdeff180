"""Sounds that were made once, on both databases: found by what they say, sealed, and kept as long as they are used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from api.storage.sounds import Sounds
from api.storage.speech_schema import sounds
from api.storage.store import Store

MORNING = datetime(2026, 11, 2, 9, tzinfo=UTC)


class Clock:
    now = MORNING

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept(store: Store, clock: Clock) -> Sounds:
    return Sounds(store.engine, clock)


def rows(store: Store):
    with store.engine.connect() as connection:
        return connection.execute(select(sounds)).all()


def test_a_sound_is_found_by_what_it_says_and_by_nothing_else(kept: Sounds) -> None:
    kept.put("fr Bonjour.", b"OggS-one")
    assert kept.get("fr Bonjour.") == b"OggS-one"
    assert kept.get("fr Bonsoir.") is None


def test_of_two_sounds_that_say_the_same_the_first_is_kept(kept: Sounds) -> None:
    kept.put("fr Bonjour.", b"OggS-one")
    kept.put("fr Bonjour.", b"OggS-two")
    assert kept.get("fr Bonjour.") == b"OggS-one"


def test_neither_the_words_nor_the_sound_stand_in_the_table(kept: Sounds, store: Store) -> None:
    kept.put("fr Bonjour.", b"OggS-one")
    [row] = rows(store)
    assert "Bonjour" not in str(row) and b"OggS" not in row.sound


def test_that_a_sound_is_in_use_is_noted_once_a_day(kept: Sounds, store: Store, clock: Clock) -> None:
    kept.put("fr Bonjour.", b"OggS-one")
    clock.now = MORNING + timedelta(hours=23)
    kept.get("fr Bonjour.")
    assert rows(store)[0].used_at == MORNING
    clock.now = later = MORNING + timedelta(hours=25)
    kept.get("fr Bonjour.")
    assert rows(store)[0].used_at == later
