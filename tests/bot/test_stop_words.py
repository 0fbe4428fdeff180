"""STOP and yes are understood in every language, however they are typed, and never inside a sentence."""

from __future__ import annotations

import pytest

from bot.followup.catalog import catalog, household_languages
from bot.followup.stop_words import ELSEWHERE, folded, meaning
from bot.followup.templates import WORDS

EVERY_WORD = [
    (which, language, word)
    for which in WORDS
    for language in household_languages()
    for word in catalog(language).words_to_write(which)
]


@pytest.mark.parametrize(("which", "language", "word"), EVERY_WORD)
def test_every_word_is_understood_by_every_reader_but_where_it_says_something_else(which, language, word):
    assert meaning(word, language) == which
    elsewhere = ELSEWHERE.get(" ".join(folded(word)), ())
    for reader in household_languages():
        own = catalog(reader).words_to_write(which)
        expected = None if reader in elsewhere and word not in own else which
        assert meaning(word, reader) == expected, (word, reader)


@pytest.mark.parametrize(("which", "language", "word"), EVERY_WORD)
def test_case_punctuation_digits_and_unseen_marks_change_nothing(which, language, word):
    for typed in (
        word.lower(),
        word.title(),
        f" {word}. ",
        f"« {word} » !",
        f"\u2067{word}\u2069",
        f"\u200f{word}\u061c",
    ):
        assert meaning(typed, language) == which
    for typed in (f"{word} 36111", f"1. {word}", f"{word}۔", f"{word}\u200c", f"👍 {word} ❤"):
        assert meaning(typed, language) == which


@pytest.mark.parametrize(
    ("typed", "language", "means"),
    [
        ("Stop svp", "fr", "stop"),
        ("stop stop STOP", "fr", "stop"),
        ("STOP messages", "fr", "stop"),
        ("arret", "fr", "stop"),
        ("Arre\u0302tez", "fr", "stop"),
        ("OPRIŢI", "ro", "stop"),
        ("СТОП будь ласка", "uk", "stop"),
        ("إِيقَاف", "ar", "stop"),
        ("توقف لطفاً", "fa-AF", "stop"),
        ("durdur lütfen", "tr", "stop"),
        ("বন্ধ করুন ধন্যবাদ", "bn", "stop"),
        ("ＳＴＯＰ", "fr", "stop"),
        ("Oui, merci !", "fr", "yes"),
        ("да", "uk", "yes"),
        ("sí por favor", "es", "yes"),
        ("STOP", "so", "stop"),
    ],
)
def test_what_is_typed_in_other_ways_is_understood(typed, language, means):
    assert meaning(typed, language) == means


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("Je ne veux pas arrêter", "fr"),
        ("Arrêt du chauffage", "fr"),
        ("arrêt maladie", "fr"),
        ("Stop au froid", "fr"),
        ("ne pas stop", "fr"),
        ("stop stop stop stop", "fr"),
        ("Dur.", "fr"),
        ("non stop", "fr"),
        ("stopper", "fr"),
        ("Oui ?", "fr"),
        ("oui stop", "fr"),
        ("stop oui", "fr"),
        ("oui mais pas mardi", "fr"),
        ("نعم؟", "ar"),
        ("هو", "ar"),
        ("si", "sq"),
        ("не остановить", "ru"),
        ("Dur bakalım", "tr"),
        ("বন্ধ নয়", "bn"),
        ("لا توقف", "fa-AF"),
        ("", "fr"),
        (" .!? 12 ", "fr"),
        ("\u2067\u2069", "ar"),
    ],
)
def test_what_is_more_than_the_word_is_left_to_a_person(typed, language):
    assert meaning(typed, language) is None
