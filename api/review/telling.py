"""A visitor is to be told: noted with what happened, in one transaction, and told by a job once it is committed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from api.households.jobs import TELL_ASKER, Jobs
from api.storage.tidings import Tiding, add_tiding


def tell(connection: Connection, jobs: Jobs, visitor: str, kind: str, about: object, at: datetime) -> Tiding:
    """``visitor``: the asker's keyed hash; ``kind`` and ``about``: see `api.storage.tidings`."""
    tiding = add_tiding(connection, visitor, kind, about, at)
    jobs.add(connection, TELL_ASKER, f"tiding-{tiding.id}", tiding.id)
    return tiding
