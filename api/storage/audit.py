"""The log of changes: who (an account's number and role) did what to what. Lines are added, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from api.access.roles import Account
from api.storage.review_schema import audit


def note(
    connection: Connection,
    by: Account | None,
    action: str,
    subject: str,
    subject_id: object,
    at: datetime,
    details: Mapping[str, object] | None = None,
) -> None:
    """Add a line in the caller's transaction. ``by``: None for the program itself; ``details``: ids, never words."""
    row = {
        "at": at,
        "account": by.id if by else None,
        "role": by.role if by else "program",
        "territory": by.territory if by else None,
        "action": action,
        "subject": subject,
        "subject_id": str(subject_id),
        "details": dict(details) if details else None,
    }
    connection.execute(audit.insert().values(row))
