"""The rulesets that are kept, by version, and the list of publications: the last one is in force.

Content is the text of a ruleset's files. What is read here is not trusted: `api.rulesets` checks the hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from api.access.roles import Account
from api.storage.audit import note as note_change
from api.storage.doctrines import sign_change, signed_changes
from api.storage.engine import READ_ONLY
from api.storage.journal import Clock, now
from api.storage.schema import publications, rulesets

ADVISORY_LOCK = 0x5075626C6973  # "Publis"
RULESET = "ruleset"  # what the sign-offs call it


@dataclass(frozen=True, slots=True)
class Publication:
    """That a version came into force: when, by whom (a role), why. ``packaged``: by the program itself."""

    id: int
    version: str
    published_at: datetime
    published_by: str
    note: str | None
    packaged: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A ruleset to be kept: its version and name, and the text of each of its files."""

    version: str
    name: str
    files: Mapping[str, str]


class UnsignedError(ValueError):
    """Something that a ruleset changes was not looked at, or not as it is now."""


class Publications:
    """The two tables on a database. A publication is one transaction; publishers take turns."""

    def __init__(self, engine: Engine, clock: Clock = now) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**{READ_ONLY: True})
        self._clock = clock

    def newest(self) -> Publication | None:
        """What is in force, or None when nothing was ever published."""
        with self._reading.begin() as connection:
            return _newest(connection)

    def all(self) -> list[Publication]:
        """Every publication, the one in force first."""
        with self._reading.begin() as connection:
            rows = connection.execute(_select().order_by(publications.c.id.desc())).mappings()
            return [Publication(**row) for row in rows]

    def versions(self) -> list[str]:
        """Every version that is kept: the published ones, last published first, then the others, last kept first."""
        last = func.max(publications.c.id)
        wanted = select(rulesets.c.version).outerjoin(publications).group_by(rulesets.c.version)
        order = (last.is_(None), last.desc(), func.max(rulesets.c.kept_at).desc())
        with self._reading.begin() as connection:
            return list(connection.scalars(wanted.order_by(*order)))

    def since(self, version: str) -> datetime | None:
        """When this version was last published, or was kept if it never was; None when it is not kept."""
        published = select(publications.c.published_at).where(publications.c.version == version)
        kept = select(rulesets.c.kept_at).where(rulesets.c.version == version)
        with self._reading.begin() as connection:
            last = connection.scalar(published.order_by(publications.c.id.desc()).limit(1))
            return last or connection.scalar(kept)

    def files(self, version: str) -> Mapping[str, str] | None:
        """The text of each file of this version as it stands in the table, or None when it is not kept."""
        with self._reading.begin() as connection:
            return _files(connection, version)

    def publish(
        self, kept: Kept, by: str, note: str | None = None, seen: Mapping[str, int] | None = None
    ) -> Publication:
        """Keep a checked ruleset and bring it into force.

        ``seen``: of each group of logged questions that it changes, its key -> how many there were when ``by`` agreed.
        """
        with self._engine.begin() as connection:
            self._take_turn(connection)
            self._keep(connection, kept)
            for change, count in (seen or {}).items():
                sign_change(connection, RULESET, kept.version, change, count, by, self._clock())
            return self._publish(connection, kept.version, by, note, packaged=False)

    def propose(self, kept: Kept, by: str) -> None:
        """Keep a checked ruleset for others to look at; it is not in force."""
        with self._engine.begin() as connection:
            self._keep(connection, kept)
            proposed = rulesets.update().where(rulesets.c.version == kept.version).values(proposed_by=by)
            connection.execute(proposed)

    def proposals(self) -> list[tuple[str, str, datetime]]:
        """What is proposed and was never published: version, role, when it was kept; the newest first."""
        published = select(publications.c.version)
        columns = (rulesets.c.version, rulesets.c.proposed_by, rulesets.c.kept_at)
        waiting = rulesets.c.proposed_by.is_not(None) & rulesets.c.version.not_in(published)
        with self._reading.begin() as connection:
            found = connection.execute(select(*columns).where(waiting).order_by(rulesets.c.kept_at.desc()))
            return [(row.version, row.proposed_by, row.kept_at) for row in found]

    def publish_signed(self, kept: Kept, by: Account, changes: Mapping[str, int]) -> Publication:
        """Bring a proposal into force, where each of its changes was signed with the count it has now.

        Raises UnsignedError, and then changes nothing.
        """
        with self._engine.begin() as connection:
            self._take_turn(connection)
            signed = signed_changes(connection, RULESET, kept.version)
            if any(signed.get(change) != count for change, count in changes.items()):
                raise UnsignedError(kept.version)
            note_change(connection, by, "ruleset.published", RULESET, kept.version, self._clock())
            return self._publish(connection, kept.version, by.role, None, packaged=False)

    def take_packaged(self, kept: Kept, by: str) -> Publication | None:
        """Keep the packaged ruleset, and bring it into force when it is new and no one's own version is displaced.

        Gives the publication, or None where nothing was published. See docs/decisions/0006.
        """
        with self._reading.begin() as connection:
            if _files(connection, kept.version) == kept.files and not _comes_in(connection, kept.version):
                return None
        with self._engine.begin() as connection:
            self._take_turn(connection)
            self._keep(connection, kept)
            if not _comes_in(connection, kept.version):
                return None
            return self._publish(connection, kept.version, by, None, packaged=True)

    def _take_turn(self, connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})

    def _keep(self, connection: Connection, kept: Kept) -> None:
        """Insert; content that is there already is put right, since this one was just checked."""
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        content = dict(kept.files)
        row = {"version": kept.version, "name": kept.name, "content": content, "kept_at": self._clock()}
        statement = dialect.insert(rulesets).values(row)
        connection.execute(
            statement.on_conflict_do_update(index_elements=["version"], set_={"content": content, "name": kept.name})
        )

    def _publish(
        self, connection: Connection, version: str, by: str, note: str | None, *, packaged: bool
    ) -> Publication:
        row = {"version": version, "published_at": self._clock(), "published_by": by, "note": note}
        connection.execute(publications.insert().values(row | {"packaged": packaged}))
        published = _newest(connection)
        assert published is not None  # noqa: S101  (just inserted, in this transaction, at its turn)
        return published


def _select() -> Any:
    return select(*(publications.c[field.name] for field in fields(Publication)))


def _newest(connection: Connection) -> Publication | None:
    row = connection.execute(_select().order_by(publications.c.id.desc()).limit(1)).mappings().first()
    return Publication(**row) if row else None


def _files(connection: Connection, version: str) -> Mapping[str, str] | None:
    """None when the version is not kept; content that is not files any more is none at all."""
    try:
        row = connection.execute(select(rulesets.c.content).where(rulesets.c.version == version)).first()
    except ValueError:  # not JSON any more
        return {}
    if row is None:
        return None
    (content,) = row
    is_text = isinstance(content, dict) and all(isinstance(said, str) for said in content.values())
    return content if is_text else {}


def _comes_in(connection: Connection, version: str) -> bool:
    """Whether a packaged version is to be published: it never was, and nobody published one of their own."""
    newest = _newest(connection)
    if newest is None:
        return True
    known = select(publications.c.id).where(publications.c.version == version).limit(1)
    return newest.packaged and connection.scalar(known) is None
