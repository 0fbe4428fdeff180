"""/menages/<reference>/a-faire/<number>: what is proposed, filled where a value lacks, looked at, then sent once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from api.access.gate import Signed
from api.households.desk import HANDED
from api.households.noting import Noting, noted
from api.households.planning import slots_of
from api.households.proposals import CHANGED, NotDueError, Proposals
from api.pages.casework.case import CasePages
from api.pages.casework.room import HOME, NotHereError, seen_again, words_of
from api.pages.casework.standing import OPEN, shown_of
from api.pages.followup.writing import fields_of, given_in
from api.storage.dues import DueRow, Dues, UnknownDueError
from api.storage.households import Case
from bot.followup.content import HeldError
from bot.followup.message import render
from bot.followup.slots import SlotError
from bot.followup.steps import ALERT, Due
from bot.followup.templates import Template, templates
from bot.messages import Text
from bot.wording import SOURCE_LANGUAGE

SENT = "sent"  # by the network that reaches the household; what is handed over is noticed by its way
LARGEST = 2**63 - 1  # what a database keeps
FILLED = "rempli"  # the form was filled: look at what it gives


@dataclass(frozen=True, slots=True)
class Chosen:
    """A due of a case, as its plan has it now."""

    row: DueRow
    due: Due
    known: Mapping[str, object]

    @property
    def template(self) -> Template:
        return templates()[self.due.template]


@dataclass(frozen=True)
class DuePages:
    """Each is about one due of one case. What is refused raises NotDueError, which the case's page tells."""

    pages: CasePages

    def look(self, request: Request, signed: Signed, case: Case) -> Response:
        """What would be sent; or the form of what lacks."""
        chosen = self._chosen(request, case)
        return self._looked(request, signed, case, chosen, {})

    def fill(self, request: Request, signed: Signed, case: Case) -> Response:
        """The form's values as they would leave, or the form again with what is wrong beside each."""
        chosen = self._chosen(request, case)
        return self._looked(request, signed, case, chosen, self._given(signed, chosen), again=not signed.said(FILLED))

    def send(self, request: Request, signed: Signed, case: Case) -> Response:
        """Send what was looked at, once; what changed since is looked at again."""
        chosen, way = self._chosen(request, case), signed.said("voie")
        if way not in (case.channel, *HANDED):
            raise NotHereError
        given, moment = self._given(signed, chosen), self.pages.room.clock()
        try:
            sent = self._proposals().accept(
                chosen.row.id,
                moment,
                given,
                channel=way,
                seen=signed.said("vu"),
                noting=self._noting(signed, "due.accepted", chosen),
            )
        except NotDueError as error:
            if error.said.message != CHANGED:
                raise
            return self._looked(request, signed, case, chosen, given, refused=error.said)
        except HeldError as held:
            raise NotDueError(held.reason) from None
        except SlotError as error:
            return self._form(request, signed, case, chosen, given, error)
        return seen_again(f"{HOME}/{case.reference}?fait={way if way in HANDED else SENT}&message={sent.id}")

    def hand(self, request: Request, signed: Signed, case: Case) -> Response:
        """Note that the alert giver was told, by whoever read the notice to them."""
        chosen = self._chosen(request, case)
        given, noting = self._given(signed, chosen), self._noting(signed, "due.handed", chosen)
        try:
            self._proposals().hand_over(chosen.row.id, self.pages.room.clock(), given, noting)
        except SlotError as error:
            return self._form(request, signed, case, chosen, given, error)
        return seen_again(f"{HOME}/{case.reference}?fait=handed")

    def dismiss(self, request: Request, signed: Signed, case: Case) -> Response:
        """Set aside for good."""
        number = request.path_params["number"]
        self._row(number, case)
        noting = noted(signed.account, "due.dismissed", "due", self.pages.room.clock(), number)
        self._proposals().dismiss(number, noting)
        return seen_again(f"{HOME}/{case.reference}?fait=dismissed")

    def _looked(
        self,
        request: Request,
        signed: Signed,
        case: Case,
        chosen: Chosen,
        given: Mapping[str, str],
        *,
        again: bool = False,
        refused: Text | None = None,
    ) -> Response:
        if again:
            return self._form(request, signed, case, chosen, given)
        values: dict[str, object] = {"found": None, "notice": None, "seen": ""}
        try:
            if chosen.due.step == ALERT:
                values["notice"] = render(chosen.template, {**chosen.known, **given}, SOURCE_LANGUAGE).text
            else:
                shown, seen = shown_of(case, chosen.due, given, self.pages.room.territories(case.territory))
                values |= {"found": shown, "seen": seen}
        except SlotError as error:
            return self._form(request, signed, case, chosen, given, error if given else None)
        early = chosen.row.due_at > self.pages.room.clock()
        return self._page(
            request, signed, case, chosen, "due.html", 409 if refused else 200,
            given=given, early=early, refused=refused, **values,
        )  # fmt: skip

    def _form(
        self,
        request: Request,
        signed: Signed,
        case: Case,
        chosen: Chosen,
        given: Mapping[str, str],
        error: SlotError | None = None,
    ) -> Response:
        known = {name: _typed(value) for name, value in chosen.known.items()}
        fields = fields_of(chosen.template, {**known, **given}, words_of(signed), error)
        status = 422 if error else 200
        return self._page(request, signed, case, chosen, "fill.html", status, fields=fields, filled=FILLED)

    def _page(
        self, request: Request, signed: Signed, case: Case, chosen: Chosen, sheet: str, status: int, **values: object
    ) -> Response:
        room = self.pages.room
        here = f"{HOME}/{case.reference}"
        about = {"case": case, "here": here, "one": chosen, "address": f"{here}/a-faire/{chosen.row.id}"}
        return room.page(signed, request, sheet, status, **about, **values)

    def _given(self, signed: Signed, chosen: Chosen) -> dict[str, str]:
        """What was typed of the message's values, of those that came."""
        given = given_in(signed.form, chosen.template)
        return {name: value for name, value in given.items() if name in signed.form}

    def _chosen(self, request: Request, case: Case) -> Chosen:
        """A due of this case that can still be decided. Raises NotHereError, NotDueError."""
        row, planning = self._row(request.path_params["number"], case), self.pages.room.planning()
        moment = self.pages.room.clock()
        with planning.desk.store.households(planning.desk.vault) as households:
            made = planning.plan_of(households, case.reference, moment)
            due = next((one for one in made.dues if (one.step, one.occurrence) == row.key), None)
            if row.state not in OPEN:
                raise NotDueError(Text("casework.due.settled"))
            if due is None:
                raise NotDueError(Text("casework.due.no_longer"))
            known = slots_of(case, due)
            if due.step == ALERT:
                known = self._proposals().alert_slots(households, case, due, moment)
        return Chosen(row, due, known)

    def _row(self, number: int, case: Case) -> DueRow:
        planning = self.pages.room.planning()
        if number > LARGEST:
            raise NotHereError
        try:
            with planning.desk.store.households(planning.desk.vault) as households:
                row = Dues(households.connection).due(number)
        except UnknownDueError:
            raise NotHereError from None
        if row.case_ref != case.reference:
            raise NotHereError
        return row

    def _proposals(self) -> Proposals:
        return Proposals(self.pages.room.planning())

    def _noting(self, signed: Signed, action: str, chosen: Chosen) -> Noting:
        return noted(signed.account, action, "due", self.pages.room.clock(), chosen.row.id)


def _typed(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
