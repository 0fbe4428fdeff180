"""A campaign on its way: group by group, each sent at once and recorded in one transaction."""

from __future__ import annotations

import asyncio
from functools import partial

from api.households.desk import Desk
from api.jobs.runtime import Interrupted, Loop
from api.jobs.sending import Outcome, Ready, Retries, Sending
from api.storage.campaigns import DONE, RUNNING, Campaigns
from api.storage.households import Households
from bot.followup.outgoing import UndeliveredError

GROUP = 50  # messages: what a crash may send twice, and what still leaves after a stop


class Draining:
    """The job ``run_campaign``: interrupted anywhere, it goes on from what is recorded."""

    def __init__(self, desk: Desk, sending: Sending, loop: Loop, retries: Retries | None = None) -> None:
        self._desk, self._sending, self._loop = desk, sending, loop
        self._retries = retries or Retries()

    def run_campaign(self, campaign: str) -> None:
        failures = 0
        while (group := self._group(campaign)) is not None:
            outcomes = self._loop.run(self._all(group))
            stuck = self._stuck(outcomes)
            failures = failures + 1 if stuck else 0
            if stuck and failures < self._retries.tries:
                self._loop.pause(self._retries.pause(failures, stuck.retry_after))
                continue
            self._loop.until_done(partial(self._record, group, outcomes, failures or 1))
            if self._loop.stopping.is_set():
                raise Interrupted

    def _group(self, campaign: str) -> list[Ready] | None:
        """The next messages that may leave; None when the campaign is at its end. Those that may not are marked."""
        with self._desk.store.campaigns(self._desk.vault) as campaigns:
            taken = campaigns.next_group(campaign, GROUP)
            if not taken:
                self._end(campaigns, campaign)
                return None
            households = Households(campaigns.connection, self._desk.vault)
            ready = (self._sending.judged(households, stored, case) for stored, case in taken)
            return [one for one in ready if one is not None]

    def _end(self, campaigns: Campaigns, campaign: str) -> None:
        if campaigns.campaign(campaign).state == RUNNING:
            campaigns.turn(campaign, DONE)

    async def _all(self, group: list[Ready]) -> list[Outcome]:
        return await asyncio.gather(*map(self._sending.tried, group))

    def _stuck(self, outcomes: list[Outcome]) -> UndeliveredError | None:
        """Why nothing at all could be sent, for a reason that passes: then the whole campaign waits."""
        passing = [one for one in outcomes if isinstance(one, UndeliveredError) and not one.final]
        if not passing or len(passing) < len(outcomes):
            return None
        return max(passing, key=lambda error: error.retry_after or 0)

    def _record(self, group: list[Ready], outcomes: list[Outcome], tries: int) -> None:
        done = list(zip(group, outcomes, strict=True))
        with self._desk.store.campaigns(self._desk.vault) as campaigns:
            campaigns.delivered([(ready.message, sent) for ready, sent in done if isinstance(sent, str)])
            households = Households(campaigns.connection, self._desk.vault)
            for ready, outcome in done:
                if isinstance(outcome, UndeliveredError):
                    self._sending.undelivered(households, ready.message, outcome, tries)
