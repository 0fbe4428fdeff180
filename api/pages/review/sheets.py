"""What the pages of the review have in common: their style and keys, and the words that the templates ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import Response

from api.access.gate import Signed
from api.access.roles import NATIONAL
from api.pages.desk import DeskPages
from api.pages.review.words import channel_text, language_text, moment
from bot.channels.web_page.assets import TYPES, Assets, read_assets
from bot.channels.web_page.pages import SECURITY_HEADERS
from bot.wording import SOURCE_LANGUAGE
from rules.model import Territory

HERE = Path(__file__).resolve().parent
ADDRESS = "/bureau/revue/"
Territories = Callable[[str | None], Territory | None]


@dataclass(frozen=True)
class Sheets:
    """Renders the pages. ``territory``: the settings of one by its id."""

    desk: DeskPages
    environment: Environment
    own: Assets
    territory: Territories

    def page(self, template: str, signed: Signed, request: Request, status: int = 200, **values: object) -> Response:
        """A page of the review, or a part of one."""
        language = signed.account.language
        return self.desk.page(
            self.environment,
            template,
            signed,
            request,
            status,
            review_asset=self.address,
            moment=lambda at: moment(at, language),
            language_name=lambda code: language_text(code, language),
            channel_text=channel_text,
            place_name=self.place_name,
            national=signed.account.role == NATIONAL,
            **values,
        )

    def unknown(self, signed: Signed) -> Response:
        """Nothing is at this address, for this account."""
        return self.desk.pages.problem(404, "desk.refused.unknown", signed.account.language)

    def place_name(self, territory: str | None) -> str:
        """A territory's name, else its id."""
        known = self.territory(territory)
        return known.name if known else territory or ""

    def address(self, name: str) -> str:
        return f"{ADDRESS}{self.own.version}/{name}"

    async def file(self, request: Request) -> Response:
        """The style or the keys; they may be kept for ever, since their address changes with them."""
        name = request.path_params["name"]
        if name not in self.own.files:
            return self.desk.pages.problem(404, "desk.refused.unknown", SOURCE_LANGUAGE)
        headers = {**SECURITY_HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}
        return Response(self.own.files[name], headers=headers, media_type=TYPES[Path(name).suffix])


def read_sheets(desk: DeskPages, territory: Territories) -> Sheets:
    """The templates beside this file, over the frame's."""
    return Sheets(desk, desk.beside(HERE), read_assets(HERE / "static"), territory)
