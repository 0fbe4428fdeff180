"""The guards hold every bad translation and no good one: tests/translations/*.yaml."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot.followup.catalog import household_languages
from bot.translation.doubts import WARNINGS
from bot.translation.guards import doubts_of
from bot.translation.measures import own_sentences

CORPUS = Path(__file__).parent.parent / "translations"
GOOD, BAD = (yaml.safe_load((CORPUS / f"{name}.yaml").read_text(encoding="utf-8")) for name in ("good", "bad"))


@pytest.mark.parametrize("row", GOOD, ids=lambda row: f"{row[0]}-{row[1]}: {row[2][:30]}")
def test_a_right_translation_is_not_held(row):
    source, target, original, translated = row
    assert [doubt for doubt in doubts_of(original, translated, source, target) if doubt.holds] == []


@pytest.mark.parametrize("row", BAD, ids=lambda row: f"{row[0]} {row[1]}-{row[2]}: {row[3][:30]}")
def test_a_wrong_translation_is_held_and_the_reason_is_named(row):
    reason, source, target, original, translated, *names = row
    found = doubts_of(original, translated, source, target, *names)
    assert any(doubt.holds for doubt in found)
    assert reason in [doubt.code for doubt in found]


def test_the_corpus_has_sixty_of_each_and_every_language():
    assert len(GOOD) >= 60
    assert len(BAD) >= 60
    languages = {code for row in BAD for code in row[1:3]} & {code for row in GOOD for code in row[:2]}
    assert len(languages) == 13


def test_every_guard_has_bad_translations_in_the_corpus():
    reasons = Counter(row[0] for row in BAD)
    assert len(reasons) >= 20
    assert not reasons.keys() & WARNINGS


@pytest.mark.parametrize("text", ["Bonjour.", "12/03/2026", "06 12 34 56 78", "", "…"])
def test_what_has_no_words_to_lose_is_not_held_for_being_the_same(text):
    assert [d.code for d in doubts_of(text, text, "fr", "en") if d.holds] in ([], ["untranslated"])


def test_of_the_household_messages_in_twelve_languages_the_guards_hold_less_than_one_in_a_hundred():
    held = []
    for language in household_languages():
        for french, translated in own_sentences(language) if language != "fr" else ():
            for pair in ((french, translated, "fr", language), (translated, french, language, "fr")):
                held.append(any(doubt.holds for doubt in doubts_of(*pair)))
    assert len(held) > 2500
    assert sum(held) / len(held) < 0.01


def test_a_term_that_a_household_does_not_know_is_told_but_not_held():
    [doubt] = doubts_of("Votre SR commence demain.", "Your SR begins tomorrow.", "fr", "en")
    assert (doubt.code, doubt.holds, dict(doubt.params)) == ("term_kept", False, {"terms": "SR"})


def test_a_language_whose_negations_nobody_listed_is_told():
    found = doubts_of("Je ne viens pas.", "我不来。", "fr", "zh")
    assert ("negation_unchecked", False) in [(doubt.code, doubt.holds) for doubt in found]
