"""Names, phones, addresses and numbers of files are masked; what the rules need stays."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.masking import MASK, mask, persons
from tests.bot.understanding_corpus import SETS, situations


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Mme B. a déménagé", "Mme ▢ a déménagé"),
        ("Mme. B a déménagé", "Mme. ▢ a déménagé"),
        ("M. Untel est parti", "M. ▢ est parti"),
        ("m. untel veut changer", "m. ▢ veut changer"),
        ("mme dupont a rappelé", "mme ▢ a rappelé"),
        ("elle, madame b, dit non", "elle, madame ▢, dit non"),
        ("mme el amrani a dit oui", "mme ▢ a dit oui"),
        ("Monsieur Abdel Karim Haddad est là", "Monsieur ▢ est là"),
        ("Mme de la Tour a un SR", "Mme ▢ a un SR"),
        ("Mme D'Angelo", "Mme ▢"),
        ("Mme O'Brien", "Mme ▢"),
        ("Mme Dupont-Durand en mars", "Mme ▢ en mars"),
        ("Mme Le Goff et son fils Kévin", "Mme ▢ et son fils ▢"),
        ("M. et Mme Benali en octobre", "M. et Mme ▢ en octobre"),
        ("Dr. Martin et docteur martin", "Dr. ▢ et docteur ▢"),
        ("la famille El Amrani a eu son DST", "la famille ▢ a eu son DST"),
        ("ménage Dupont visité en mai", "ménage ▢ visité en mai"),
        ("chez Fatima en mars", "chez ▢ en mars"),
        ("chez fatima en mars", "chez ▢ en mars"),
        ("chez Mme Le Goff en mai", "chez ▢ en mai"),
        ("ma collègue Sophie avait fait le DST", "ma collègue ▢ avait fait le DST"),
        ("la dame s'appelle Rose Martin", "la dame s'appelle ▢"),
        ("MME BENALI A EU SA VISITE EN OCTOBRE", "MME ▢ A EU SA VISITE EN OCTOBRE"),
        ("Mme Janvier", "Mme ▢"),
        ("appeler le 06 12 34 56 78 demain", "appeler le ▢ demain"),
        ("06.12.34.56.78 ou 0612345678", "▢ ou ▢"),
        ("+33 6 12 34 56 78", "▢"),
        ("écrire à prenom.nom@exemple.fr", "écrire à ▢"),
        ("12 rue Victor Hugo à Lyon", "▢ à Lyon"),
        ("12 bis rue du 4 septembre, 69003 Lyon", "▢, ▢"),
        ("elle habite avenue Jean Jaurès", "elle habite ▢"),
        ("dossier n° 2025-134", "dossier n° ▢"),
        ("dossier 20251345", "dossier ▢"),
        ("numéro allocataire 1234567", "numéro allocataire ▢"),
        ("PDL 12345678901234", "PDL ▢"),
    ],
)
def test_what_points_at_a_person_is_masked(text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "Madame a rappelé", "madame a rappelé en mars", "monsieur ne répond pas", "Madame en janvier",
        "le ménage a refusé", "le ménage visité en mai", "MENAGE VISITE EN OCTOBRE",
        "la famille monoparentale suivie en SR", "chez elle en mars", "chez le bailleur", "chez Soliha", "chez eux",
        "SR terminé en mars", "DST 15/11/25 puis 21.04.26", "en 2025", "visite le 12/10/2025 à 14h30",
        "1200 euros par an", "dossier FSL, 3 mois", "dossier de 2025", "au CCAS de Lyon", "France Rénov' et l'ANAH",
        "Suivi N+1 d'octobre", "la locataire HLM", "j'y retourne le 21 avril", "Bonjour Madame", "une dame en Avril",
        "le locataire Il attend", "Option N+1 et évaluation", "M'a rappelé", "il m a dit",
    ],
)  # fmt: skip
def test_what_the_rules_need_stays(text):
    assert mask(text) == text


@pytest.mark.parametrize("name", [*SETS, "nothing"])
def test_masking_a_masked_text_changes_nothing(name):
    for situation in situations(name):
        once = mask(situation.text)
        assert mask(once) == once


@given(st.text(alphabet="MmeB. chezdu0123456789@-/'’ÉéAa,▢\n", max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_masked_without_an_error_and_once_is_enough(text):
    assert mask(mask(mask(text))) == mask(mask(text))


@pytest.mark.parametrize("name", [*SETS, "nothing"])
def test_no_date_and_no_mission_is_lost(name):
    kept = ("octobre", "janvier", "mars", "avril", "DST", "SR", "N+1", "FSL", "HLM", "visite", "depuis", "orientation")
    for situation in situations(name):
        masked = mask(situation.text)
        for word in kept:
            if f"{word}" in situation.text and word not in masked:
                assert "4 septembre" in situation.text or "Janvier" in situation.text, situation.text


def test_two_names_are_two_persons_and_a_couple_is_one():
    assert len(persons("Mme A : visite. M. D. : visite")) == 2
    assert len(persons("M. et Mme B. en mai, Mme B. en juin")) == 1
    assert persons("Madame a rappelé, monsieur aussi") == frozenset()


def test_the_mask_is_one_sign():
    assert MASK == "▢"
