"""A sound that is played, and stopped, where its button stands."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, Response, expect


def plays_and_stops(page: Page, place: Page | Locator, name: str = "Écouter") -> Response:
    """Whether the button of this name at ``place`` plays a sound, and Escape stops it; the sound's answer. The page has
    ``ENDLESS``."""
    with page.expect_response(lambda response: "/ecouter" in response.url) as played:
        place.get_by_role("button", name=name).click()
    assert played.value.status in (200, 206)
    expect(place.get_by_role("button", name="Arrêter")).to_be_visible()
    page.keyboard.press("Escape")
    expect(place.get_by_role("button", name=name)).to_be_visible()
    return played.value
