"""What is written short is said as a person would."""

from __future__ import annotations

import pytest

from bot.speech.spoken import as_said

SAID = [
    ("fr", "SR ou N+1 ?", "S R ou N plus un ?"),
    ("fr", "Appelez le 01 23 45 07 89.", "Appelez le zéro 1, 23, 45, zéro 7, 89."),
    ("fr", "Le +33 1 23 45 07 89", "Le zéro 1, 23, 45, zéro 7, 89"),
    ("fr", "avant le 21/04/2026", "avant le 21 avril 2026"),
    ("fr", "le 2026-05-01 à 9h00", "le premier mai 2026 à 9 heures"),
    ("fr", "le 1er mai à 14:30", "le premier mai à 14 heures 30"),
    ("fr", "Mme B. a reçu 1 250 € du FSL.", "madame B. a reçu 1250 euros du F S L."),
    ("fr", "« Atelier n° 2 », § 5", "Atelier numéro 2 , paragraphe 5"),
    ("fr", "Voir https://exemple.fr/m/abc ou a@exemple.fr", "Voir ou"),
    ("en", "SR or N+1? Ring 01 23 45 07 89.", "S R or N plus one? Ring 0, 1, 2, 3, 4, 5, 0, 7, 8, 9."),
    ("en", "by 2026-04-21 at 14:05", "by 21 April 2026 at 14 5"),
    ("ar", "٠١ ٢٣ ٤٥ ٠٧ ٨٩", "0, 1, 2, 3, 4, 5, 0, 7, 8, 9"),
    ("ar", "في 2026-04-21", "في 21 أبريل 2026"),
    ("fr", "31/02/2026", "31/02/2026"),
    ("fr", "Oui\x00 non\ud800 <volume level='9'>\nfin", "Oui non volume level='9' \nfin"),
]


@pytest.mark.parametrize(("language", "written", "said"), SAID)
def test_a_text_is_said(language: str, written: str, said: str) -> None:
    assert as_said(written, language).replace("\u202f", " ").replace("\u00a0", " ") == said


def test_what_is_said_is_said_again_the_same() -> None:
    for language, written, _ in SAID:
        once = as_said(written, language)
        assert as_said(once, language) == once
