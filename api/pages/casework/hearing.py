"""What a household reads or said, heard by a coordinator: what was previewed, and the messages of a case."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.access.gate import Signed
from api.pages.casework.room import HEARD, NotHereError, Room, name_in, territory_of
from api.pages.followup.listening import UnheardError
from api.signing import record_signed
from api.storage.households import Case, ErasedCaseError, Stored
from bot.channels.web_page.pages import PRIVATE_ADDRESS, SECURITY_HEADERS
from bot.channels.web_page.requests import FRAGMENT_HEADER
from bot.channels.web_page.sound_response import sound_response
from bot.speech.sounded import Sounded

HEADERS = {**SECURITY_HEADERS, **PRIVATE_ADDRESS, "Cache-Control": "no-store"}


@dataclass(frozen=True)
class HearingPages:
    """Sound, or in words why there is none."""

    room: Room

    async def shown(self, request: Request, signed: Signed) -> Response:
        """A message as a page showed it: it is in a form, since its words stand in no address."""
        asked = record_signed(signed.said("message"), HEARD, self.room.secret)
        if asked is None or asked["territory"] != territory_of(signed):
            return self._refused(request, signed, 422, "casework.hear.refused")
        try:
            sound = await self._of_record(asked)
        except UnheardError as unheard:
            return self._refused(request, signed, unheard.status, unheard.message)
        return sound_response(request, *sound, HEADERS)

    async def message(self, request: Request, signed: Signed) -> Response:
        """A message of a case, in the household's language or in French."""
        try:
            case, message = await run_in_threadpool(self._message, request, signed)
            wanted, place = request.query_params.get("langue", ""), case.territory
            sound = await self.room.listening.message(message, wanted, place, self.room.territories(place))
        except (NotHereError, ErasedCaseError):
            return self._refused(request, signed, 404, "desk.refused.unknown")
        except UnheardError as unheard:
            return self._refused(request, signed, unheard.status, unheard.message)
        return sound_response(request, *sound, HEADERS)

    async def _of_record(self, asked: dict[str, str]) -> Sounded:
        listening = self.room.listening
        own = await listening.recorded(asked["template"], asked["territory"], asked["language"])
        return own or await listening.read(asked["words"], asked["language"])

    def _message(self, request: Request, signed: Signed) -> tuple[Case, Stored]:
        """A message of a case of theirs. Raises NotHereError, ErasedCaseError."""
        case, desk = self.room.case(signed, request.path_params["reference"]), self.room.planning().desk
        with desk.store.households(desk.vault) as households:
            try:
                found = households.message(name_in(request.path_params["message"]))
            except LookupError:
                raise NotHereError from None
        if found.case != case.reference:
            raise NotHereError
        return case, found

    def _refused(self, request: Request, signed: Signed, status: int, message: str) -> Response:
        fragment = bool(request.headers.get(FRAGMENT_HEADER))
        return self.room.desk.pages.problem(status, message, signed.account.language, fragment=fragment)
