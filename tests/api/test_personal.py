"""What looks like a phone, an address or a name is found in a coordinator's words, and what does not is left alone."""

from __future__ import annotations

import pytest

from api.review.personal import ADDRESS, EMAIL, NAME, PHONE, personal


@pytest.mark.parametrize(
    ("words", "kind", "found"),
    [
        ("Rappeler au 06 12 34 56 78 demain", PHONE, "06 12 34 56 78"),
        ("Rappeler au 06.12.34.56.78.", PHONE, "06.12.34.56.78"),
        ("Son numéro : 0612345678", PHONE, "0612345678"),
        ("Depuis l’étranger +33 6 12 34 56 78", PHONE, "+33 6 12 34 56 78"),
        ("Voir +33 (0)6 12 34 56 78", PHONE, "+33 (0)6 12 34 56 78"),
        ("Écrire à amina.b@exemple.fr", EMAIL, "amina.b@exemple.fr"),
        ("Au 12 bis, rue des Lilas", ADDRESS, "12 bis, rue des Lilas"),
        ("3 avenue Jean Jaurès, 2e étage", ADDRESS, "3 avenue Jean Jaurès"),
        ("Elle habite 11000 Carcassonne", ADDRESS, "11000 Carcassonne"),
        ("Mme Durand a rappelé", NAME, "Mme Durand"),
        ("monsieur Nguyen est parti", NAME, "monsieur Nguyen"),
        ("Mme DU a rappelé", NAME, "Mme DU"),
    ],
)
def test_it_is_found_and_said(words: str, kind: str, found: str) -> None:
    assert [(one.kind, one.found) for one in personal(words)] == [(kind, found)]


@pytest.mark.parametrize(
    "words",
    [
        "Mme B. a été vue le 12/03/2026, puis le 14 mars.",
        "Le DST date du 2025-11-20, le dernier contact du 2026-01-30.",
        "Du 01.02.2026 au 03.04.2026 : quatre mois, donc un N+1 (énoncés 19, 21 et 24).",
        "Deux visites en 2025-2026, 15 % des ménages, 1 250 €, 3 orientations.",
        "Madame la coordinatrice du CLER décide. M. le maire aussi.",
        "La pause dure plus de 4 mois : en cours de chauffe, il faut 12 places.",
    ],
)
def test_days_figures_and_titles_are_not_taken_for_it(words: str) -> None:
    assert personal(words) == ()
