"""All that is kept about a household, opened: what it may ask for."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from sqlalchemy import Table, select

from api.storage.household_schema import cases, consents, dues, episodes, household_audio, household_messages, links
from api.storage.households import Households

SEALED = ("address", "sender", "alert_address", "visitor_address", "content", "sent", "token", "text")
NEVER = ("sealing", "address_key", "visitor", "key")  # keys, and keyed hashes: they say nothing of the household


def everything(households: Households, reference: str) -> dict[str, Any]:
    """Plain values, dates as dates; a sound is base64. Raises UnknownCaseError, ErasedCaseError."""
    households.case(reference)
    whole: dict[str, Any] = {"case": _rows(households, cases, cases.c.reference, reference)[0]}
    for name, table in (("episodes", episodes), ("consents", consents), ("messages", household_messages)):
        whole[name] = _rows(households, table, table.c.case_ref, reference)
    whole["links"] = _rows(households, links, links.c.case_ref, reference)
    whole["dues"] = _rows(households, dues, dues.c.case_ref, reference)
    whole["audio"] = [_sound(households, one["id"]) for one in whole["messages"] if _has_sound(households, one["id"])]
    return whole


def _rows(households: Households, table: Table, column: Any, reference: str) -> list[dict[str, Any]]:
    box = households.box(reference)
    found = households.connection.execute(select(table).where(column == reference)).mappings().all()
    return [
        {
            name: box.open(value) if name in SEALED and value is not None else value
            for name, value in row.items()
            if name not in NEVER
        }
        for row in found
    ]


def _has_sound(households: Households, message: str) -> bool:
    which = select(household_audio.c.message).where(household_audio.c.message == message)
    return households.connection.scalar(which) is not None


def _sound(households: Households, message: str) -> dict[str, str]:
    found = households.sound(message)
    assert found is not None  # noqa: S101  (it was asked)
    media, sound = found
    return {"message": message, "media": media, "base64": b64encode(sound).decode()}
