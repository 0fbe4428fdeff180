"""A case's page of dates and links: what happened, what is due and why, the interview, the household's chat."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from api.storage.dues import Dues
from bot.channels.channel import Invitation, UnansweredError
from tests.api.household_site import household_site, template

LOT = """
id: lot
name: Lot
options:
  option_n1: {value: true, decided_by: Comité de pilotage, decided_on: 2026-01-15}
"""


@dataclass
class Network:
    """A network as far as the page needs it. ``link``: of its bot, None while it does not answer; ``line``: to write
    there, before what a link cannot say."""

    name: str
    link: str | None
    line: str = ""

    async def invitation(self, start):
        if self.link is None:
            raise UnansweredError("NetworkError")
        return Invitation(self.link, self.line + start) if self.line else Invitation(self.link + start)


TELEGRAM = Network("telegram", "https://t.me/slime_bot?start=")
AWAY = Network("telegram", None)
MATRIX = Network("matrix", "https://matrix.to/#/@slime:exemple.fr", "!start ")
SET_UP = {"telegram": [TELEGRAM], "no answer": [AWAY], "none": [], "matrix": [MATRIX], "both": [TELEGRAM, MATRIX]}


@pytest.fixture(scope="module", params=SET_UP.values(), ids=SET_UP.keys())
def site(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("standing")
    (folder / "territories").mkdir()
    (folder / "territories" / "lot.yaml").write_text(LOT, encoding="utf-8")
    with household_site(folder, channels=request.param) as running_site:
        running_site.networks = request.param
        yield running_site


def lived(site):
    reference = site.open("ar", "aude")
    with site.desk.store.households(site.desk.vault) as households:
        households.keep_episode(reference, "dst", date(2025, 10, 2), date(2025, 10, 2))
        households.keep_episode(reference, "soutien_renforce", date(2025, 10, 15), date(2026, 3, 12))
    return reference


def test_the_timeline_says_what_each_episode_is_and_that_its_end_closes_nothing_else(site):
    page = httpx.get(f"{site.followup(lived(site))}/dossier")
    assert page.status_code == 200
    assert "<svg" in page.text and "Soutien renforcé" in page.text and "le ménage n’a pas" in page.text


def test_what_is_not_planned_says_who_decides(site):
    assert "La collectivité pilote le décide" in httpx.get(f"{site.followup(lived(site))}/dossier").text


def test_the_interview_opens_for_this_household_and_can_ask_it(site):
    reference = lived(site)
    address = re.search(r'href="(/\?menage=[^"]+)"', httpx.get(f"{site.followup(reference)}/dossier").text)[1]
    with httpx.Client(base_url=site.url, headers={"Accept-Language": "fr"}) as visitor:
        assert "ne mène à aucun ménage" not in visitor.get(address).text
        assert "ne mène à aucun ménage" in visitor.get(address[:-1] + "z").text


def test_the_household_s_chat_is_linked_by_an_address_and_its_square_in_each_network_that_is_set_up(site):
    reference = lived(site)
    here = site.followup(reference)
    paired, standing = httpx.post(f"{here}/relier"), httpx.get(f"{here}/dossier")
    answering = [one for one in site.networks if one.link]
    if not answering:
        assert paired.status_code == 404 and "ne tourne pas" in paired.text
        assert "/relier" not in standing.text
        return
    assert paired.text.count('<div role="img"') == len(answering)
    for network in (TELEGRAM, MATRIX):
        assert (network.link in paired.text) == (network.link in standing.text) == (network in answering)
    tokens = re.findall(r'value="(?:https://t.me/slime_bot\?start=|!start )m-([\w-]+)"', paired.text)
    assert len(tokens) == len(answering)
    with site.desk.store.households(site.desk.vault) as households:
        assert {households.link(token).case for token in tokens} == {reference}
    assert len(re.findall(rf"start[= ]v-{reference}-", standing.text)) >= len(answering)


def test_another_s_address_opens_nothing(site):
    assert httpx.get(f"{site.url}/suivi/M-AAAA-AAAA-00000000000000000000/dossier").status_code == 404


def test_an_appointment_sent_from_the_page_plans_its_reminder_at_once(site):
    reference = lived(site)
    with site.desk.store.households(site.desk.vault) as households:
        households.pair(reference, "telegram", "1", f"hash-{reference}")
        households.change(reference, consent="given")
    day = date.today() + timedelta(days=40)
    site.parts.desk.send(reference, template("rendez_vous_confirmation", jour=day.isoformat()))
    with site.desk.store.households(site.desk.vault) as households:
        [reminder] = [row for row in Dues(households.connection).of([reference])[reference] if "rappel" in row.step]
    local = reminder.due_at.astimezone(ZoneInfo("Europe/Paris"))
    assert (local.date(), local.hour) == (day - timedelta(days=1), 18)


def test_what_is_proposed_is_prepared_from_the_page_or_set_aside_for_good(site):
    reference = site.open("ar", "lot")
    with site.desk.store.households(site.desk.vault) as households:
        visited = date.today() - timedelta(days=400)
        households.keep_episode(reference, "dst", visited, visited)
        households.change(reference, consent="given")
    page = httpx.get(f"{site.followup(reference)}/dossier")
    assert f"{site.followup(reference)}/ecrire?modele=n1_proposition".removeprefix(site.url) in page.text
    number = re.search(r'name="numero" value="(\d+)"', page.text)[1]
    other = httpx.post(f"{site.followup(lived(site))}/ecarter", data={"numero": number})
    assert other.status_code == 409
    done = httpx.post(f"{site.followup(reference)}/ecarter", data={"numero": number}, follow_redirects=True)
    assert done.status_code == 200 and "modele=n1_proposition" not in done.text
    assert httpx.post(f"{site.followup(reference)}/ecarter", data={"numero": number}).status_code == 409
    assert httpx.post(f"{site.followup(reference)}/ecarter", data={"numero": "x"}).status_code == 409


@pytest.mark.parametrize("site", [[MATRIX], [TELEGRAM, MATRIX]], ids=["matrix", "both"], indirect=True)
@pytest.mark.parametrize(("width", "height", "scheme"), [(390, 844, "light"), (1280, 900, "dark")])
def test_a_line_is_copied_as_it_is_and_sharing_gives_the_address_with_it(site, browser, width, height, scheme):
    size = {"width": width, "height": height}
    context = browser.new_context(viewport=size, color_scheme=scheme, locale="fr-FR", bypass_csp=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{site.followup(lived(site))}/dossier")
    fit(page, f"dossier-{len(site.networks)}")
    page.get_by_role("button", name="Relier").click()
    fit(page, f"relier-{len(site.networks)}")
    line = page.input_value("#ligne-matrix")
    assert line.startswith("!start m-")
    page.get_by_role("button", name="Copier la ligne").click()
    expect(page.get_by_text("Copié.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == line
    page.evaluate("navigator.share = undefined")
    page.get_by_role("button", name="Partager le lien").last.click()
    expect(page.get_by_text("Copié.")).to_have_count(2)
    assert page.evaluate("navigator.clipboard.readText()") == f"{MATRIX.link}\n{line}"
    assert page.get_by_role("heading", level=1).count() == 1
    context.close()


def fit(page, name):
    """Whether the page is as wide as the screen, and axe finds nothing. AIGUILLAGE_SHOTS: a folder for pictures."""
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert [(one["id"], one["nodes"][0]["html"]) for one in Axe().run(page).response["violations"]] == []
    if folder := os.environ.get("AIGUILLAGE_SHOTS"):
        page.screenshot(path=f"{folder}/{name}-{page.viewport_size['width']}.png", full_page=True)
