"""A territory's doctrine stands beside an answer that the text leaves open, and changes nothing of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from rules.compile import compile_ruleset
from rules.deciding_rules import deciding_rules
from rules.doctrine import COUNTED, grey_zones, is_doctrine
from rules.engine import examine
from rules.load import SLIME_PLUS, load_ruleset
from rules.model import Doctrine, Territory
from rules.situation import parse

SLIME = compile_ruleset(load_ruleset(SLIME_PLUS))
TODAY = date(2026, 11, 26)
THREE_MONTHS = {
    "dst": "fait", "accompagnement_continu": False, "date_dernier_accompagnement": "2026-08-20", "but": "accompagner",
    "cadre_contact": "suivi", "action": "bilan", "option_n1": True, "issue_contact": "joint", "orientations_donnees": 1,
}  # fmt: skip
CLASH = {
    "dst": "fait",
    "orientations_donnees": 1,
    "but": "accompagner",
    "cadre_contact": "evaluation",
    "action": "bilan",
}
SETTLED = {**THREE_MONTHS, "date_dernier_accompagnement": "2025-10-01", "date_dst": "2025-09-01", "sr": "aucun"}


def territory(*zones: str) -> Territory:
    said = {zone: Doctrine(zone, "Nous comptons un N+1.", ("suivi_n1",), "Comité de pilotage", TODAY) for zone in zones}
    return Territory("essai", "Territoire d'essai", doctrines=said)


def zones_of(facts: dict[str, object]) -> tuple[str, ...]:
    situation = parse(SLIME.ruleset.vocabulary, facts, TODAY)
    return deciding_rules(SLIME, situation, examine(SLIME, situation, final=True))


@pytest.mark.parametrize("facts", [THREE_MONTHS, CLASH], ids=["a rule that refers", "facts that clash"])
def test_a_doctrine_is_said_with_the_answer_of_its_zone_and_the_answer_stays_referred(facts: dict[str, object]) -> None:
    situation = parse(SLIME.ruleset.vocabulary, facts, TODAY)
    alone = examine(SLIME, situation, final=True)
    (zone, *_) = zones_of(facts)
    assert alone.status == "referred" and zone in grey_zones(SLIME.ruleset)
    beside = examine(SLIME, situation, territory(zone), final=True)
    assert [(a.message, a.params["said"], a.params["by"]) for a in beside.advice[:1]] == [
        (COUNTED, "Nous comptons un N+1.", "Comité de pilotage")
    ]
    assert replace(beside.conclusion, advice=()) == replace(alone.conclusion, advice=())


def test_a_doctrine_says_nothing_outside_its_zone() -> None:
    other = territory(*(zone for zone in grey_zones(SLIME.ruleset) if zone not in zones_of(THREE_MONTHS)))
    for facts in (THREE_MONTHS, SETTLED):
        situation = parse(SLIME.ruleset.vocabulary, facts, TODAY)
        assert not any(is_doctrine(a) for a in examine(SLIME, situation, other, final=True).advice)


def test_a_settled_answer_and_one_that_asks_on_say_no_doctrine() -> None:
    everywhere = territory(*grey_zones(SLIME.ruleset))
    for facts, status in ((SETTLED, "settled"), ({"dst": "fait"}, "asking")):
        found = examine(SLIME, parse(SLIME.ruleset.vocabulary, facts, TODAY), everywhere)
        assert (found.status, any(is_doctrine(a) for a in found.advice)) == (status, False)
