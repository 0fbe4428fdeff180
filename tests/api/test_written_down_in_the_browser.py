"""What a household said aloud, on every page that shows it: written down by a machine, or why it is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from api.access.gate import COOKIE
from api.access.roles import COORDINATOR
from api.households.addresses import followup_address, household_address
from api.households.desk import LINK, Event, Voice
from bot.followup.catalog import catalog
from bot.followup.page_words import page_text
from bot.messages import Text
from bot.speech.espeak import EspeakNG
from bot.speech.sounds import opus
from bot.wording import wording
from tests.api.casework import office
from tests.api.coordination import cookie_of
from tests.api.household_site import template

SAID = {"ar": "لا أستطيع يوم الاثنين، هل يمكن يوم آخر؟", "fr": "Je ne peux pas lundi, un autre jour ?"}
LOOKS = [
    ({"width": width, "height": height}, scheme) for width, height in ((390, 844), (1280, 900))
    for scheme in ("light", "dark")
]  # fmt: skip


class Conversation:
    """A household that said three things on its page: one could be written down, two could not."""

    def __init__(self, desk, language: str) -> None:
        self.desk, self.reference = desk, desk.agreed(language, paired=False)
        sent = desk.desk.send(self.reference, template("materiel_pose"), channel=LINK)
        with desk.cases() as households:
            self.link = households.link_of(sent)
        for number, (words, unheard) in enumerate(((SAID[language], ""), (None, "no_engine"), (None, "silent"))):
            voice = Voice("audio/ogg", opus(EspeakNG().speak(SAID[language], language)))
            taken = desk.desk.take(Event(LINK, f"{self.reference}-{number}", self.reference, sent.link, voice=voice))
            desk.desk.heard(taken.received.id, words, unheard)

    def pages(self) -> dict[str, str]:
        url, secret = self.desk.url, self.desk.secret
        return {
            "menage": household_address(self.link.token, url),
            "suivi": followup_address(self.reference, secret, url),
            "reponses": f"{url}/menages/reponses",
        }


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("written-down")
    with office(folder, f"sqlite:///{folder / 'test.db'}") as running:
        running.hold_jobs()
        running.secret = (folder / "secret_key").read_text().strip()
        yield running


@pytest.fixture(scope="module", params=["ar", "fr"])
def conversation(desk, request):
    return request.param, Conversation(desk, request.param)


def opened(desk, browser, **how):
    """A page signed in as a coordinator; ``told``: what its console says."""
    context = browser.new_context(locale="fr-FR", **how)
    context.add_cookies([{"name": COOKIE, "value": cookie_of(desk.parts.store, COORDINATOR), "url": desk.url}])
    page = context.new_page()
    page.told = []
    page.on("console", lambda message: page.told.append(message.text))
    return page


def kept(page, name: str) -> None:
    """A picture to look at, with AIGUILLAGE_SHOTS."""
    if folder := os.environ.get("AIGUILLAGE_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_the_household_sees_its_words_where_it_spoke_and_its_voice_where_nothing_was_written(
    desk, browser, conversation
):
    language, said = conversation
    page = opened(desk, browser)
    page.goto(said.pages()["menage"])
    notes = page.locator(".note--theirs")
    expect(notes).to_have_count(3)
    expect(notes.nth(0)).to_contain_text(SAID[language])
    expect(notes.nth(0).locator(".note__machine")).to_have_text(page_text("transcribed", catalog(language)))
    expect(notes.nth(0).locator("audio")).to_have_count(0)
    assert notes.nth(0).locator(".note__text").evaluate("e => getComputedStyle(e).direction") == (
        "rtl" if language == "ar" else "ltr"
    )
    for number in (1, 2):
        expect(notes.nth(number).locator("audio")).to_have_count(1)
        expect(notes.nth(number).locator(".note__machine")).to_have_count(0)
    asked_again = page_text("not_heard", catalog(language)).split("\n")[0]
    expect(page.locator(".thread__one--ours").last).to_contain_text(asked_again)
    assert page.told == []
    page.context.close()


@pytest.mark.parametrize("where", ["suivi", "reponses"])
def test_who_reads_it_sees_the_mark_of_the_machine_or_the_reason(desk, browser, conversation, where):
    language, said = conversation
    page = opened(desk, browser)
    page.goto(said.pages()[where])
    mark = wording("fr").say(Text("tell.transcribed"))
    expect(page.get_by_text(SAID[language])).to_be_visible()
    box = page.get_by_text(SAID[language]).locator("xpath=ancestor::*[contains(., 'transcrit')][1]")
    expect(box).to_contain_text(mark)
    for why in ("no_engine", "silent"):
        expect(page.get_by_text(wording("fr").say(Text(f"tell.unheard.{why}"))).first).to_be_visible()
    words = page.locator(f"blockquote[lang={language}]", has_text=SAID[language])
    assert words.evaluate("e => getComputedStyle(e).direction") == ("rtl" if language == "ar" else "ltr")
    assert page.told == []
    page.context.close()


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_axe_finds_nothing_there_and_no_page_is_too_wide(desk, browser, conversation, size, scheme):
    language, said = conversation
    page = opened(desk, browser, viewport=size, color_scheme=scheme, bypass_csp=True)
    for name, address in said.pages().items():
        assert page.goto(address).status == 200
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert [one["id"] for one in Axe().run(page).response["violations"]] == []
        kept(page, f"{name}-{language}-{size['width']}-{scheme}")
    page.context.close()
