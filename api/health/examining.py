"""The whole examination of an installation."""

from __future__ import annotations

from datetime import date

from api.health.database import database
from api.health.findings import Examination
from api.health.installation import installation
from api.health.speech import engines, lacking, models, served
from api.settings import Settings


async def examine_installation(settings: Settings, *, online: bool = False) -> Examination:
    """Changes nothing but what any command does first: the data folder and its keys are made when there are none.

    ``online``: also asks Telegram and the homeserver about their tokens.
    """
    base, recorded = database(settings.database_url)
    found, used = await engines(settings)
    checks = (*installation(settings, date.today(), online=online), base, *used, *models(settings, found["wrong"]))
    languages = served(found, recorded)
    return Examination(checks, languages, lacking(found, languages))
