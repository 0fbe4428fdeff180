"""Where a case stands: its timeline, what is due and why, and the ways to link a phone or an interview with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from markupsafe import Markup

from api.households.asking import case_token
from api.households.deep_links import household_start, visitor_start
from api.households.desk import LINK_LIFE
from api.households.planning import Planning
from api.households.proposals import NotDueError, Proposals
from api.pages.case.drawing import timeline_fragment
from api.pages.case.words import in_words
from api.pages.inviting import invitations
from api.storage.dues import HELD, PENDING, DueRow, Dues, UnknownDueError
from api.storage.households import Case
from bot.channels.channel import Channel, Invitation
from bot.followup.steps import ALERT, Due
from bot.followup.timeline import timeline
from bot.wording import Wording

Ways = Sequence[tuple[str, Invitation]]


@dataclass(frozen=True, slots=True)
class Step:
    """One due: when, what, how it stands, why. ``template``: the message to prepare, once its day has come."""

    number: int
    day: datetime
    step: str
    state: str
    reason: str
    open: bool
    template: str | None


@dataclass(frozen=True)
class Standing:
    """``planning``: under the rules in force. ``channels``: the networks that are set up."""

    planning: Callable[[], Planning]
    secret: str
    channels: Sequence[Channel] = ()

    def seen(self, case: Case, now: datetime, words: Wording) -> Mapping[str, object]:
        """What the page shows. It brings what is due up to date, and sends nothing."""
        planning = self.planning()
        zone = planning.values.timezone
        with planning.desk.store.households(planning.desk.vault) as households:
            drawn = timeline(households.episodes(case.reference), now.astimezone(zone).date())
            made = planning.refresh(households, case.reference, now)
            rows = Dues(households.connection).of([case.reference])[case.reference]
        dues = {(one.step, one.occurrence): one for one in made.dues}
        steps = [_step(row, dues[row.key], now, zone, words) for row in rows if row.key in dues]
        notes = [in_words(one, words) for one in made.notes]
        fragment = Markup(timeline_fragment(drawn, words))  # noqa: S704  (its words are escaped where it is made)
        return {"timeline": fragment, "steps": steps, "notes": notes, "interview": self._interview(case)}

    def dismiss(self, case: Case, number: int) -> bool:
        """Note that a due of this case is not to be; it does not come back. Whether it still could be."""
        planning = self.planning()
        try:
            with planning.desk.store.households(planning.desk.vault) as households:
                if Dues(households.connection).due(number).case_ref != case.reference:
                    return False
            Proposals(planning).dismiss(number)
        except (UnknownDueError, NotDueError):
            return False
        return True

    async def follow(self, case: Case) -> Ways:
        """By network, how a visitor comes to be told of the answers in their own chat."""
        return await invitations(self.channels, visitor_start(case_token(case.reference, self.secret)))

    async def pair(self, case: Case, now: datetime) -> Ways:
        """By network, how the household links its own chat: good as long as a page's address."""
        if not self.channels:
            return ()
        planning = self.planning()
        with planning.desk.store.households(planning.desk.vault) as households:
            link = households.new_link(case.reference, now + LINK_LIFE)
        return await invitations(self.channels, household_start(link.token))

    def _interview(self, case: Case) -> str:
        return f"/?menage={case_token(case.reference, self.secret)}"


def _step(row: DueRow, due: Due, now: datetime, zone: tzinfo, words: Wording) -> Step:
    open_ = row.state in (*PENDING, HELD)
    ready = open_ and due.due_at <= now and due.step != ALERT
    day, reason = row.due_at.astimezone(zone), in_words(due.said, words)
    return Step(row.id, day, row.step, row.state, reason, open_, due.template if ready else None)
