"""Voice notes of visitors, sealed: from when they are taken in until what was understood is told."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from api.storage.journal import Clock, now
from api.storage.speech_schema import voice_notes
from api.storage.vault import Vault
from bot import reply_record
from bot.listening import Note
from bot.messages import Reply

_C = voice_notes.c


@dataclass(frozen=True, slots=True)
class Kept:
    """A note that is here: its sound until it was heard, then what to say. ``address``: of who spoke."""

    note: Note
    address: str
    sound: bytes | None
    reply: Reply | None


class VoiceNotes:
    """The notes on a connection, whose transaction the caller commits or rolls back."""

    def __init__(self, connection: Connection, vault: Vault, clock: Clock = now) -> None:
        self._connection, self._vault, self._clock = connection, vault, clock

    def take(self, name: str, note: Note, address: str, sound: bytes) -> None:
        """Keep a note until it is heard. ``name``: its own, unguessable."""
        sealing = self._vault.new_sealing()
        box = self._vault.box(sealing)
        row = {"id": name, "dialogue": note.dialogue, "channel": note.channel, "language": note.language}
        row |= {"turn": note.turn, "sealing": sealing, "address": box.seal(address), "sound": box.seal_bytes(sound)}
        self._connection.execute(insert(voice_notes).values(row | {"taken_at": self._clock()}))

    def kept(self, name: str) -> Kept | None:
        """The note, or None where it is gone. Raises SealError."""
        row = self._connection.execute(select(voice_notes).where(_C.id == name)).mappings().first()
        if row is None:
            return None
        box = self._vault.box(row["sealing"])
        note = Note(row["dialogue"], row["channel"], row["language"], row["turn"])
        sound = box.open_bytes(row["sound"]) if row["sound"] is not None else None
        reply = reply_record.from_record(row["reply"]) if row["reply"] is not None else None
        return Kept(note, str(box.open(row["address"])), sound, reply)

    def heard(self, name: str, reply: Reply) -> None:
        """Do away with the sound, and keep what to say."""
        changed = {"sound": None, "reply": reply_record.to_record(reply)}
        self._connection.execute(update(voice_notes).where(_C.id == name).values(changed))

    def drop(self, name: str) -> None:
        """What was understood is told."""
        forget(self._connection, name)


def understood(connection: Connection, name: str) -> Reply | None:
    """What a note led to; None while it is being heard."""
    found = connection.scalar(select(_C.reply).where(_C.id == name))
    return reply_record.from_record(found) if found is not None else None


def is_kept(connection: Connection, name: str) -> bool:
    """Whether a note is here, heard or not."""
    return connection.scalar(select(_C.id).where(_C.id == name)) is not None


def forget(connection: Connection, name: str) -> None:
    """What was understood of a note is told."""
    connection.execute(delete(voice_notes).where(_C.id == name))
