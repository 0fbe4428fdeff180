"""A verdict to download as a case for `tests/situations/`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fastapi.concurrency import run_in_threadpool
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.access.gate import Gate, Signed
from api.access.roles import ROLES
from api.pages.desk import DeskPages
from api.review.case_files import UnsayableCaseError, case_file
from api.storage.rulings import Judged, judged
from api.storage.store import Store
from bot.channels.web_page.pages import PRIVATE_ADDRESS, SECURITY_HEADERS
from rules.model import Ruleset, Territory


def case_file_page(
    gate: Gate,
    desk: DeskPages,
    store: Store,
    ruleset: Callable[[], Ruleset],
    territory: Callable[[str | None], Territory | None],
) -> list[Route]:
    """The route of a judged question's case."""
    page = _CaseFilePage(desk, desk.beside(Path(__file__).parent), store, ruleset, territory)
    return [gate.route("/revue/{token}/cas.yaml", page.download, *ROLES)]


@dataclass(frozen=True)
class _CaseFilePage:
    desk: DeskPages
    environment: Environment
    store: Store
    ruleset: Callable[[], Ruleset]
    territory: Callable[[str | None], Territory | None]

    async def download(self, request: Request, signed: Signed) -> Response:
        """The file; what cannot be said as a case, and why, on a page."""
        found = await run_in_threadpool(self._judged, request.path_params["token"])
        if found is None or not signed.account.sees(found.enquiry.territory):
            return self.desk.pages.problem(404, "desk.refused.unknown", signed.account.language)
        try:
            made = case_file(found, self.ruleset(), self.territory(found.enquiry.territory))
        except UnsayableCaseError as error:
            values = {"why": error.said, "back": f"/revue/{found.enquiry.token}"}
            return self.desk.page(self.environment, "unsayable.html", signed, request, 422, **values)
        headers = {
            **SECURITY_HEADERS,
            **PRIVATE_ADDRESS,
            "Content-Disposition": f'attachment; filename="{made.name}"',
            "Cache-Control": "no-store",
        }
        return Response(made.text, headers=headers, media_type="text/yaml; charset=utf-8")

    def _judged(self, token: str) -> Judged | None:
        with self.store.reading() as connection:
            return judged(connection, token)
