"""Everything that is kept of one person, read: a visitor by their keyed hashes, an account by its number."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Connection, Table, func, or_, select

from api.storage.access_schema import accounts, api_keys, invitations, sessions, visitors
from api.storage.erasing import SIGNED
from api.storage.household_schema import cases
from api.storage.matrix_rooms import opened_offers
from api.storage.matrix_schema import matrix_rooms
from api.storage.review_schema import (
    audit,
    doctrines,
    reviews,
    signings,
    tidings,
    verdicts,
    vignette_answers,
    vignettes,
    webhooks,
)
from api.storage.schema import dialogues, enquiries
from api.storage.speech_schema import voice_notes
from api.storage.vault import SealError, Vault

Rows = Mapping[str, list[dict[str, Any]]]
SECRET = frozenset({"sealing", "password", "totp", "totp_used", "secret", "key"})


def of_visitor(connection: Connection, keys: Collection[str], vault: Vault) -> Rows:
    """Every row about a visitor, by table; their address opened. Of a verdict on their questions, not who gave it."""
    asked = select(enquiries.c.token).where(enquiries.c.asker.in_(keys))
    rooms = matrix_rooms.c.visitor.in_(keys)
    found = {
        "visitors": _rows(connection, visitors, visitors.c.key.in_(keys), but=("address",)),
        "dialogues": _rows(connection, dialogues, dialogues.c.key.in_(keys)),
        "voice_notes": _rows(connection, voice_notes, voice_notes.c.dialogue.in_(keys), but=("address", "sound")),
        "enquiries": _rows(connection, enquiries, enquiries.c.asker.in_(keys)),
        "reviews": _rows(connection, reviews, reviews.c.token.in_(asked), but=("assignee",)),
        "verdicts": _rows(connection, verdicts, verdicts.c.token.in_(asked), but=("account",)),
        "matrix_rooms": _rows(connection, matrix_rooms, rooms, but=("address", "room", "offered")),
        "tidings": _rows(connection, tidings, tidings.c.visitor.in_(keys)),
        "vignette_answers": _rows(connection, vignette_answers, vignette_answers.c.visitor.in_(keys)),
        "cases": _rows(connection, cases, cases.c.visitor.in_(keys), only=("reference", "territory", "opened_at")),
    }
    for row, address in zip(found["visitors"], _addresses(connection, keys, vault), strict=True):
        row["address"] = address
    for row, offered in zip(found["matrix_rooms"], _offered(connection, keys, vault), strict=True):
        row["offered"] = offered
    return found


def of_account(connection: Connection, number: int) -> Rows:
    """Every row about an account, by table: what it is, did, made and signed. No secret of it."""
    name = connection.scalar(select(accounts.c.name).where(accounts.c.id == number))
    found = {
        "accounts": _rows(connection, accounts, accounts.c.id == number),
        "sessions": _rows(connection, sessions, sessions.c.account == number),
        "verdicts": _rows(connection, verdicts, verdicts.c.account == number),
        "reviews": _rows(connection, reviews, reviews.c.assignee == number, only=("token", "asked_at", "state")),
        "invitations": _rows(connection, invitations, invitations.c.made_by == number),
        "doctrines": _rows(connection, doctrines, doctrines.c.written_by == number),
        "signings": _rows(connection, signings, signings.c.account == number),
        "vignettes": _rows(connection, vignettes, vignettes.c.made_by == number),
        "api_keys": _rows(connection, api_keys, api_keys.c.made_by == number),
        "webhooks": _rows(connection, webhooks, webhooks.c.made_by == number),
        "audit": _rows(connection, audit, audit.c.account == number),
    }
    signed = {f"{c.table.name}.{c.name}": _how_many(connection, c, name) for c in SIGNED}
    return {**found, "signed": [{"where": where, "times": times} for where, times in signed.items() if times]}


def asker_of(connection: Connection, token: str) -> tuple[str, str | None] | None:
    """Who asked the question of this answer, and in which territory; None for no such answer."""
    row = connection.execute(select(enquiries.c.asker, enquiries.c.territory).where(enquiries.c.token == token)).first()
    return None if row is None else (row.asker, row.territory)


def known(connection: Connection, keys: Collection[str]) -> bool:
    """Whether anything at all is kept under these hashes."""
    there = (
        select(visitors.c.key).where(visitors.c.key.in_(keys)),
        select(dialogues.c.key).where(dialogues.c.key.in_(keys)),
        select(enquiries.c.id).where(enquiries.c.asker.in_(keys)),
        select(matrix_rooms.c.room).where(matrix_rooms.c.visitor.in_(keys)),
        select(tidings.c.id).where(tidings.c.visitor.in_(keys)),
        select(vignette_answers.c.vignette).where(vignette_answers.c.visitor.in_(keys)),
        select(cases.c.reference).where(cases.c.visitor.in_(keys)),
    )
    return any(connection.execute(one.limit(1)).first() is not None for one in there)


def beyond(connection: Connection, keys: Collection[str], territory: str | None) -> bool:
    """Whether something of this visitor belongs to another territory than this one."""
    for table, key in (
        (visitors, visitors.c.key),
        (dialogues, dialogues.c.key),
        (enquiries, enquiries.c.asker),
        (cases, cases.c.visitor),
    ):
        other = or_(table.c.territory != territory, table.c.territory.is_(None))
        if connection.execute(select(key).where(key.in_(keys), other).limit(1)).first() is not None:
            return True
    return False


def account_named(connection: Connection, name: str) -> Mapping[str, Any] | None:
    """The account of this name, open or closed: its number, name, role and territory."""
    wanted = select(accounts.c.id, accounts.c.name, accounts.c.role, accounts.c.territory)
    return connection.execute(wanted.where(accounts.c.name == name.strip().lower())).mappings().first()


def _addresses(connection: Connection, keys: Collection[str], vault: Vault) -> list[object]:
    wanted = select(visitors.c.sealing, visitors.c.address).where(visitors.c.key.in_(keys)).order_by(visitors.c.key)
    found: list[object] = []
    for row in connection.execute(wanted):
        sealed = row.sealing is not None and row.address is not None
        found.append(_opened(vault, row) if sealed else None)
    return found


def _offered(connection: Connection, keys: Collection[str], vault: Vault) -> Iterator[object]:
    """The choices that stand in each room, or None where the key that they were sealed under is not there any more."""
    theirs = matrix_rooms.c.visitor.in_(keys)
    for row in connection.execute(select(matrix_rooms).where(theirs).order_by(matrix_rooms.c.room)):
        try:
            yield opened_offers(row, vault)
        except SealError:
            yield None


def _opened(vault: Vault, row: Any) -> object:
    """The address, or None where the key that it was sealed under is not there any more: it can still be erased."""
    try:
        return vault.box(row.sealing).open(row.address)
    except SealError:
        return None


def _rows(
    connection: Connection, table: Table, which: Any, *, only: Collection[str] = (), but: Collection[str] = ()
) -> list[dict[str, Any]]:
    hidden = SECRET - ({"key"} if table in (visitors, dialogues) else set())
    names = only or [c.name for c in table.columns if c.name not in hidden and c.name not in but]
    wanted = select(*(table.c[name] for name in names)).where(which).order_by(*table.primary_key.columns)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def _how_many(connection: Connection, column: Column[Any], name: str | None) -> int:
    return connection.scalar(select(func.count()).select_from(column.table).where(column == name)) or 0
