"""What a visitor is told of a vignette in their own chat: its title, and the address of the page that is theirs."""

from __future__ import annotations

from sqlalchemy import Connection

from api.review.coordination import News
from api.review.vignettes import vignette_address
from api.storage.tidings import Tiding
from api.storage.vignettes import PUBLISHED, UnknownVignetteError, vignette
from bot.messages import Reply, Section, Text


def vignette_news(secret: str, public_url: str) -> News:
    """Words for tidings of vignettes; ``secret`` signs each visitor's address."""

    def news(connection: Connection, tiding: Tiding, language: str) -> Reply | None:
        try:
            found = vignette(connection, int(tiding.about))
        except UnknownVignetteError:
            return None
        if found.state != PUBLISHED:
            return None
        address = vignette_address(found.id, tiding.visitor, secret, public_url)
        said = Text("vignette.told", {"title": found.title, "address": address})
        return Reply((Section("notice", (said,)),), language=language)

    return news
