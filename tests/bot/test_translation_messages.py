"""The guards on whole messages of the catalogs, with example values: as they are, and with one value changed."""

from __future__ import annotations

import pytest

from bot.followup.catalog import household_languages
from bot.followup.message import render
from bot.followup.templates import templates
from bot.translation.guards import doubts_of

CHANGED = {
    "jour": "2027-02-09",
    "ancien_jour": "2027-03-12",
    "heure": "16:45",
    "ancienne_heure": "11:15",
    "telephone": "06 11 22 33 44",
    "duree": "90",
    "questions": "9",
    "jour_visite": "2025-10-07",
}
LANGUAGES = [code for code in household_languages() if code != "fr"]


def _held(french, translated, language, names):
    both = (french, translated, "fr", language), (translated, french, language, "fr")
    return [any(doubt.holds for doubt in doubts_of(*pair, names)) for pair in both]


def _said(template, language, **changed):
    return render(template, {name: slot.example for name, slot in template.slots.items()} | changed, language).text


def _names(template):
    return [slot.example for slot in template.slots.values() if slot.kind == "name"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_changed_day_hour_number_or_phone_is_held_in_every_message(language):
    held = []
    for template in templates():
        for name in template.slots.keys() & CHANGED.keys():
            other = _said(template, language, **{name: CHANGED[name]})
            held += _held(_said(template, "fr"), other, language, _names(template))
    assert len(held) >= 50
    assert all(held)


def test_of_the_right_messages_few_are_held():
    """What is held says the same with a negation that the other lacks: « gratuit », « it costs nothing »."""
    held = []
    for language in LANGUAGES:
        for template in templates():
            held += _held(_said(template, "fr"), _said(template, language), language, _names(template))
    assert len(held) > 500
    assert sum(held) / len(held) < 0.05
