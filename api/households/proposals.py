"""What planning proposes, accepted or dismissed by whoever follows the case, once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256

from api.households.noting import Noting, nothing_noted
from api.households.planning import Planning, slots_of
from api.storage.dues import DISMISSED, HANDED, HELD, PENDING, SENT, DueRow, Dues
from api.storage.households import Case, Households, Stored
from bot.followup.content import TEMPLATE, Content
from bot.followup.slots import fill
from bot.followup.steps import ALERT, Due
from bot.followup.templates import templates
from bot.followup.timeline import DST, N1, SR, Episode, of_kind
from bot.messages import Text

CHANGED = "planning.refused.changed"


def looked_at(content: Content, language: str) -> str:
    """A hash of what would be sent in a language, so that what leaves is what was looked at."""
    whole = json.dumps([content.record(), language], sort_keys=True, default=str)
    return sha256(whole.encode()).hexdigest()[:20]


class NotDueError(Exception):
    """A due that cannot be accepted now: ``said`` says why and what to do."""

    def __init__(self, said: Text) -> None:
        super().__init__(said.message)
        self.said = said


class Proposals:
    """The dues of cases, as a person decides on them."""

    def __init__(self, planning: Planning) -> None:
        self._planning, self._desk = planning, planning.desk

    def accept(
        self,
        number: int,
        now: datetime,
        given: Mapping[str, object] | None = None,
        *,
        channel: str | None = None,
        seen: str | None = None,
        noting: Noting = nothing_noted,
    ) -> Stored:
        """Send what was proposed, once. ``given``: the slots that only whoever follows the case knows.

        ``seen``: what ``looked_at`` gave for what was shown; where it would be another message now, none is sent.
        Raises UnknownDueError, NotDueError, HeldError, SlotError, ErasedCaseError.
        """
        with self._desk.store.households(self._desk.vault) as households:
            row, case, due = self._acceptable(households, number, now)
            if due.step == ALERT:
                raise NotDueError(Text("planning.refused.alert", {"id": number}))
            slots = {**slots_of(case, due), **(given or {})}
            content = Content(TEMPLATE, due.template, slots)
            if seen is not None and seen != looked_at(content, case.language):
                raise NotDueError(Text(CHANGED))
            sent = self._desk.send_in(households, case, content, channel=channel)
            Dues(households.connection).end(row, SENT, message=sent.id)
            noting(households.connection, case.reference)
            return sent

    def hand_over(
        self, number: int, now: datetime, given: Mapping[str, object], noting: Noting = nothing_noted
    ) -> tuple[Case, Mapping[str, object]]:
        """Note that the alert giver is told by whoever follows the case. The case, and the slots of the notice.

        It never goes through the household's channel. Raises as ``accept`` does.
        """
        with self._desk.store.households(self._desk.vault) as households:
            row, case, due = self._acceptable(households, number, now)
            if due.step != ALERT:
                raise NotDueError(Text("planning.refused.not_alert", {"id": number}))
            slots = {**self.alert_slots(households, case, due, now), **given}
            fill(templates()[due.template], slots)
            Dues(households.connection).end(row, HANDED)
            noting(households.connection, case.reference)
            return case, slots

    def alert_slots(self, households: Households, case: Case, due: Due, now: datetime) -> Mapping[str, object]:
        """What is known by now of the notice to the alert giver."""
        day = now.astimezone(self._planning.values.timezone).date()
        return {**slots_of(case, due), **told_of(case.reference, households.episodes(case.reference), day)}

    def _acceptable(self, households: Households, number: int, now: datetime) -> tuple[DueRow, Case, Due]:
        dues = Dues(households.connection)
        case = households.case(dues.due(number).case_ref)
        row = dues.due(number)  # as it stands now that the case is ours
        if row.state not in (*PENDING, HELD):
            raise _ended(row)
        made = self._planning.plan_of(households, case.reference, now)
        due = next((one for one in made.dues if (one.step, one.occurrence) == row.key), None)
        if due is None:
            raise NotDueError(Text("planning.refused.no_longer", {"id": number, "reference": case.reference}))
        if due.due_at > now:
            day = due.due_at.astimezone(self._planning.values.timezone)
            params = {"id": number, "day": day.date(), "hour": f"{day:%H:%M}"}
            raise NotDueError(Text("planning.refused.early", params))
        return row, case, due

    def step(self, number: int) -> str:
        """Which step a due is. Raises UnknownDueError."""
        with self._desk.store.households(self._desk.vault) as households:
            return Dues(households.connection).due(number).step

    def dismiss(self, number: int, noting: Noting = nothing_noted) -> DueRow:
        """Note that a due is not to be: it does not come back. Raises UnknownDueError, NotDueError."""
        with self._desk.store.households(self._desk.vault) as households:
            dues = Dues(households.connection)
            row = dues.due(number)
            if row.state not in (*PENDING, HELD):
                raise _ended(row)
            dues.end(row, DISMISSED)
            noting(households.connection, row.case_ref)
            return row


def told_of(reference: str, episodes: Sequence[Episode], today: date) -> dict[str, object]:
    """What the episodes of a case say to the alert giver: its reference, and no name."""
    runs = [one for one in of_kind(episodes, SR) if one.began_on <= today]
    over = all(one.ended_on is not None and one.ended_on <= today for one in runs)
    done = any(one.ended_on is not None and one.ended_on <= today for one in of_kind(episodes, N1))
    visits = [one.ended_on or one.began_on for one in of_kind(episodes, DST)]
    told = {"reference": reference, "suites_n1": "fait" if done else "non_prevu"}
    told |= {"suites_sr": ("termine" if over else "en_cours") if runs else "aucun"}
    return told | ({"jour_visite": visits[0].isoformat()} if visits else {})


def _ended(row: DueRow) -> NotDueError:
    return NotDueError(Text("planning.refused.state", {"id": row.id, "state": Text(f"due.state.{row.state}")}))
