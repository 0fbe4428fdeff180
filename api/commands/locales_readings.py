"""aiguillage locales readings"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from api.commands.common import telling
from api.commands.household_words import french_in, in_folder, save
from api.settings import load_settings
from api.storage.readings import TO_CORRECT, Reading
from api.storage.store import Store
from bot.followup.catalog import Catalog, household_languages, read_catalog
from bot.followup.catalog_text import parts
from bot.followup.check import check
from bot.followup.reading import seen
from bot.followup.templates import templates
from bot.followup.translating import approved
from bot.wording import SOURCE_LANGUAGE, wording


@click.command("readings")
@click.option("--apply", "applying", is_flag=True, help="Noter comme relu ce qui est juste.")
@in_folder
def locales_readings(applying: bool, folder: Path) -> None:
    """Ce que les personnes invitées ont dit des traductions ; --apply note comme relu ce qui est juste."""
    words = wording(SOURCE_LANGUAGE)
    with telling():
        with Store.open(load_settings().database_url) as store:
            readings = store.readings.last()
        if not readings:
            click.echo(words("followup.readings.none"))
            return
        french = french_in(folder)
        for code in household_languages(folder):
            said = [reading for reading in readings if reading.verdict.language == code]
            before = read_catalog(code, folder)
            current = [reading for reading in said if _told(reading, before, french)]
            if applying:
                _apply(current, before, french, folder)
        if not applying:
            click.echo(words("followup.readings.how"))


def _told(reading: Reading, catalog: Catalog, french: Catalog) -> bool:
    """Say what a reader said, and whether it is of the texts as they are now."""
    words, told = wording(SOURCE_LANGUAGE), reading.verdict
    now = told.part in parts(templates()) and seen(told.part, catalog, french, templates()) == told.seen
    params = {"language": told.language, "part": told.part, "reader": told.reader, "on": reading.read_at.date()}
    proposal = {"proposal": told.proposal or ""} if now and told.verdict == TO_CORRECT else {}
    click.echo(words(f"followup.readings.{told.verdict if now else 'older'}", **params, **proposal))
    return now


def _apply(readings: Sequence[Reading], before: Catalog, french: Catalog, folder: Path) -> None:
    """Mark as reviewed what was found right, without a fault, and by nobody to be corrected."""
    words, after = wording(SOURCE_LANGUAGE), before
    disputed = {reading.verdict.part for reading in readings if reading.verdict.verdict == TO_CORRECT}
    for reading in readings:
        told, part_keys = reading.verdict, parts(templates())[reading.verdict.part]
        if told.verdict == TO_CORRECT:
            continue
        tried = approved(after, french, part_keys, told.reader, reading.read_at.date())
        if told.part in disputed or any(fault.key in part_keys for fault in check(tried, french, templates())):
            click.echo(words("followup.readings.refused", language=told.language, part=told.part), err=True)
            continue
        after = tried
    if changed := [key for key in after.entries if after.entries[key] != before.entries[key]]:
        file = save(after, french, folder)
        click.echo(words("followup.readings.applied", file=str(file), count=len(changed)))
