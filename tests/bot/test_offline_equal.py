"""What the page answers without network is what Python answers: every way, every language, whole.

The server is stopped and the browser offline. Python's side comes from the interviewer and the chat's own templates.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from bot.messages import Text
from bot.wording import languages, wording
from rules.interview import TYPED
from rules.vocabulary import months_before
from tests.bot.offline_site import Kitchen, installed, offline_site, phone, without_network
from tests.bot.offline_ways import WALK, Ways, days_to_type
from tests.chromium import LAUNCH_ARGS, chromium_path

TODAY = date(2026, 11, 24)
LEAP_DAY, END_OF_MARCH = date(2024, 2, 29), date(2025, 3, 31)


@pytest.fixture(scope="module")
def page(kitchen: Kitchen, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page on a phone that has no network any more."""
    with sync_playwright() as playwright:
        chromium: Browser = playwright.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGS)
        with offline_site(kitchen, tmp_path_factory.mktemp("site")) as site, phone(chromium, site) as context:
            opened = installed(context)
            without_network(site, context)
            opened.reload()
            yield opened
        chromium.close()


def in_the_page(page: Page, language: str, day: date, typed: tuple[date, ...] = ()) -> dict[str, str]:
    wanted = {"language": language, "started": day.isoformat(), "typed": [d.isoformat() for d in typed]}
    return page.evaluate(WALK, wanted)


def differing(python: dict[str, str], javascript: dict[str, str]) -> list[str]:
    return sorted(way for way in python.keys() | javascript.keys() if python.get(way) != javascript.get(way))


def test_every_way_shows_the_same_in_every_language(page: Page, kitchen: Kitchen) -> None:
    ways = Ways(kitchen.interviewer(), TODAY)
    for language in languages():
        python = ways.digests(language)
        assert len(python) > 6000
        assert differing(python, in_the_page(page, language, TODAY)) == []


@pytest.mark.parametrize("day", [LEAP_DAY, END_OF_MARCH])
def test_every_way_shows_the_same_on_days_that_months_do_not_share(page: Page, kitchen: Kitchen, day: date) -> None:
    python = Ways(kitchen.interviewer(), day).digests("fr")
    assert differing(python, in_the_page(page, "fr", day)) == []


def test_days_that_are_typed_lead_where_they_lead_online(page: Page, kitchen: Kitchen) -> None:
    typed = days_to_type(kitchen.interviewer(), END_OF_MARCH)
    python = Ways(kitchen.interviewer(), END_OF_MARCH, typed).digests("fr")
    assert any(TYPED in way for way in python)
    assert differing(python, in_the_page(page, "fr", END_OF_MARCH, typed)) == []


def test_every_day_less_some_months_is_the_same_day(page: Page) -> None:
    days = [date(2023, 12, 1) + timedelta(days=n) for n in range(850)]
    months = (0, 1, 3, 4, 12, 13)
    found = page.evaluate(
        """async ([days, months]) => {
          const script = document.querySelector('script[src$="/offline.js"]').src.replace("offline.js", "interview.js");
          const { monthsBefore } = await import(script);
          return days.flatMap((day) => months.map((count) => monthsBefore(day, count)));
        }""",
        [[d.isoformat() for d in days], months],
    )
    assert found == [months_before(day, count).isoformat() for day in days for count in months]


@pytest.mark.parametrize("language", languages())
def test_every_day_of_a_year_is_written_as_the_language_writes_it(page: Page, language: str) -> None:
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(366)]
    found = page.evaluate(
        """async ([days, language]) => {
          const script = document.querySelector('script[src$="/offline.js"]').src.replace("offline.js", "interview.js");
          const { dayWords } = await import(script);
          const index = await (await fetch("/hors-ligne/paquet.json")).json();
          const words = await (await fetch(index.words[language])).json();
          return days.map((day) => words.day.replace("{{day}}", dayWords(words, day)));
        }""",
        [[d.isoformat() for d in days], language],
    )
    assert found == [wording(language).say(Text("chat.day", {"day": day})) for day in days]
