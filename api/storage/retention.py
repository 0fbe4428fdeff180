"""What is past its time, kind by kind, and how it goes: a select of its keys, and what is done with a batch of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Connection, Select, Table, delete, exists, func, or_, select, text, tuple_, union

from api.storage import job_tables
from api.storage.access_schema import accounts, api_keys, invitations, sessions, visitors
from api.storage.erasing import FORGOTTEN, NO_HOUSEHOLDS, NOBODY, forget_account, forget_answer
from api.storage.household_schema import cases, household_audio, household_messages, links, recordings
from api.storage.households import Households
from api.storage.matrix_schema import matrix_rooms
from api.storage.review_schema import abandoned, deliveries, tidings, vignette_answers
from api.storage.schema import dialogues, enquiries, events
from api.storage.speech_schema import sounds, voice_notes
from api.storage.vault import Vault

Keys = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Sweep:
    """``due``: the keys of what is past its time before a moment. ``take``: does away with a batch of them.
    ``oldest``: the earliest moment that something of this kind is kept from."""

    due: Callable[[Connection, datetime], Select[Any]]
    take: Callable[[Connection, Keys, Vault], None]
    oldest: Callable[[Connection], datetime | None]


def count_due(connection: Connection, sweep: Sweep, before: datetime) -> int:
    """How many are past their time."""
    found = sweep.due(connection, before).order_by(None).subquery()
    return connection.scalar(select(func.count()).select_from(found)) or 0


def _deleting(table: Table, moment: Column[Any] | Any, *more: Any) -> Sweep:
    """Rows that are deleted once this moment of theirs is past."""
    key = tuple(table.primary_key.columns)

    def due(_connection: Connection, before: datetime) -> Any:
        return select(*key).where(moment < before, *more)

    def take(connection: Connection, keys: Keys, _vault: Vault) -> None:
        connection.execute(delete(table).where(_among(key, keys)))

    return Sweep(due, take, lambda connection: connection.scalar(select(func.min(moment)).where(*more)))


def _among(key: Sequence[Column[Any]], keys: Keys) -> Any:
    if len(key) == 1:
        return key[0].in_([one[0] for one in keys])
    return tuple_(*key).in_([tuple(one) for one in keys])


def _questions() -> Sweep:
    known = text("asker <> ''")

    def due(_connection: Connection, before: datetime) -> Any:
        return select(enquiries.c.id).where(known, enquiries.c.asked_at < before)

    def take(connection: Connection, keys: Keys, _vault: Vault) -> None:
        those = enquiries.c.id.in_([one[0] for one in keys])
        connection.execute(enquiries.update().where(those).values(NOBODY))

    return Sweep(due, take, lambda connection: connection.scalar(select(func.min(enquiries.c.asked_at)).where(known)))


def _interviews() -> Sweep:
    emptied = ("interview", "answer_token", "household", "asking", "proposed")
    some = or_(*(dialogues.c[name].is_not(None) for name in emptied))

    def due(_connection: Connection, before: datetime) -> Any:
        return select(dialogues.c.key).where(some, dialogues.c.kept_at < before)

    def take(connection: Connection, keys: Keys, _vault: Vault) -> None:
        those = dialogues.c.key.in_([one[0] for one in keys])
        connection.execute(dialogues.update().where(those).values(dict.fromkeys(emptied)))

    return Sweep(due, take, lambda connection: connection.scalar(select(func.min(dialogues.c.kept_at)).where(some)))


def _visitors() -> Sweep:
    """Who has not come for long: their chat, and the key under which their address is sealed."""

    def due(_connection: Connection, before: datetime) -> Any:
        idle = select(dialogues.c.key).where(dialogues.c.kept_at < before)
        lately = exists().where(dialogues.c.key == visitors.c.key, dialogues.c.kept_at >= before)
        never = select(visitors.c.key).where(visitors.c.joined_at < before, ~lately)
        found = union(idle, never).subquery()
        return select(found.c.key)

    def take(connection: Connection, keys: Keys, _vault: Vault) -> None:
        for table in (visitors, dialogues):
            connection.execute(delete(table).where(table.c.key.in_([one[0] for one in keys])))

    return Sweep(due, take, lambda connection: connection.scalar(select(func.min(dialogues.c.kept_at))))


def _vignette_answers() -> Sweep:
    known = ~vignette_answers.c.visitor.startswith(FORGOTTEN)

    def due(_connection: Connection, before: datetime) -> Any:
        key = (vignette_answers.c.vignette, vignette_answers.c.visitor)
        return select(*key).where(known, vignette_answers.c.answered_at < before)

    def take(connection: Connection, keys: Keys, _vault: Vault) -> None:
        for vignette, visitor in keys:
            forget_answer(connection, vignette, visitor)

    moment = vignette_answers.c.answered_at
    return Sweep(due, take, lambda connection: connection.scalar(select(func.min(moment)).where(known)))


def _accounts() -> Sweep:
    known = ~accounts.c.name.startswith(FORGOTTEN)

    def due(_connection: Connection, before: datetime) -> Any:
        return select(accounts.c.id, accounts.c.closed_at).where(known, accounts.c.closed_at < before)

    def take(connection: Connection, keys: Keys, _vault: Vault) -> None:
        for number, closed_at in keys:
            forget_account(connection, number, closed_at)

    return Sweep(due, take, lambda connection: connection.scalar(select(func.min(accounts.c.closed_at)).where(known)))


def _invitations() -> Sweep:
    over = func.coalesce(invitations.c.ended_at, invitations.c.until)
    over.type = invitations.c.until.type
    plain = _deleting(invitations, over)

    def take(connection: Connection, keys: Keys, vault: Vault) -> None:
        by_it = visitors.c.invitation.in_([one[0] for one in keys])
        connection.execute(visitors.update().where(by_it).values(invitation=None))
        plain.take(connection, keys, vault)

    return Sweep(plain.due, take, plain.oldest)


def _household_messages() -> Sweep:
    def due(_connection: Connection, before: datetime) -> Any:
        wanted = select(household_messages.c.id).join(cases, cases.c.reference == household_messages.c.case_ref)
        return wanted.where(cases.c.closed_at < before)

    def take(connection: Connection, keys: Keys, _vault: Vault) -> None:
        _forget_messages(connection, household_messages.c.id.in_([one[0] for one in keys]))

    moment = household_messages.c.made_at
    return Sweep(due, take, lambda connection: connection.scalar(select(func.min(moment))))


def _household_links() -> Sweep:
    def due(_connection: Connection, before: datetime) -> Any:
        closed = select(links.c.key).join(cases, cases.c.reference == links.c.case_ref)
        return closed.where(cases.c.closed_at < before)

    def take(connection: Connection, keys: Keys, _vault: Vault) -> None:
        those = [one[0] for one in keys]
        _forget_messages(connection, household_messages.c.link.in_(those))
        connection.execute(delete(links).where(links.c.key.in_(those)))

    return Sweep(due, take, lambda connection: connection.scalar(select(func.min(links.c.made_at))))


def _forget_messages(connection: Connection, those: Any) -> None:
    spoken = household_audio.c.message.in_(select(household_messages.c.id).where(those))
    connection.execute(delete(household_audio).where(spoken))
    connection.execute(delete(household_messages).where(those))


def _household_voices() -> Sweep:
    def due(_connection: Connection, before: datetime) -> Any:
        made = household_messages.c.made_at < before
        return select(household_audio.c.message).join(household_messages).where(made)

    def take(connection: Connection, keys: Keys, _vault: Vault) -> None:
        connection.execute(delete(household_audio).where(household_audio.c.message.in_([one[0] for one in keys])))

    kept = select(func.min(household_messages.c.made_at)).join(household_audio)
    return Sweep(due, take, lambda connection: connection.scalar(kept))


def _household_cases() -> Sweep:
    known = cases.c.sealing.is_not(None)

    def due(_connection: Connection, before: datetime) -> Any:
        return select(cases.c.reference, cases.c.closed_at).where(known, cases.c.closed_at < before)

    def take(connection: Connection, keys: Keys, vault: Vault) -> None:
        households = Households(connection, vault)
        for reference, closed_at in keys:
            households.erase(reference)
            households.change(reference, closed_at=closed_at)  # a figure: when it ended, not when it was forgotten

    return Sweep(due, take, lambda connection: connection.scalar(select(func.min(cases.c.closed_at)).where(known)))


def _jobs() -> Sweep:
    def due(connection: Connection, before: datetime) -> Any:
        if not job_tables.there(connection):
            return select(events.c.event).where(text("1 = 0"))
        return job_tables.finished(connection, before)

    def take(connection: Connection, keys: Keys, _vault: Vault) -> None:
        job_tables.forget(connection, [one[0] for one in keys])

    def oldest(connection: Connection) -> datetime | None:
        first = job_tables.oldest(connection) if job_tables.there(connection) else None
        return None if first is None else datetime.fromtimestamp(first / 1000, UTC)

    return Sweep(due, take, oldest)


# In this order: what goes with something else comes before it, so that it is counted.
SWEEPS: Mapping[str, tuple[Sweep, ...]] = {
    "questions": (_questions(),),
    "interviews": (_interviews(),),
    "visitors": (_visitors(),),
    "invitations": (_invitations(),),
    "matrix_rooms": (_deleting(matrix_rooms, matrix_rooms.c.spoken_at, NO_HOUSEHOLDS),),
    "tidings": (_deleting(tidings, tidings.c.made_at),),
    "vignette_answers": (_vignette_answers(),),
    "events": (_deleting(events, events.c.taken_at),),
    "voice_notes": (_deleting(voice_notes, voice_notes.c.taken_at),),
    "sounds": (_deleting(sounds, sounds.c.used_at),),
    "abandoned": (_deleting(abandoned, abandoned.c.left_at),),
    "sessions": (_deleting(sessions, sessions.c.until),),
    "accounts": (_accounts(),),
    "api_keys": (_deleting(api_keys, api_keys.c.ended_at),),
    "deliveries": (_deleting(deliveries, deliveries.c.made_at),),
    "household_voices": (_household_voices(),),
    "household_messages": (_household_messages(), _household_links()),
    "household_cases": (_household_cases(),),
    "recordings": (_deleting(recordings, recordings.c.made_at),),
    "jobs": (_jobs(),),
}
