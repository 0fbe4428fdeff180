"""What planning proposes, accepted or dismissed by whoever follows the case, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from api.households.planning import Planning, slots_of
from api.storage.case_files import case_files
from api.storage.dues import DISMISSED, HANDED, HELD, PENDING, SENT, DueRow, Dues
from api.storage.households import Case, Households, Stored
from bot.followup.content import TEMPLATE, Content
from bot.followup.slots import fill
from bot.followup.steps import ALERT, Due
from bot.followup.templates import templates
from bot.followup.timeline import DST, N1, SR, Episode, of_kind
from bot.messages import Text


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
    ) -> Stored:
        """Send what was proposed, once. ``given``: the slots that only whoever follows the case knows.

        Raises UnknownDueError, NotDueError, HeldError, SlotError, ErasedCaseError.
        """
        with self._desk.store.households(self._desk.vault) as households:
            row, case, due = self._acceptable(households, number, now)
            if due.step == ALERT:
                raise NotDueError(Text("planning.refused.alert", {"id": number}))
            slots = {**slots_of(case, due), **(given or {})}
            content = Content(TEMPLATE, due.template, slots)
            sent = self._desk.send_in(households, case, content, channel=channel)
            Dues(households.connection).end(row, SENT, message=sent.id)
            return sent

    def hand_over(self, number: int, now: datetime, given: Mapping[str, object]) -> tuple[Case, Mapping[str, object]]:
        """Note that the alert giver is told by whoever follows the case. The case, and the slots of the notice.

        It never goes through the household's channel. Raises as ``accept`` does.
        """
        with self._desk.store.households(self._desk.vault) as households:
            row, case, due = self._acceptable(households, number, now)
            if due.step != ALERT:
                raise NotDueError(Text("planning.refused.not_alert", {"id": number}))
            found = next(case_files(households.connection, self._desk.vault, [case.reference])).file
            day = now.astimezone(self._planning.values.timezone).date()
            slots = {**slots_of(case, due), **told_of(case.reference, found.episodes, day), **given}
            fill(templates()[due.template], slots)
            Dues(households.connection).end(row, HANDED)
            return case, slots

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

    def dismiss(self, number: int) -> DueRow:
        """Note that a due is not to be: it does not come back. Raises UnknownDueError, NotDueError."""
        with self._desk.store.households(self._desk.vault) as households:
            dues = Dues(households.connection)
            row = dues.due(number)
            if row.state not in (*PENDING, HELD):
                raise _ended(row)
            dues.end(row, DISMISSED)
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
