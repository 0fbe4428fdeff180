"""What is kept under a key holds for every situation that has it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rules.engine import examine, look
from rules.errors import SituationError
from rules.model import Convention, Territory
from rules.reading import reading
from rules.situation import check_order
from tests.rules.situations import COMPILED, VOCABULARY, facts, situation

EXAMPLES = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
SAID = date(2026, 1, 15)


def _territory(months, option):
    options = {} if option is None else {"option_n1": Convention(option, "le comité", SAID)}
    return Territory("essai", "Essai", options, months and Convention(months, "le comité", SAID))


SETTINGS = ((2, None), (3, True), (4, None), (6, False), (12, True), (None, False))
TERRITORIES = [None, *(_territory(months, option) for months, option in SETTINGS)]
territories = st.sampled_from(TERRITORIES)


def _fresh():
    return replace(COMPILED, kept={})


@EXAMPLES
@given(facts, territories)
def test_what_was_found_before_is_what_is_found_anew(said, territory):
    asked = situation(said)
    assume(asked is not None)
    for final in (True, False):
        assert examine(COMPILED, asked, territory, final=final) == examine(_fresh(), asked, territory, final=final)


@EXAMPLES
@given(facts, territories, st.data())
def test_situations_with_one_key_get_one_conclusion_and_the_same_flips_but_for_their_days(said, territory, data):
    asked = situation(said)
    assume(asked is not None)
    days = [f for f, v in asked.facts.items() if type(v) is date]
    fact = data.draw(st.sampled_from(days))
    moved = asked.with_facts({fact: asked.facts[fact] + timedelta(days=data.draw(st.integers(-40, 40)))})
    try:
        check_order(VOCABULARY, moved)
    except SituationError:
        assume(False)
    coding = reading(COMPILED, territory).coding
    assume(coding.key(asked) == coding.key(moved))
    one, other = (examine(_fresh(), s, territory, final=True) for s in (asked, moved))
    assert one.conclusion == other.conclusion
    assert [(set(f.change), f.missions) for f in one.flips] == [(set(f.change), f.missions) for f in other.flips]
    assert other.flips == examine(COMPILED, moved, territory, final=True).flips


@EXAMPLES
@given(facts, territories)
def test_a_reading_gives_the_answers_of_the_diagram(said, territory):
    asked = situation(said)
    assume(asked is not None)
    seen = look(COMPILED, asked, territory)
    clashing = any(not values for values in seen.known.values())
    expected = frozenset() if clashing else COMPILED.explorer.possible_answers(seen.known)
    assert reading(COMPILED, territory).answers(asked) == expected


@EXAMPLES
@given(facts, territories)
def test_a_flip_under_a_territory_really_changes_the_answer_as_it_says(said, territory):
    asked = situation(said)
    assume(asked is not None)
    found = examine(COMPILED, asked, territory, final=True)
    for flip in found.flips:
        after = examine(COMPILED, asked.with_facts(flip.change), territory, final=True)
        assert after.missions == flip.missions
        assert (after.status, after.missions, after.open) != (found.status, found.missions, found.open)


@pytest.mark.parametrize("territory", TERRITORIES, ids=["text", *(f"{m}-{o}" for m, o in SETTINGS)])
def test_a_day_falls_in_the_cell_of_its_zone_on_every_day_of_two_years(territory):
    by, contact = reading(COMPILED, territory), date(2026, 11, 23)
    for back in range(0, 730):
        day = contact - timedelta(back)
        asked = situation({"date_contact": str(contact), "date_dernier_accompagnement": str(day)})
        assert by.known(asked)["pause"] == {by.delays.zone(day, contact)}
