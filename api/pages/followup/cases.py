"""From the address of a page to its case, and what is told where there is none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.households.addresses import followup_address
from api.households.asking import case_of
from api.households.desk import Desk
from api.pages.followup.drafts import Draft, DraftError, draft_of
from api.pages.followup.sheets import Sheets
from api.storage.households import Case, ErasedCaseError, Households, Stored, UnknownCaseError
from bot.channels.web_page.requests import FRAGMENT_HEADER, Form, RefusedError
from bot.wording import SOURCE_LANGUAGE


class NotTakenError(RefusedError):
    """An address or a form of a case that is not taken."""


@dataclass(frozen=True)
class Cases:
    """``secret`` signs the addresses."""

    desk: Desk
    secret: str
    sheets: Sheets

    async def answered(self, request: Request, answer: Callable[[Request, Case], Awaitable[Response]]) -> Response:
        """What ``answer`` gives for the case of the address, or why it is not taken."""
        try:
            return await answer(request, await run_in_threadpool(self.case, request.path_params["token"]))
        except RefusedError as refused:
            fragment = bool(request.headers.get(FRAGMENT_HEADER))
            return self.sheets.pages.problem(refused.status, refused.message, SOURCE_LANGUAGE, fragment=fragment)

    def case(self, token: str) -> Case:
        """The case of an address. Raises NotTakenError."""
        reference = case_of(token, self.secret)
        if reference is None:
            raise NotTakenError(404, "visitor.refused.unknown")
        try:
            with self.desk.store.households(self.desk.vault) as households:
                return households.case(reference)
        except UnknownCaseError:
            raise NotTakenError(404, "visitor.refused.unknown") from None
        except ErasedCaseError:
            raise NotTakenError(410, "visitor.refused.erased") from None

    def draft(self, form: Form, case: Case) -> Draft:
        """The message that was previewed for this case. Raises NotTakenError."""
        try:
            return draft_of(form.get("brouillon", ("",))[-1], case.reference, self.secret)
        except DraftError:
            raise NotTakenError(422, "visitor.refused.draft") from None

    def address(self, case: Case) -> str:
        """The path of a case's page."""
        return followup_address(case.reference, self.secret, "")


def message_of(households: Households, case: Case, wanted: str) -> Stored:
    """A message of this case. Raises NotTakenError."""
    message = next((one for one in households.thread(case.reference) if one.id == wanted), None)
    if message is None:
        raise NotTakenError(404, "visitor.refused.no_message")
    return message
