"""A campaign's page: how far it is, language by language, and the button that stops it for good."""

from __future__ import annotations

import httpx
import pytest

from api.households.addresses import campaign_address
from api.households.campaigns import CampaignDesk, Planned
from api.storage.campaigns import Chosen
from tests.api.household_site import household_site, template


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with household_site(tmp_path_factory.mktemp("campaign")) as running_site:
        yield running_site


@pytest.fixture
def address(site):
    """The page of a campaign to two households, in Arabic and in Dari, of which nothing has left yet."""
    references = [site.open(language, "aude") for language in ("ar", "fa-AF")]
    with site.desk.store.households(site.desk.vault) as households:
        for reference in references:
            households.pair(reference, "telegram", reference, f"hash-{reference}")
            households.change(reference, consent="given")
    desk = CampaignDesk(site.desk.store, site.desk.vault, site.jobs, site.parts.territories.get)
    slots = template("materiel_pose").values
    made = desk.start(Planned("materiel_pose", slots, Chosen(tuple(references))), "coordination")
    return campaign_address(made.id, site.secret, site.url)


def test_the_page_counts_messages_by_language_and_reads_itself_again(address):
    page = httpx.get(address)
    assert page.status_code == 200 and "Relire les comptes" in page.text
    assert "arabe" in page.text and "dari" in page.text and "0 sur 2" in page.text
    assert page.headers["cache-control"] == "no-store"


def test_the_button_stops_it_for_good(address):
    stopped = httpx.post(f"{address}/arreter", follow_redirects=True)
    assert stopped.status_code == 200 and "2 sur 2" in stopped.text
    assert "/arreter" not in stopped.text and "Relire les comptes" not in stopped.text
    assert httpx.post(f"{address}/arreter", follow_redirects=True).status_code == 200


def test_a_forged_address_opens_and_stops_nothing(address):
    forged = address[:-1] + ("0" if address[-1] != "0" else "1")
    assert httpx.get(forged).status_code == 404
    assert httpx.post(f"{forged}/arreter").status_code == 404
    assert "0 sur 2" in httpx.get(address).text
