"""The frame of every page of coordinators: who is signed in, the way to the other pages, the look."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from api.access.gate import Signed
from api.access.roles import ADMINISTRATOR, NATIONAL, OF_A_TERRITORY, ROLES
from bot.channels.web_page.assets import TYPES, Assets, read_assets
from bot.channels.web_page.pages import PRIVATE_ADDRESS, SECURITY_HEADERS, Pages, bound
from bot.wording import SOURCE_LANGUAGE, wording

HERE = Path(__file__).resolve().parent
ADDRESS = "/bureau/"
# Where the frame leads: address -> who may go there. Its words are desk.nav.<name>.
NAVIGATION: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("/revue", "review", ROLES),
    ("/menages", "households", OF_A_TERRITORY),
    ("/doctrine", "doctrine", ROLES),
    ("/regles", "rules", (ADMINISTRATOR, NATIONAL)),
    ("/cler", "cler", ROLES),
    ("/chiffres", "figures", ROLES),
    ("/vignettes", "vignettes", ROLES),
    ("/exports", "exports", ROLES),
    ("/equipe", "team", OF_A_TERRITORY),
    ("/donnees", "data", ROLES),
)


@dataclass(frozen=True)
class DeskPages:
    """Renders pages of coordinators. ``folder``: where a page's own templates lie; they extend ``frame.html``."""

    pages: Pages
    assets: Assets
    own: Assets
    territory_name: Callable[[str | None], str]

    def beside(self, *folders: Path) -> Environment:
        """The templates of these folders with the frame, which they extend, and the chat's."""
        shared = self.pages.environment.loader
        loaders = [FileSystemLoader([*folders, HERE]), *([shared] if shared else [])]
        return self.pages.environment.overlay(loader=ChoiceLoader(loaders))

    def page(
        self,
        environment: Environment,
        template: str,
        signed: Signed,
        request: Request,
        status: int = 200,
        **values: object,
    ) -> HTMLResponse:
        """A page, or a part of one, in the language of whoever is signed in."""
        html = environment.get_template(template).render(**self.words(signed, request), **values)
        return HTMLResponse(html, status, {**SECURITY_HEADERS, **PRIVATE_ADDRESS, "Cache-Control": "no-store"})

    def words(self, signed: Signed, request: Request) -> Mapping[str, object]:
        """What every template is given."""
        account = signed.account
        said = wording(account.language)
        return {
            "t": lambda message, **params: bound(said(message, **params), said.language),
            "say": lambda text: bound(said.say(text), said.language),
            "has": said.has,
            "asset": self.assets.address,
            "desk_asset": self.address,
            "lang": said.language,
            "dir": said.direction,
            "languages": {},
            "account": account,
            "territory_name": self.territory_name(account.territory),
            "csrf": signed.csrf,
            "path": request.url.path,
            "navigation": [(path, name) for path, name, roles in NAVIGATION if account.role in roles],
            "event": secrets.token_urlsafe(8),
        }

    def address(self, name: str) -> str:
        """The path of a file of the frame."""
        if name not in self.own.files:
            raise KeyError(name)
        return f"{ADDRESS}{self.own.version}/{name}"

    async def file(self, request: Request) -> Response:
        """A file of the frame; it may be kept for ever, since its address changes with it."""
        name = request.path_params["name"]
        if name not in self.own.files:
            return self.pages.problem(404, "desk.refused.unknown", SOURCE_LANGUAGE)
        headers = {**SECURITY_HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}
        return Response(self.own.files[name], headers=headers, media_type=TYPES[Path(name).suffix])


def read_desk(pages: Pages, territory_name: Callable[[str | None], str]) -> DeskPages:
    """The frame, over the chat's templates. ``territory_name``: what a territory calls itself."""
    return DeskPages(pages, read_assets(), read_assets(HERE / "static"), territory_name)


def desk_files(desk: DeskPages) -> list[Route]:
    """The frame's style and modules."""
    return [Route(ADDRESS + "{version}/{name}", desk.file, methods=["GET"])]
