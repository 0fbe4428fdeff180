"""Verdicts of coordinators on logged questions, as the tables hold them."""

from __future__ import annotations

from datetime import UTC, datetime

from api.households.jobs import Jobs
from api.review.telling import tell
from api.storage.review_schema import reviews, verdicts
from api.storage.store import Store
from api.storage.tidings import VERDICT
from tests.api.coordination import TERRITORY

MADE_AT = datetime(2026, 11, 25, 10, tzinfo=UTC)
WORDS = "La pause a été de cinq mois : c'est un nouveau temps de suivi."


def rule(store: Store, token: str, kind: str = "corrected", jobs: Jobs | None = None, **changes: object) -> int:
    """Give the verdict that counts; with ``jobs`` the visitor is told. The verdict's id."""
    name = f"coordinator@{TERRITORY}.test"
    account = store.accounts.named(name) or store.accounts.add(name, "coordinator", TERRITORY)
    corrected = {"missions": ["soutien_renforce"], "statements": [22]} if kind == "corrected" else {}
    row = {
        "token": token,
        "kind": kind,
        "missions": None,
        "reason": WORDS,
        "statements": None,
        "account": account.id,
        "role": account.role,
        "made_at": MADE_AT,
        "authoritative": True,
    }
    with store.transaction() as journal:
        connection = journal.connection
        before = (verdicts.c.token == token) & verdicts.c.authoritative & verdicts.c.replaced_at.is_(None)
        if changes.get("authoritative", True):
            connection.execute(verdicts.update().where(before).values(replaced_at=MADE_AT))
            connection.execute(reviews.update().where(reviews.c.token == token).values(state=kind))
        number = connection.execute(verdicts.insert().values(row | corrected | changes)).inserted_primary_key[0]
        if jobs is not None:
            asker = journal.enquiry(token).asker
            tell(connection, jobs, asker, VERDICT, number, MADE_AT)
    return number


class Untold:
    """Where no server sends anything."""

    def add(self, connection: object, job: str, key: str, *ids: str) -> None:
        return None
