"""A ruleset before it comes into force: what it changes for the logged questions, group by group; then published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, union

from api.access.roles import ADMINISTRATOR, Account
from api.past import replay_log
from api.publishing import Candidate, kept_candidate
from api.review.replays import Change, Replay, Replays, change_of
from api.rulesets import Rulesets
from api.storage.access_schema import accounts
from api.storage.audit import note
from api.storage.doctrines import sign_change, signed_changes
from api.storage.journal import Clock, now
from api.storage.publications import RULESET
from api.storage.review_schema import reviews
from api.storage.schema import enquiries
from api.storage.store import Store
from api.territories import Territories
from rules.replay import Comparison

IN_FORCE, BEFORE, PROPOSED = "in_force", "before", "proposed"


class UnknownRulesetError(LookupError):
    """No such version is proposed."""


class RulesetRefusedError(ValueError):
    """What cannot be done with a proposal. ``code`` is the catalog message ``rulesets.refused.<code>``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Version:
    """``by``: a role; ``at``: when it was published, or proposed."""

    version: str
    state: str
    by: str
    at: datetime


@dataclass(frozen=True)
class RulesetReview:
    """Signing and publishing are for whoever may publish here (`may_publish`)."""

    store: Store
    rulesets: Rulesets
    territories: Territories
    replays: Replays
    clock: Clock = now

    def versions(self) -> list[Version]:
        """What is proposed, then every publication, the newest first."""
        proposed = [Version(version, PROPOSED, by, at) for version, by, at in self.store.publications.proposals()]
        found = self.store.publications.all()
        states = [IN_FORCE, *(BEFORE for _ in found[1:])]
        return proposed + [
            Version(one.version, state, one.published_by, one.published_at)
            for one, state in zip(found, states, strict=False)
        ]

    def proposed(self, version: str) -> Version:
        """Raises UnknownRulesetError."""
        for one in self.versions():
            if (one.version, one.state) == (version, PROPOSED):
                return one
        raise UnknownRulesetError(version)

    def replay(self, version: str) -> Replay:
        """What it would change for the questions logged so far. Raises UnknownRulesetError or RulesetError."""
        candidate = self._candidate(version)
        with self.store.reading() as connection:
            newest, total = connection.execute(select(func.max(enquiries.c.id), func.count())).one()
        settings = hash(tuple(sorted((name, repr(territory)) for name, territory in self.territories.items())))
        name = f"ruleset {version} {newest} {self.rulesets.version} {settings}"
        return self.replays.of(name, total, lambda going: self._changes(candidate, going))

    def signed(self, version: str) -> Mapping[str, int]:
        """Of each change that was signed, how many questions it had."""
        with self.store.reading() as connection:
            return signed_changes(connection, RULESET, version)

    def may_publish(self, by: Account) -> bool:
        """An administrator, where everybody and every question here is of the own territory alone.

        Elsewhere rules are everybody's, and whoever runs the installation brings them into force.
        """
        places = union(select(accounts.c.territory), select(reviews.c.territory).distinct()).subquery()
        with self.store.reading() as connection:
            found = set(connection.scalars(select(places.c.territory)))
        return by.role == ADMINISTRATOR and found - {None} == {by.territory}

    def sign_change(self, by: Account, version: str, key: str) -> None:
        """Note that the account has seen one of the changes. Raises RulesetRefusedError or UnknownRulesetError."""
        change = next((one for one in self._shown(by, version) if one.key == key), None)
        if change is None:
            raise RulesetRefusedError("change")
        with self.store.engine.begin() as connection:
            sign_change(connection, RULESET, version, key, change.count, by, self.clock())
            note(connection, by, "ruleset.change_seen", RULESET, version, self.clock(), {"change": key})

    def publish(self, by: Account, version: str) -> None:
        """Bring it into force. Raises UnsignedError, RulesetRefusedError, UnknownRulesetError or RulesetError."""
        changes = {change.key: change.count for change in self._shown(by, version)}
        self.store.publications.publish_signed(self._candidate(version).kept, by, changes)
        self.rulesets.refresh()

    def _shown(self, by: Account, version: str) -> tuple[Change, ...]:
        if not self.may_publish(by):
            raise RulesetRefusedError("not_here")
        replay = self.replay(version)
        if replay.changes is None:
            raise RulesetRefusedError("not_replayed")
        return replay.changes

    def _candidate(self, version: str) -> Candidate:
        self.proposed(version)
        return kept_candidate(self.store, version)

    def _changes(self, candidate: Candidate, going: Replay) -> tuple[Change, ...]:
        found = Comparison()
        for one in replay_log(self.store, self.territories.get, candidate.compiled):
            going.done += 1
            found.add(one)
        return tuple(change_of(group) for group in found.groups)
