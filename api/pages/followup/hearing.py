"""What a household will hear of a message, heard by who writes it before it leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.pages.followup.cases import Cases, NotTakenError
from api.pages.followup.sheets import HEADERS
from api.pages.followup.writing import Preview, preview
from api.pages.played import played
from api.storage.households import Case
from bot.channels import Aloud
from bot.channels.web_page.requests import read_form
from bot.channels.web_page.sound_response import sound_response
from bot.speech.voices import has_voice
from rules.model import Territory


@dataclass(frozen=True)
class Hearing:
    """``aloud``: reads what nobody recorded; without it only recordings are heard."""

    cases: Cases
    territory: Callable[[str | None], Territory | None]
    aloud: Aloud | None

    def offered(self, case: Case, found: Preview) -> bool:
        """Whether the household will hear it: a person's recording of it, or a voice."""
        if not found.ways or found.shown is None:
            return False
        return self._recorded(case, found) is not None or (self.aloud is not None and has_voice(found.shown.language))

    async def hear(self, request: Request) -> Response:
        """The previewed message as sound: it is in a form, since its words stand in no address."""
        return await self.cases.answered(request, self._hear)

    async def _hear(self, request: Request, case: Case) -> Response:
        draft = self.cases.draft(await read_form(request), case)
        found = preview(draft.content, case, self.territory(case.territory))
        sound = await run_in_threadpool(self._recorded, case, found) or await self._spoken(found)
        if sound is None:
            raise NotTakenError(404, "speech.no_voice")
        return sound_response(request, *sound, HEADERS)

    def _recorded(self, case: Case, found: Preview) -> tuple[str, bytes] | None:
        return self.cases.desk.store.recordings.sound(case.territory, found.content.subject, case.language)

    async def _spoken(self, found: Preview) -> tuple[str, bytes] | None:
        if self.aloud is None or found.shown is None or not has_voice(found.shown.language):
            return None
        sound = await played(self.aloud, found.shown)
        if sound is None:
            raise NotTakenError(503, "speech.not_spoken")
        return sound
