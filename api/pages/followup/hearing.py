"""What a household hears or said, heard by who follows its case: a message before it leaves, and the thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.pages.followup.cases import Cases, message_of
from api.pages.followup.listening import Listening
from api.pages.followup.sheets import HEADERS
from api.pages.followup.writing import Preview, preview
from api.storage.households import Case, Stored
from bot.channels.web_page.requests import read_form
from bot.channels.web_page.sound_response import sound_response
from bot.followup.hearing import said
from rules.model import Territory


@dataclass(frozen=True)
class Hearing:
    """The sounds of the page of a case."""

    cases: Cases
    territory: Callable[[str | None], Territory | None]
    listening: Listening

    def offered(self, case: Case, found: Preview) -> bool:
        """Whether the household will hear it: a person's recording of it, or a voice."""
        if not found.ways or found.shown is None:
            return False
        recorded = self.listening.recordings.templates(case.territory, case.language)
        return found.content.subject in recorded or self.listening.speaks(found.shown.language)

    def of_thread(self, thread: Sequence[Stored], case: Case) -> Mapping[str, tuple[str, ...]]:
        """The languages in which each message can be heard, by its id."""
        return self.listening.offered(thread, case.territory, self.territory(case.territory))

    async def hear(self, request: Request) -> Response:
        """The previewed message as sound: it is in a form, since its words stand in no address."""
        return await self.cases.answered(request, self._hear)

    async def hear_again(self, request: Request) -> Response:
        """A message of the thread as sound, in the household's language or in French."""
        return await self.cases.answered(request, self._hear_again)

    async def _hear(self, request: Request, case: Case) -> Response:
        draft = self.cases.draft(await read_form(request), case)
        found = preview(draft.content, case, self.territory(case.territory))
        own = await self.listening.recorded(found.content.subject, case.territory, case.language)
        words, language = (said(found.shown), found.shown.language) if found.shown else ("", case.language)
        return sound_response(request, *(own or await self.listening.read(words, language)), HEADERS)

    async def _hear_again(self, request: Request, case: Case) -> Response:
        message = await run_in_threadpool(self._message, case, request.path_params["message"])
        wanted, place = request.query_params.get("langue", ""), case.territory
        sound = await self.listening.message(message, wanted, place, self.territory(place))
        return sound_response(request, *sound, HEADERS)

    def _message(self, case: Case, wanted: str) -> Stored:
        with self.cases.desk.store.households(self.cases.desk.vault) as households:
            return message_of(households, case, wanted)
