"""Past questions under other rules: what stays, what changes, what can no longer be read."""

from __future__ import annotations

from datetime import date

import pytest

from rules.compile import compile_ruleset
from rules.load import ruleset_of
from rules.model import Convention, Territory
from rules.replay import EXAMPLES, Comparison, Outcome, Past, replayed
from tests.rules.situations import COMPILED, VOCABULARY
from tests.rulesets import PACKAGED, edited, less_sure

ASKED = date(2026, 11, 23)
SUPPORT = {
    "dst": "fait",
    "orientations_donnees": 2,
    "accompagnement_continu": True,
    "but": "accompagner",
    "cadre_contact": "suivi",
    "action": "mediation_bailleur",
}
STATED = Outcome("settled", ("soutien_renforce",), "stated")
INFERRED = Outcome("settled", ("soutien_renforce",), "inferred")


@pytest.fixture(scope="module")
def doubtful():
    return compile_ruleset(ruleset_of(less_sure()))


def past(facts=SUPPORT, was=STATED, key="t1", territory=None):
    return Past(key, facts, ASKED, territory, was)


def test_under_the_same_rules_a_question_keeps_its_answer():
    one = replayed(past(), COMPILED)
    assert not one.changed
    assert (one.becomes, one.unreadable) == (STATED, ())


def test_under_other_rules_the_new_answer_is_given_beside_the_old(doubtful):
    one = replayed(past(), doubtful)
    assert one.changed
    assert one.becomes == INFERRED
    assert one.finding.ruleset == doubtful.ruleset.id


def test_who_decides_is_a_part_of_the_answer(doubtful):
    facts = {"dst": "pas_fait", "but": "accompagner", "action": "aide_numerique"}
    before = replayed(past(facts), COMPILED).becomes
    after = replayed(past(facts, before), doubtful).becomes
    assert (before.decider, after.decider) == ("cler", "coordinateur")


def test_a_range_that_the_interview_logged_is_read():
    facts = {**SUPPORT, "date_dst": {"from": "2025-11-23", "to": "2026-10-23"}}
    assert replayed(past(facts), COMPILED).becomes == STATED


def test_a_territorys_settings_are_those_given():
    facts = {
        "dst": "fait", "date_dst": "2026-01-10", "date_contact": "2026-04-21", "sr": "aucun", "but": "accompagner",
        "accompagnement_continu": False, "cadre_contact": "suivi", "action": "bilan", "issue_contact": "joint",
    }  # fmt: skip
    taken = Convention(True, "Comité de pilotage", date(2026, 1, 15))
    three = Convention(3, "Comité de pilotage", date(2026, 1, 15))
    home = Territory("essai", "Territoire d'essai", {"option_n1": taken}, three)
    assert replayed(past(facts), COMPILED).becomes.status == "referred"
    assert replayed(past(facts, territory=home), COMPILED).becomes.missions == ("suivi_n1",)


def test_a_fact_that_the_new_vocabulary_lacks_makes_the_question_unreadable():
    facts = {name: text.replace("meme_visiteur", "un_autre_nom") for name, text in PACKAGED.items()}
    renamed = compile_ruleset(ruleset_of(facts))
    assert "meme_visiteur" in VOCABULARY.facts
    one = replayed(past({**SUPPORT, "meme_visiteur": True}), renamed)
    assert (one.finding, one.becomes, one.changed) == (None, None, False)
    assert one.unreadable == (("meme_visiteur", "unknown_fact"),)


def test_a_value_that_the_new_vocabulary_lacks_is_named_too():
    text = edited(PACKAGED["facts.yaml"], "locataire_social", "locataire_hlm")
    other = compile_ruleset(ruleset_of({**PACKAGED, "facts.yaml": text}))
    one = replayed(past({**SUPPORT, "occupation": "locataire_social"}), other)
    assert one.unreadable == (("occupation", "unknown_value"),)


def test_a_comparison_counts_every_question_and_holds_a_few_of_each_group(doubtful):
    found = Comparison()
    pasts = [past(key=f"t{n}") for n in range(10)]
    pasts += [past(was=INFERRED, key="same"), past({"autrefois": True}, key="lost")]
    for one in pasts:
        found.add(replayed(one, doubtful))
    assert (found.total, found.unchanged, found.changed, found.unreadable) == (12, 1, 10, 1)
    largest, smallest = found.groups
    assert (largest.was, largest.becomes, largest.count) == (STATED, INFERRED, 10)
    assert [p.key for p in largest.examples] == ["t0", "t1", "t2"]
    assert len(largest.examples) == EXAMPLES
    assert (smallest.becomes, smallest.unreadable) == (None, (("autrefois", "unknown_fact"),))
