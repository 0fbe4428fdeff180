"""The pages that are loaded when one of them is first asked for, with where they are: a part of `create_app`'s wiring.

What the chat needs is not among them, so that no question waits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from starlette.routing import Route

from api.access.gate import Gate
from api.pages.on_demand import PagesOnDemand
from api.parts import Parts
from bot.channels import Aloud
from bot.channels.channel import Channel
from bot.translation.translator import Translator

COORDINATORS = (
    "bienvenue", "bureau", "cas-decole", "chiffres", "cler", "cler.docx", "cler.pdf", "compte", "connexion",
    "deconnexion", "doctrine", "donnees", "equipe", "exports", "menages", "menages.css", "regles", "rejoindre", "revue",
    "vignettes", "webhooks",
)  # fmt: skip
BY_LINK = (
    "campagne", "campagne.css", "m", "menage.css", "menage.js", "relire", "relire.css", "suivi", "suivi.css",
    "suivi.js",
)  # fmt: skip
FIGURES = ("chiffres-convention",)


def rooms(
    parts: Parts,
    gate: Gate,
    aloud: Aloud,
    translator: Translator,
    channels: Sequence[Channel],
    today: Callable[[], date],
) -> list[PagesOnDemand]:
    """Coordinators', those that a link opens, and the figures of the convention."""

    def coordinators() -> Sequence[Route]:
        from api.coordinator_pages import coordinator_pages

        return coordinator_pages(parts, gate, channels, today, aloud)

    def by_link() -> Sequence[Route]:
        from api.link_pages import link_pages

        return link_pages(parts, aloud, translator.translate, channels, today)

    def figures() -> Sequence[Route]:
        from api.pages.figures import figures_page

        return figures_page(parts.decider, today)

    behind_the_gate = PagesOnDemand(COORDINATORS, coordinators)
    gate.rooms.append(behind_the_gate.made)
    return [behind_the_gate, PagesOnDemand(BY_LINK, by_link), PagesOnDemand(FIGURES, figures)]
