"""Campaigns in the database: many messages planned, taken and recorded a group at a time, each group at once."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from api.storage.household_schema import campaigns, cases, household_messages
from api.storage.households import CANCELLED, OUT, QUEUED, SENT, Case, Stored, opened_case, opened_message
from api.storage.journal import Clock, now
from api.storage.vault import Vault
from bot.followup.content import Content

PREPARING, RUNNING, STOPPED, DONE = "preparing", "running", "stopped", "done"
PAGE = 500
_message, _case = household_messages.c, cases.c


class UnknownCampaignError(LookupError):
    """No campaign has this id."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A template sent to many. ``slots``: the values that all of its messages share."""

    id: str
    territory: str | None
    template: str
    slots: Mapping[str, Any]
    state: str
    made_at: datetime
    made_by: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom a campaign is for: the cases of ``references``, or the open cases of a territory, in a language where it is
    given."""

    references: tuple[str, ...] | None = None
    territory: str | None = None
    language: str | None = None


class Campaigns:
    """The campaigns on a connection, whose transaction the caller ends."""

    def __init__(self, connection: Connection, vault: Vault, clock: Clock = now) -> None:
        self.connection, self._vault, self._clock = connection, vault, clock

    def begin(self, template: str, slots: Mapping[str, object], territory: str | None, made_by: str) -> Campaign:
        """A new campaign, being prepared: nothing of it leaves yet."""
        sealing = self._vault.new_sealing()
        row = {"id": f"C-{secrets.token_hex(4)}", "territory": territory, "template": template, "sealing": sealing}
        row |= {"slots": self._vault.box(sealing).seal(dict(slots)), "state": PREPARING, "made_by": made_by}
        self.connection.execute(campaigns.insert().values(row | {"made_at": self._clock()}))
        return self.campaign(str(row["id"]))

    def campaign(self, campaign: str) -> Campaign:
        """Raises UnknownCampaignError. The campaign is this transaction's alone until it ends."""
        wanted = select(campaigns).where(campaigns.c.id == campaign).with_for_update()
        row = self.connection.execute(wanted).mappings().first()
        if row is None:
            raise UnknownCampaignError(campaign)
        slots = self._vault.box(row["sealing"]).open(row["slots"])
        assert isinstance(slots, dict)  # noqa: S101  (ours)
        plain = {n: row[n] for n in ("id", "territory", "template", "state", "made_at", "made_by", "ended_at")}
        return Campaign(**plain, slots=slots)

    def all(self) -> list[Campaign]:
        """The campaigns, newest first."""
        ids = self.connection.scalars(select(campaigns.c.id).order_by(campaigns.c.made_at.desc())).all()
        return [self.campaign(one) for one in ids]

    def turn(self, campaign: str, state: str) -> None:
        ended = self._clock() if state in (STOPPED, DONE) else None
        self.connection.execute(
            campaigns.update().where(campaigns.c.id == campaign).values(state=state, ended_at=ended)
        )

    def cases(self, chosen: Chosen, after: str = "") -> list[Case]:
        """The next page of chosen cases, in the order of their references; none when there are no more."""
        wanted = select(cases).where(_case.reference > after, _case.sealing.is_not(None), _case.closed_at.is_(None))
        if chosen.references is not None:
            wanted = wanted.where(_case.reference.in_([r for r in chosen.references if r > after][:PAGE]))
        if chosen.territory is not None:
            wanted = wanted.where(_case.territory == chosen.territory)
        if chosen.language is not None:
            wanted = wanted.where(_case.language == chosen.language)
        rows = self.connection.execute(wanted.order_by(_case.reference).limit(PAGE)).mappings()
        return [opened_case(row, self._vault.box(row["sealing"])) for row in rows]

    def plan(self, campaign: str, planned: Sequence[tuple[Case, Content]]) -> None:
        """Queue a message to each case."""
        references = [case.reference for case, _ in planned]
        numbered = select(_message.case_ref, func.max(_message.number)).where(_message.case_ref.in_(references))
        counted = self.connection.execute(numbered.group_by(_message.case_ref))
        last = {row[0]: row[1] for row in counted}
        sealed = self._sealings(references)
        shared = {"direction": OUT, "state": QUEUED, "campaign": campaign, "made_at": self._clock()}
        shared |= {"understood": False, "urgent": False}
        rows = [
            {
                "id": secrets.token_urlsafe(9),
                "case_ref": case.reference,
                "number": last.get(case.reference, 0) + 1,
                "kind": content.kind,
                "subject": content.subject,
                "language": case.language,
                "content": self._vault.box(sealed[case.reference]).seal(content.record()),
                "channel": case.channel,
            }
            | shared
            for case, content in planned
        ]
        if rows:
            self.connection.execute(household_messages.insert(), rows)

    def next_group(self, campaign: str, size: int) -> list[tuple[Stored, Case]]:
        """Messages of a running campaign that were not tried yet, with their cases."""
        if self.campaign(campaign).state != RUNNING:
            return []
        waiting = (_message.campaign == campaign) & (_message.state == QUEUED) & _message.failure.is_(None)
        joined = select(*household_messages.c, *(c.label(f"case_{c.name}") for c in cases.c))
        wanted = joined.join(cases, _case.reference == _message.case_ref).where(waiting).limit(size)
        return list(self._opened(wanted))

    def delivered(self, sent: Sequence[tuple[Stored, str]]) -> None:
        """Record what arrived, and the channel's own id of each."""
        sealed = self._sealings([message.case for message, _ in sent])
        rows = [
            {"which": message.id, "sealed": self._vault.box(sealed[message.case]).seal(own)}
            for message, own in sent
            if message.case in sealed  # else erased meanwhile
        ]
        if rows:
            arrived = household_messages.update().where(_message.id == bindparam("which"))
            moment = self._clock()
            set_to = arrived.values(state=SENT, sent=bindparam("sealed"), sent_at=moment, failure=None)
            self.connection.execute(set_to, rows)

    def cancel_rest(self, campaign: str) -> int:
        """What did not leave yet never will. How many."""
        waiting = (_message.campaign == campaign) & (_message.state == QUEUED)
        stopped = household_messages.update().where(waiting).values(state=CANCELLED, failure=STOPPED)
        return self.connection.execute(stopped).rowcount

    def counts(self, campaign: str) -> dict[str, Counter[str]]:
        """How many messages of each state, by language."""
        counted = select(_message.language, _message.state, func.count()).where(_message.campaign == campaign)
        found: dict[str, Counter[str]] = {}
        for language, state, count in self.connection.execute(counted.group_by(_message.language, _message.state)):
            found.setdefault(language, Counter())[state] = count
        return dict(sorted(found.items()))

    def _opened(self, wanted: Any) -> Iterator[tuple[Stored, Case]]:
        for row in self.connection.execute(wanted).mappings():
            case = {c.name: row[f"case_{c.name}"] for c in cases.c}
            if case["sealing"] is not None:
                box = self._vault.box(case["sealing"])
                yield opened_message(row, box), opened_case(case, box)

    def _sealings(self, references: Sequence[str]) -> dict[str, bytes]:
        wanted = select(_case.reference, _case.sealing).where(_case.reference.in_(references))
        rows = self.connection.execute(wanted.where(_case.sealing.is_not(None)))
        return {reference: sealing for reference, sealing in rows if sealing is not None}
