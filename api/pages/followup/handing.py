"""Handing a message over: its address to share, the square that says it, and its letter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.households.addresses import household_address
from api.households.desk import live
from api.pages.followup.cases import Cases, NotTakenError, message_of
from api.pages.followup.sheets import HEADERS
from api.pages.letter.pdf import letter_pdf, square
from api.storage.households import CANCELLED, Case, Link, Stored
from api.storage.journal import Clock
from bot.followup.content import Content, HeldError
from bot.followup.errors import CatalogError
from bot.followup.letter import letter
from bot.followup.slots import SlotError
from rules.model import Territory


@dataclass(frozen=True)
class Handing:
    """``public_url``: what the household's addresses begin with."""

    cases: Cases
    public_url: str
    territory: Callable[[str | None], Territory | None]
    clock: Clock

    async def hand_over(self, request: Request) -> Response:
        """A message to hand over: its address to share, its square, its letter."""
        return await self.cases.answered(request, self._hand_over)

    async def code(self, request: Request) -> Response:
        return await self.cases.answered(request, self._code)

    async def print(self, request: Request) -> Response:
        return await self.cases.answered(request, self._print)

    async def _hand_over(self, request: Request, case: Case) -> Response:
        message, link = await run_in_threadpool(self._handed, request, case)
        until = link.expires_at.date()
        address = household_address(link.token, self.public_url)
        return self.cases.sheets.page(case, "message.html", message=message, address=address, until=until)

    async def _code(self, request: Request, case: Case) -> Response:
        _, link = await run_in_threadpool(self._handed, request, case)
        drawn = square(household_address(link.token, self.public_url))
        return Response(drawn, headers=HEADERS, media_type="image/svg+xml")

    async def _print(self, request: Request, case: Case) -> Response:
        message, link = await run_in_threadpool(self._handed, request, case)
        return await run_in_threadpool(self._letter, case, message, link)

    def _letter(self, case: Case, message: Stored, link: Link) -> Response:
        try:
            sheet = letter(
                Content.from_record(message.content),
                message.language,
                reference=case.reference,
                link=household_address(link.token, self.public_url),
                until=link.expires_at.date(),
                telephone=case.sender.telephone,
                territory=self.territory(case.territory),
            )
        except (HeldError, SlotError, CatalogError):
            raise NotTakenError(409, "visitor.refused.letter") from None
        pdf = letter_pdf(sheet, self.clock().date())
        name = f"lettre-{case.reference}-{message.number}.pdf"
        headers = {**HEADERS, "Content-Disposition": f'inline; filename="{name}"'}
        return Response(pdf, headers=headers, media_type="application/pdf")

    def _handed(self, request: Request, case: Case) -> tuple[Stored, Link]:
        """A message of this case that has a page of its own, still open. Raises NotTakenError."""
        wanted = request.path_params["message"]
        with self.cases.desk.store.households(self.cases.desk.vault) as households:
            message = message_of(households, case, wanted)
            link = households.link_of(message)
        if link is None or message.state == CANCELLED or not live(link, self.clock):
            raise NotTakenError(404, "visitor.refused.no_message")
        return message, link
