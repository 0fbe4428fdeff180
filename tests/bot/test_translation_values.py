"""Values in free text: found in every script, read as what they are, written as the other language writes them."""

from __future__ import annotations

from datetime import time
from decimal import Decimal

import pytest

from bot.translation.back import chrf
from bot.translation.protection import protect, restore
from bot.translation.values import Day, decimal_of, values_in

FOUND = [
    ("fr", "le jeudi 12 mars 2026 à 10h30", [Day(12, 3, 2026, 3), time(10, 30)]),
    ("fr", "le 1er avril, à 9 h", [Day(1, 4), time(9)]),
    ("fr", "entre 9h et 12h", [time(9), time(12)]),
    ("fr", "la visite dure 2h", ["2"]),
    ("fr", "12/03 ou 2026-03-13", [Day(12, 3), Day(13, 3, 2026)]),
    ("fr", "1 250,50 €, puis 30 euros", [Decimal("1250.50"), Decimal(30)]),
    ("fr", "06.12.34.56.78 ou +33 6 12 34 56 78", ["06 12 34 56 78", "06 12 34 56 78"]),
    ("fr", "31/02/2026", ["31", "02", "2026"]),
    ("fr", "20 % de moins, appartement 12", ["20%", "12"]),
    ("fr", "écrivez à aide@exemple.fr", ["aide@exemple.fr"]),
    ("en", "March 5, 2026 at 3:30 pm", [Day(5, 3, 2026), time(15, 30)]),
    ("en", "You may come at 12 am", [time(0)]),
    ("ar", "يوم الخميس ١٢ مارس الساعة ١٠:٣٠", [Day(12, 3, None, 3), time(10, 30)]),
    ("ar", "١٢٠٫٥٠ يورو", [Decimal("120.50")]),
    ("fa-AF", "۱۲ مارچ ساعت ۱۰:۳۰", [Day(12, 3), time(10, 30)]),
    ("bn", "১২ মার্চ", [Day(12, 3)]),
    ("ru", "5 января 2026 года", [Day(5, 1, 2026)]),
    ("uk", "5 січня о 10:00", [Day(5, 1), time(10)]),
    ("pt", "12 de março de 2026", [Day(12, 3, 2026)]),
    ("es", "3 de mayo", [Day(3, 5)]),
    ("tr", "3 Nisan 2026", [Day(3, 4, 2026)]),
    ("ro", "3 aprilie", [Day(3, 4)]),
    ("sq", "3 prill 2026", [Day(3, 4, 2026)]),
    ("ps", "۳ اپریل", [Day(3, 4)]),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "expected"), FOUND)
def test_values_are_found_and_read(language, text, expected):
    assert [one.value for one in values_in(text, language)] == expected


@pytest.mark.parametrize(
    ("figure", "number"),
    [
        ("1 250,50", "1250.50"),
        ("1,250.50", "1250.50"),
        ("1.250", "1250"),
        ("0,5", "0.5"),
        ("12", "12"),
        ("1’200", "1200"),
    ],
)
def test_a_figure_is_read_as_it_is_grouped(figure, number):
    assert decimal_of(figure) == Decimal(number)


WRITTEN = [
    ("en", "Rendez-vous jeudi 12 mars 2026 à 9h", "Rendez-vous Thursday 12 March 2026 à 9:00"),
    ("tr", "Rendez-vous jeudi 12 mars 2026", "Rendez-vous Perşembe 12/03/2026"),
    ("ar", "Rendez-vous 12 mars", "Rendez-vous \u206812/03\u2069"),
    ("ps", "Rendez-vous 12/03/2026", "Rendez-vous \u206812 مارچ 2026\u2069"),
    ("fa-AF", "voici 45 €", "voici \u2066€\xa045.00\u2069"),
    ("es", "voici 45 €", "voici 45,00\xa0€"),
    ("ar", "appelez 06.12.34.56.78", "appelez \u206606 12 34 56 78\u2069"),
    ("ar", "je suis avec Amina Diallo", "je suis avec \u2068Amina Diallo\u2069"),
]  # fmt: skip


@pytest.mark.parametrize(("target", "sentence", "expected"), WRITTEN)
def test_values_come_back_as_the_language_writes_them(target, sentence, expected):
    kept = protect(sentence, "fr")
    text, doubts = restore(kept.text, kept.values, target)
    assert doubts == ()
    assert text.replace("-", "").replace("\u200f", "") == expected.replace("-", "")


def test_names_terms_and_values_leave_letters_behind():
    kept = protect("Bonjour Amina, votre FSL de 45 € arrive le 12 mars avec Mme Ait Ali.", "fr", ["Ait Ali"])
    assert kept.text == "Bonjour Ꭰ, votre Ꭱ de Ꭲ arrive le Ꭳ avec Ꭴ."
    assert [one.kind for one in kept.values] == ["name", "term", "amount", "day", "name"]


def test_what_the_engine_does_to_the_letters_is_told():
    kept = protect("De 9h à 12h.", "fr")
    told = {text: [d.code for d in restore(text, kept.values, "en")[1]] for text in ("Ꭱ to Ꭰ", "Ꭰ", "Ꭰ Ꭰ Ꭱ", "Ꭰ Ꭱ Ꭲ")}
    assert told == {
        "Ꭱ to Ꭰ": ["values_moved"], "Ꭰ": ["value_lost"], "Ꭰ Ꭰ Ꭱ": ["value_repeated"], "Ꭰ Ꭱ Ꭲ": ["value_invented"],
    }  # fmt: skip


def test_more_values_than_letters_are_held():
    kept = protect(" ".join(f"{n}h" for n in range(1, 15)), "fr")
    assert "too_many_values" in [doubt.code for doubt in restore(kept.text, kept.values, "en")[1]]


@pytest.mark.parametrize(
    ("said", "reference", "score"),
    [
        ("Je ne peux pas venir lundi.", "Je ne peux pas venir mardi.", 0.7368493649453401),
        ("Le conseiller viendra", "Le conseiller ne viendra pas demain.", 0.5301925603695166),
        ("chat", "Le chien dort.", 0.0987641815235008),
        ("لا أستطيع المجيء", "لا أستطيع الحضور غدا", 0.5325020646864675),
        ("Bonjour", "Bonjour", 1.0),
        ("", "Bonjour", 0.0),
    ],
)
def test_the_similarity_is_what_sacrebleu_gives(said, reference, score):
    assert chrf(said, reference) == pytest.approx(score)
