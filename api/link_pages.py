"""The pages that a link opens, each with what it is given: a part of the wiring that `create_app` calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from starlette.routing import Route

from api.households.campaigns import CampaignDesk
from api.pages.campaign import campaign_page
from api.pages.followup import followup_page
from api.pages.followup.sending import Translate
from api.pages.followup.standing import Standing
from api.pages.household import household_page
from api.pages.reading import reading_page
from api.parts import Parts
from bot.channels import Aloud
from bot.channels.channel import Channel


def link_pages(
    parts: Parts, aloud: Aloud, translate: Translate, channels: Sequence[Channel], today: Callable[[], date]
) -> list[Route]:
    """A household's messages, who follows it, a campaign, and the reading of a translation."""
    settings = parts.settings
    campaigns = CampaignDesk(parts.store, parts.vault, parts.jobs, parts.territories.get)
    return [
        *reading_page(parts.store, settings.secret_key, today),
        *household_page(parts.desk, parts.territories.get, aloud=aloud),
        *campaign_page(campaigns, settings.secret_key),
        *followup_page(
            parts.desk,
            settings.secret_key,
            settings.public_url,
            parts.territories.get,
            translate=translate,
            aloud=aloud,
            card=parts.card,
            standing=Standing(parts.planning, settings.secret_key, channels),
        ),
    ]
