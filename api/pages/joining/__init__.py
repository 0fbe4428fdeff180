"""/rejoindre/<token>: an invitation opened in a browser. Its button is a press in the chat, which takes it in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.storage.invitations import Invitation, Invitations
from api.storage.journal import Clock, now
from api.storage.store import Store
from bot.channels.web_page.pages import Pages
from bot.channels.web_page.requests import language_of
from bot.membership import INVITATION_PAYLOAD
from rules.model import Territory

HERE = Path(__file__).resolve().parent
ADDRESS = "/rejoindre/"


def joining_page(
    store: Store, pages: Pages, territory: Callable[[str | None], Territory | None], clock: Clock = now
) -> list[Route]:
    """The page of an invitation, open to whoever has its address."""
    environment = pages.beside(HERE)

    def found(token: str) -> Invitation | None:
        with store.reading() as connection:
            return Invitations(connection).of(token)

    async def show(request: Request) -> Response:
        token, language = request.path_params["token"], language_of(request)
        invitation = await run_in_threadpool(found, token)
        refusal = "unknown" if invitation is None else invitation.refusal(clock())
        known = territory(invitation.territory) if invitation else None
        name = known.name if known else (invitation.territory if invitation else "")
        shown = {"refusal": refusal, "territory": name, "argument": INVITATION_PAYLOAD + token}
        status = 404 if invitation is None else 410 if refusal else 200
        return pages.beside_page(environment, "joining.html", language, status=status, **shown)

    return [Route(ADDRESS + "{token}", show, methods=["GET"])]
