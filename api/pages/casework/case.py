"""/menages/<reference>: one household for a coordinator, and what may be recorded of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.access.gate import Signed
from api.households import keeping
from api.households.desk import LINK_LIFE
from api.households.noting import noted
from api.households.planning import Planning
from api.households.proposals import NotDueError
from api.pages.casework.room import HOME, NotHereError, Room, name_in, seen_again, territory_of, words_of
from api.pages.casework.standing import standing
from api.storage.household_values import OUT, Link
from api.storage.households import Case, ErasedCaseError, Households
from bot.channels.web_page.pages import PRIVATE_ADDRESS, SECURITY_HEADERS
from bot.channels.web_page.sound_response import sound_response
from bot.followup import relay
from bot.followup.timeline import KINDS, EpisodeError
from bot.messages import Text

NOTICES = (
    "opened",
    "episode",
    "closed",
    "reopened",
    "renewed",
    "dismissed",
    "sent",
    "link",
    "print",
    "handed",
    "handled",
    "again",
)
REFUSED = {  # as a page says it; the commands name other commands
    "planning.refused.state": "casework.due.settled",
    "planning.refused.no_longer": "casework.due.no_longer",
    "planning.refused.early": "casework.due.not_yet",
}
HEADERS = {**SECURITY_HEADERS, **PRIVATE_ADDRESS, "Cache-Control": "no-store"}
Answer = Callable[[Request, Signed, Case], Response]


@dataclass(frozen=True)
class CasePages:
    """The pages of one case."""

    room: Room

    async def answered(self, request: Request, signed: Signed, answer: Answer) -> Response:
        """What ``answer`` gives for the case of the address; else in words that nothing is there, or erased."""
        return await run_in_threadpool(self._answered, request, signed, answer)

    def page_of(self, answer: Answer) -> Callable[[Request, Signed], Awaitable[Response]]:
        """An endpoint of the gate about the case of its address."""

        async def endpoint(request: Request, signed: Signed) -> Response:
            return await self.answered(request, signed, answer)

        return endpoint

    def _answered(self, request: Request, signed: Signed, answer: Answer) -> Response:
        reference = request.path_params["reference"]
        try:
            case = self.room.case(signed, reference)
            return answer(request, signed, case)
        except NotHereError:
            return self.room.unknown(signed)
        except NotDueError as error:
            said = REFUSED.get(error.said.message)
            return self.shown(request, signed, case, 409, refused=Text(said) if said else error.said)
        except ErasedCaseError:
            line = self.room.lists.case_of(reference, territory_of(signed))
            return self.room.page(signed, request, "erased.html", line=line)

    def show(self, request: Request, signed: Signed, case: Case) -> Response:
        """The whole of it."""
        return self.shown(request, signed, case)

    def shown(self, request: Request, signed: Signed, case: Case, status: int = 200, **said: object) -> Response:
        """The page of a case, also with an episode as it was typed and what is wrong with it."""
        planning, asked = self.room.planning(), request.query_params
        there = self.room.territories(case.territory)
        seen = standing(planning, case, self.room.clock(), words_of(signed), there, self.room.listening)
        values: dict[str, object] = {"episode": {}, "wrong": None} | said
        notice = asked.get("fait", "")
        return self.room.page(
            signed,
            request,
            "case.html",
            status,
            case=case,
            here=f"{HOME}/{case.reference}",
            sounds=f"{HOME}/{case.reference}/son/",
            spoken=f"{HOME}/{case.reference}/ecouter/",
            visitor=self.room.visitor_page(case.reference),
            visitor_address=self.room.public_url + self.room.visitor_page(case.reference),
            kinds=KINDS,
            today=self._today(planning),
            notice=notice if notice in NOTICES else None,
            about=name_in(asked.get("message")),
            **seen,
            **values,
        )

    def episode(self, request: Request, signed: Signed, case: Case) -> Response:
        """Record what happened; what cannot be is told beside the form, which stays as it was filled."""
        given = {name: signed.said(name) for name in ("nature", "debut", "fin", "suite")}
        try:
            began = _day(given["debut"])
            if began is None:
                raise EpisodeError(Text("casework.episode.no_day"))
            with self._open() as (planning, households):
                still = bool(given["suite"])
                moment, ended = self.room.clock(), _day(given["fin"])
                keeping.keep_episode(
                    planning, households, case.reference, given["nature"], began, ended, moment, still=still
                )
                self._note(households, signed, "case.episode", case.reference)
        except EpisodeError as error:
            return self.shown(request, signed, case, 422, episode=given, wrong=error.said)
        return self._back(case, "episode")

    def close(self, _request: Request, signed: Signed, case: Case) -> Response:
        """Nothing is planned any more; it can be reopened."""
        with self._open() as (planning, households):
            keeping.close(planning, households, case.reference, self.room.clock())
            self._note(households, signed, "case.closed", case.reference)
        return self._back(case, "closed")

    def reopen(self, _request: Request, signed: Signed, case: Case) -> Response:
        with self._open() as (planning, households):
            keeping.reopen(planning, households, case.reference, self.room.clock())
            self._note(households, signed, "case.reopened", case.reference)
        return self._back(case, "reopened")

    def ask_erase(self, request: Request, signed: Signed, case: Case) -> Response:
        """What erasing does, what remains, and the reference to type."""
        return self._asked(request, signed, case)

    def erase(self, request: Request, signed: Signed, case: Case) -> Response:
        """Destroy the case's key, where its reference was typed."""
        if signed.said("reference").upper() != case.reference:
            return self._asked(request, signed, case, 422)
        with self._open() as (planning, households):
            keeping.erase(planning, households, case.reference, self.room.clock())
            self._note(households, signed, "case.erased", case.reference)
        return seen_again(f"{HOME}/{case.reference}")

    def renew(self, _request: Request, signed: Signed, case: Case) -> Response:
        """A new address for what a link shows, for another fortnight."""
        wanted = signed.said("lien")
        with self._open() as (_, households):
            link = next((one for one in households.links(case.reference) if one.key == wanted), None)
            if link is None or case.consent in (relay.REFUSED, relay.STOPPED):
                raise NotHereError
            message = self._renewed(households, link)
            self._note(households, signed, "link.renewed", case.reference)
        return seen_again(f"{HOME}/{case.reference}?fait=renewed&message={message}")

    def play(self, request: Request, _signed: Signed, case: Case) -> Response:
        """What the household said, as it was recorded."""
        wanted = name_in(request.path_params["message"])
        with self._open() as (_, households):
            try:
                message = households.message(wanted)
            except LookupError:
                raise NotHereError from None
            found = households.sound(wanted) if message.case == case.reference else None
        if found is None:
            raise NotHereError
        return sound_response(request, *found, HEADERS)

    def _renewed(self, households: Households, link: Link) -> str:
        made = households.renew_link(link, self.room.clock() + LINK_LIFE)
        return next((one.id for one in reversed(households.thread(link.case, made.key)) if one.direction == OUT), "")

    def _asked(self, request: Request, signed: Signed, case: Case, status: int = 200) -> Response:
        here = f"{HOME}/{case.reference}"
        return self.room.page(signed, request, "erase.html", status, case=case, here=here, wrong=status != 200)

    def _note(self, households: Households, signed: Signed, action: str, reference: str) -> None:
        noted(signed.account, action, "case", self.room.clock())(households.connection, reference)

    def _back(self, case: Case, notice: str) -> Response:
        return seen_again(f"{HOME}/{case.reference}?fait={notice}")

    def _today(self, planning: Planning) -> date:
        return self.room.clock().astimezone(planning.values.timezone).date()

    @contextmanager
    def _open(self) -> Iterator[tuple[Planning, Households]]:
        """The planning, and one transaction on cases."""
        planning = self.room.planning()
        with planning.desk.store.households(planning.desk.vault) as households:
            yield planning, households


def _day(given: str) -> date | None:
    """A day of a form. Raises EpisodeError for what is none."""
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise EpisodeError(Text("casework.episode.bad_day", {"day": given})) from None
