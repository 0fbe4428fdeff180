"""What visitors write, and the facts that are filled from it: surely, with their words, or not at all."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.understanding.understand import understand
from rules.load import load_ruleset
from rules.situation import parse
from tests.bot.understanding_corpus import SETS, is_right, score, situations

TODAY = date(2026, 4, 10)
RULES = load_ruleset()
TOLD = "visite en octobre, plus rien depuis, j'y retourne le 21 avril"
PIECES = [
    "visite", "DST", "en octobre", "depuis six mois", "plus rien depuis", "le 21 avril", "SR terminé", "je rappelle",
    "deux orientations", "il y a un an", "jeudi prochain", ",", ".", "?", "si", "pas de", "Mme B.", "hier", "fin 2025",
    "le 31 avril", "jusqu'en mars", "d'avril à mai", "je crois", "SR de mai à juin 2025", "dernier contact",
]  # fmt: skip


@pytest.mark.parametrize("name", SETS)
def test_no_more_than_one_filled_fact_in_a_hundred_is_wrong_and_half_of_the_stated_ones_are_found(name):
    found = score(name)
    told = f"{name}: {found.filled} filled, {len(found.wrong)} wrong, {found.found} of {found.stated} stated found"
    assert 100 * len(found.wrong) <= found.filled, "\n".join((told, *found.wrong))
    assert 2 * found.found >= found.stated, "\n".join((told, *found.missed))


def test_the_sets_are_as_large_as_they_are_said_to_be():
    sizes = {name: len(situations(name)) for name in (*SETS, "nothing")}
    assert sizes["development"] >= 120
    assert sizes["held_out"] >= 80
    assert sum(sizes[name] for name in SETS if "control" in name) >= 120
    assert sizes["nothing"] >= 60
    assert len({s.text for name in (*SETS, "nothing") for s in situations(name)}) == sum(sizes.values())


@pytest.mark.parametrize("situation", situations("nothing"), ids=lambda s: s.text[:50])
def test_a_sentence_that_states_nothing_fills_nothing(situation):
    assert understand(situation.text, situation.today).facts == {}


@pytest.mark.parametrize("name", SETS)
def test_what_is_stated_in_the_corpus_is_of_the_contract(name):
    for situation in situations(name):
        for fact, value in situation.facts.items():
            known = RULES.vocabulary.facts[fact]
            assert known.kind in ("date", "integer") or value in (known.values or (True, False)), situation.text


def test_the_example_of_a_visitor_fills_what_it_says_and_shows_its_words():
    understood = understand(TOLD, TODAY)
    assert understood.facts == {
        "dst": "fait",
        "date_dst": {"from": "2025-10-01", "to": "2025-10-31"},
        "accompagnement_continu": False,
        "date_dernier_accompagnement": {"from": "2025-10-01", "to": "2025-10-31"},
        "date_contact": "2026-04-21",
        "issue_contact": "prevu",
        "mode_contact": "visite",
    }
    assert understood.words(TOLD, "dst") == "visite en octobre"
    assert understood.words(TOLD, "accompagnement_continu") == "plus rien depuis"
    assert understood.words(TOLD, "date_contact") == "j'y retourne le 21 avril"


def test_what_is_shown_has_no_name_of_a_person():
    text = "Mme Dupont a déménagé en mars. DST chez elle en octobre."
    understood = understand(text, TODAY)
    assert understood.facts["demenage"] is True
    assert understood.words(text, "demenage") == "Mme ▢ a déménagé"


@pytest.mark.parametrize(
    "text",
    ["pour moi c'est un N+1", "c'est du SR non ?", "Pour moi c'est du soutien renforcé en cours depuis janvier", "N+1"],
)
def test_what_the_visitor_calls_it_is_no_fact(text):
    assert understand(text, TODAY).facts == {}


@pytest.mark.parametrize(
    "text",
    [
        "je rappelle le bailleur lundi", "rdv avec l'architecte le 20 avril", "rdv chez le notaire le 20 avril",
        "je passe au CCAS le 21 avril", "elle a rdv à la CAF jeudi",
        "le bailleur n'a pas répondu à mon courrier",
        "Son fils a déménagé en mars", "elle n'a plus de contact avec sa soeur depuis un an",
        "je reviens de congés lundi",
    ],
)  # fmt: skip
def test_a_contact_with_others_is_not_the_contact_with_the_household(text):
    assert understand(text, TODAY).facts == {}


@pytest.mark.parametrize(
    "text",
    [
        "Le DST sera fait en octobre", "DST prévu mardi", "La famille a refusé le DST en mars",
        "visite du 2 mars : absent",
        "le diagnostic plomb a été fait en janvier", "visite annulée en octobre",
        "accompagnement continu : non",
        "je n'y retourne pas le 21 avril", "il faudrait un suivi régulier",
        "demande de logement social déposée en mars",
        "maison orientée vers le sud", "Mon binôme dit que le SR est terminé",
    ],
)  # fmt: skip
def test_what_has_not_been_is_not_filled(text):
    assert understand(text, TODAY).facts == {}


def test_a_tick_in_solidiag_is_recorded_and_nothing_else():
    understood = understand("j'ai coché orientation terminée dans Solidiag", TODAY)
    assert understood.facts == {"orientation_cochee_terminee": True}


def test_the_end_of_an_earlier_soutien_renforce_is_a_fact():
    understood = understand("le soutien renforcé s'est terminé en mars", TODAY)
    assert understood.facts == {"sr": "termine", "date_fin_sr": {"from": "2026-03-01", "to": "2026-03-31"}}


def test_what_is_told_in_two_ways_is_neither_and_is_said_to_clash():
    text = "DST fait en octobre. Trois orientations. Le DST n'a pas été fait. Deux orientations."
    understood = understand(text, TODAY)
    assert "dst" not in understood.facts
    assert "orientations_donnees" not in understood.facts
    assert {"dst", "orientations_donnees"} <= set(understood.clashes)
    assert understood.words(text, "orientations_donnees") == "Trois orientations … Deux orientations"


def test_a_contact_past_and_one_to_come_are_not_mixed():
    understood = understand("Je l'ai eue au téléphone hier, je la revois le 21 avril", TODAY)
    assert not {"date_contact", "issue_contact", "mode_contact"} & set(understood.facts)
    assert "date_contact" in understood.clashes


def test_the_same_fact_told_twice_is_kept_with_both_its_words():
    text = "DST en octobre. Le DST a été fait le 12 octobre."
    understood = understand(text, TODAY)
    assert understood.facts["date_dst"] == "2025-10-12"
    assert len(understood.spans["dst"]) == 2


def test_dates_in_an_order_that_cannot_be_fill_nothing():
    understood = understand("DST fait en mars 2026. SR terminé en mai 2025.", TODAY)
    assert not {"date_dst", "date_fin_sr"} & set(understood.facts)
    assert {"date_dst", "date_fin_sr"} <= set(understood.clashes)


def test_two_households_are_said_and_nothing_is_filled():
    understood = understand("Mme A : DST en octobre. M. D. : DST en janvier.", TODAY)
    assert understood.several
    assert understood.facts == {}


def test_a_couple_is_one_household():
    understood = understand("DST chez M. et Mme B. en octobre", TODAY)
    assert not understood.several
    assert understood.facts["dst"] == "fait"


@pytest.mark.parametrize(
    "text",
    [
        "visit in October, nothing since then, I go back on 21 April",
        "la visita fue en octubre y nada más desde entonces, una llamada con el",
        "زيارة في أكتوبر ولا شيء بعد ذلك",
        "візит у жовтні, нічого відтоді",
        "Am fost in vizita la familie, nu am vorbit de atunci cu ea",
    ],
)
def test_another_language_is_said_to_be_one(text):
    understood = understand(text, TODAY)
    assert not understood.french
    assert understood.facts == {}


@pytest.mark.parametrize("text", [TOLD, "dst 03/04/25 ok", "RAS", "SR terminé le 3 mars", "non", ""])
def test_short_french_is_french(text):
    assert understand(text, TODAY).french


def test_spans_are_of_the_text_as_written_also_with_decomposed_accents_and_strange_spaces():
    text = "  Soutien\u00a0renforce\u0301  termine\u0301 en fe\u0301vrier — 2 orientations 🙂"
    understood = understand(text, TODAY)
    assert understood.facts["sr"] == "termine"
    assert understood.words(text, "date_fin_sr").endswith("en fe\u0301vrier")
    assert understood.words(text, "orientations_donnees") == "2 orientations"


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.dates(date(2020, 1, 1), date(2030, 12, 31)))
@example(["SR terminé", "fin 2025", ".", "DST", "le 21 avril"], TODAY)
@settings(max_examples=150, deadline=None)
def test_whatever_is_said_the_facts_are_a_situation_and_their_words_are_in_the_text(pieces, today):
    text = " ".join(pieces)
    understood = understand(text, today)
    parse(RULES.vocabulary, understood.facts, today, ranges=True)
    for fact in (*understood.facts, *understood.clashes):
        spans = understood.spans.get(fact) or understood.clashes[fact]
        assert spans
        assert all(0 <= s.start < s.end <= len(text) and s.of(text).strip() for s in spans)


@given(st.text(max_size=120))
@settings(max_examples=150, deadline=None)
def test_any_text_at_all_is_read_without_an_error(text):
    understood = understand(text, TODAY)
    assert set(understood.facts) <= set(RULES.vocabulary.facts)


@pytest.mark.parametrize(
    "piece", ["visite ", "DST en ", "je je ", "pas de ", "depuis ", "deux ou trois ", "( : ", "on se "]
)
def test_a_long_text_of_one_word_again_and_again_is_read_too(piece):
    understood = understand(piece * (4000 // len(piece)), TODAY)
    assert set(understood.facts) <= set(RULES.vocabulary.facts)


def test_a_wrong_day_is_wrong_and_a_wider_month_is_not():
    assert is_right("date_dst", date(2026, 4, 21), "2026-04-21")
    assert not is_right("date_dst", date(2026, 4, 21), {"from": "2026-04-20", "to": "2026-04-22"})
    assert is_right("date_dst", "2025-10", {"from": "2025-09-25", "to": "2025-11-05"})
    assert not is_right("date_dst", "2025-10", {"from": "2025-10-02", "to": "2025-10-31"})
    assert not is_right("date_dst", "2025-10", {"from": "2025-06-01", "to": "2025-10-31"})
    assert not is_right("dst", None, "fait")
