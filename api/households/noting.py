"""What a use case writes beside, in its own transaction: a line of the log of changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from api.access.roles import Account
from api.storage.audit import note

Noting = Callable[[Connection, str], None]
"""Called within the transaction, with the id of what the use case was about."""


def nothing_noted(_connection: Connection, _about: str) -> None:
    """Nothing is written beside."""


def noted(by: Account, action: str, subject: str, at: datetime, subject_id: object = None) -> Noting:
    """A line of the log. ``subject_id``: None for what the use case is about, else that goes to the details."""

    def noting(connection: Connection, about: str) -> None:
        if subject_id is None:
            note(connection, by, action, subject, about, at)
        else:
            note(connection, by, action, subject, subject_id, at, {"case": about})

    return noting
