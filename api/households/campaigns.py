"""A message to many households: looked at before anything leaves, then sent at its pace, and stopped at any time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from api.households.jobs import CAMPAIGN, Jobs
from api.households.noting import Noting, nothing_noted
from api.storage.campaigns import (
    PREPARING,
    RUNNING,
    STOPPED,
    Campaign,
    Chosen,
)
from api.storage.households import Case
from api.storage.journal import SqlJournal
from api.storage.store import Store
from api.storage.vault import Vault
from bot.followup import relay
from bot.followup.content import TEMPLATE, Content, HeldError, Shown, show
from bot.messages import Text
from rules.model import Territory

Slots = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Planned:
    """What is sent to whom. ``own``: values of a case alone, over those that all share; by reference."""

    template: str
    slots: Slots
    chosen: Chosen
    own: Mapping[str, Slots] = field(default_factory=dict)

    def content(self, case: Case) -> Content:
        values = {**self.slots, **self.own.get(case.reference, {}), **case.sender.slots(self.template)}
        return Content(TEMPLATE, self.template, values)


@dataclass(slots=True)
class Preview:
    """By language: how many would leave, how many not and why; and what the first of them would see."""

    leaving: Counter[str] = field(default_factory=Counter)
    held: dict[str, Counter[str]] = field(default_factory=dict)
    shown: dict[str, Shown] = field(default_factory=dict)
    reasons: dict[str, Text] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


class CampaignDesk:
    """What coordinators do with campaigns. ``looked_at`` is told how many cases were gone through so far."""

    def __init__(
        self, store: Store, vault: Vault, jobs: Jobs, territory: Callable[[str | None], Territory | None]
    ) -> None:
        self._store, self._vault, self._jobs, self._territory = store, vault, jobs, territory

    def preview(self, planned: Planned, looked_at: Callable[[int], None] = lambda _: None) -> Preview:
        """What would leave, and what not. Raises SlotError where the values cannot fill the message."""
        preview, found, judge = Preview(), set(), self._judge(planned)
        for page in self._pages(planned.chosen):
            for case in page:
                found.add(case.reference)
                verdict = judge(case)
                if isinstance(verdict, Shown):
                    preview.leaving[case.language] += 1
                    preview.shown.setdefault(case.language, verdict)
                else:
                    preview.held.setdefault(case.language, Counter())[verdict.message] += 1
                    preview.reasons[verdict.message] = verdict
            looked_at(len(found))
        preview.unknown = tuple(r for r in planned.chosen.references or () if r not in found)
        return preview

    def start(self, planned: Planned, made_by: str, looked_at: Callable[[int], None] = lambda _: None) -> Campaign:
        """Make a campaign, prepare it and set it going."""
        return self.prepare(self.begin(planned, made_by), planned, looked_at)

    def begin(
        self, planned: Planned, made_by: str, noting: Noting = nothing_noted, event: str | None = None
    ) -> Campaign:
        """A campaign of which nothing leaves before it is prepared. ``event``: begun once under it.

        Raises DuplicateEvent.
        """
        with self._store.campaigns(self._vault) as campaigns:
            if event is not None:
                SqlJournal(campaigns.connection).record("campaign", event, {})
            made = campaigns.begin(planned.template, planned.slots, planned.chosen.territory, made_by)
            noting(campaigns.connection, made.id)
            return made

    def prepare(self, made: Campaign, planned: Planned, looked_at: Callable[[int], None] = lambda _: None) -> Campaign:
        """Queue what may leave, a page of cases a transaction; the last one sets the campaign going.

        Stopped meanwhile, it queues no more.
        """
        judge, done = self._judge(planned), 0
        for page in self._pages(planned.chosen):
            leaving = [(case, planned.content(case)) for case in page if isinstance(judge(case), Shown)]
            with self._store.campaigns(self._vault) as campaigns:
                if campaigns.campaign(made.id).state != PREPARING:
                    break
                campaigns.plan(made.id, leaving)
            done += len(page)
            looked_at(done)
        with self._store.campaigns(self._vault) as campaigns:
            if campaigns.campaign(made.id).state == PREPARING:  # else stopped meanwhile
                campaigns.turn(made.id, RUNNING)
                self._jobs.add(campaigns.connection, CAMPAIGN, f"campaign-{made.id}", made.id)
            return campaigns.campaign(made.id)

    def stop(self, campaign: str, noting: Noting = nothing_noted) -> int:
        """Let nothing more leave, for good. How many messages that keeps. Raises UnknownCampaignError."""
        with self._store.campaigns(self._vault) as campaigns:
            if campaigns.campaign(campaign).state not in (PREPARING, RUNNING):
                return 0
            campaigns.turn(campaign, STOPPED)
            noting(campaigns.connection, campaign)
            return campaigns.cancel_rest(campaign)

    def progress(self, campaign: str) -> tuple[Campaign, dict[str, Counter[str]]]:
        """The campaign, and how many messages of each state by language. Raises UnknownCampaignError."""
        with self._store.campaigns(self._vault) as campaigns:
            return campaigns.campaign(campaign), campaigns.counts(campaign)

    def _pages(self, chosen: Chosen) -> Iterator[list[Case]]:
        after = ""
        if chosen.references is not None:
            chosen = Chosen(tuple(sorted(set(chosen.references))), chosen.territory, chosen.language)
        while page := self._page(chosen, after):
            yield page
            after = page[-1].reference

    def _page(self, chosen: Chosen, after: str) -> list[Case]:
        with self._store.campaigns(self._vault) as campaigns:
            return campaigns.cases(chosen, after)

    def _judge(self, planned: Planned) -> Callable[[Case], Shown | Text]:
        """What a case would see, or why nothing leaves. What differs by nothing is looked at once."""
        seen: dict[object, Shown | Text] = {}

        def judge(case: Case) -> Shown | Text:
            own = planned.own.get(case.reference)
            alike = (case.language, case.territory, case.sender, case.consent, case.channel)
            if own:
                return self._verdict(planned, case)
            if alike not in seen:
                seen[alike] = self._verdict(planned, case)
            return seen[alike]

        return judge

    def _verdict(self, planned: Planned, case: Case) -> Shown | Text:
        if not relay.may_send(planned.template, case.consent):
            return Text(f"household.held.{case.consent}", {"reference": case.reference})
        if case.channel is None:
            return Text("campaign.no_channel")
        try:
            return show(planned.content(case), case.language, self._territory(case.territory))
        except HeldError as held:
            return held.reason
