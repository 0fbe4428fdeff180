"""/menages/reponses: what households said, or did not get, and nobody has dealt with; the oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.access.gate import Signed
from api.households.replies import ReplyDesk
from api.jobs.telling import asked
from api.pages.casework.room import HOME, REPLIES, Room, name_in, seen_again, territory_of
from api.pages.followup.thread import Entry, entries
from api.storage.household_values import FAILED, Stored
from api.storage.replies import ONLY, Replies

DONE = "traitees"


@dataclass(frozen=True, slots=True)
class Reply:
    """A message in the list: what is shown of it, about what it is, and why it did not arrive."""

    case: str
    entry: Entry
    about: str
    failure: str | None


@dataclass(frozen=True)
class ReplyPages:
    """The list, and dealing with what is in it."""

    room: Room
    replies: Replies
    desk: ReplyDesk

    async def show(self, request: Request, signed: Signed) -> Response:
        """What waits; or what was dealt with lately."""
        return await run_in_threadpool(self._show, request, signed)

    async def handle(self, request: Request, signed: Signed) -> Response:
        """Dealt with; then the page it came from, with a way back."""
        return await run_in_threadpool(self._handle, request, signed)

    async def take_back(self, request: Request, signed: Signed) -> Response:
        """It waits again."""
        return await run_in_threadpool(self._take_back, request, signed)

    def _show(self, request: Request, signed: Signed) -> Response:
        params, territory = request.query_params, territory_of(signed)
        only, done = params.get("seulement", ""), DONE in params
        if done:
            found, after = self.replies.handled(territory), None
        else:
            found, after = self.replies.waiting(territory, only, name_in(params.get("apres")))
        later = None if after is None else f"{REPLIES}?{urlencode({'seulement': only, 'apres': after})}"
        return self.room.page(
            signed,
            request,
            "replies.html",
            replies=self._told(found, signed),
            heard=self.room.listening.offered(found, territory, self.room.territories(territory)),
            done=done,
            only=only if only in ONLY else "",
            kinds=tuple(ONLY),
            later=later,
            handled=name_in(params.get("traite")),
            again="rouvert" in params,
            visitor=self.room.visitor_page,
            home=HOME,
        )

    def _told(self, found: Sequence[Stored], signed: Signed) -> list[Reply]:
        told = entries(found, self.room.territories(territory_of(signed)))
        return [
            Reply(
                one.case,
                entry,
                asked(one.subject) if one.subject else "",
                f"tell.failed.{one.failure}" if one.state == FAILED else None,
            )
            for one, entry in zip(found, told, strict=True)
        ]

    def _handle(self, request: Request, signed: Signed) -> Response:
        message = name_in(request.path_params["message"])
        reference = self.desk.handle(message, signed.account)
        if reference is None:
            return self.room.unknown(signed)
        if signed.said("retour") == "suivi":
            return seen_again(f"{HOME}/{reference}?fait=handled&message={message}")
        only = {"seulement": signed.said("seulement")} if signed.said("seulement") in ONLY else {}
        return seen_again(f"{REPLIES}?{urlencode({**only, 'traite': message})}")

    def _take_back(self, request: Request, signed: Signed) -> Response:
        reference = self.desk.take_back(name_in(request.path_params["message"]), signed.account)
        if reference is None:
            return self.room.unknown(signed)
        if signed.said("retour") == "suivi":
            return seen_again(f"{HOME}/{reference}?fait=again")
        return seen_again(f"{REPLIES}?rouvert=1")
