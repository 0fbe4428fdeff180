"""Which of a few phrases was said: people's own voices, and those of espeak."""

from __future__ import annotations

import numpy as np
import pytest

from bot.speech.closed_choice import ClosedChoice, ways
from bot.speech.english_words import english_ways
from bot.speech.espeak import EspeakNG
from bot.speech.sounds import RATE, Sound, opus, read
from tests.speech.prompts import prompt, prompts

ENGINE = ClosedChoice()
CHOICES = {
    "fr": ["oui", "je ne sais pas", "deux mois", "plus d'un an", "le ménage a refusé", "aucune coupure"],
    "en": ["i don't know", "two months", "more than a year ago", "the household said no", "number three", "in october"],
}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_person_is_understood_among_thirty_phrases(language: str) -> None:
    said = dict(list(prompts(language).items())[:30])
    phrases = list(dict.fromkeys(said.values()))
    right = [name for name, phrase in said.items() if ENGINE.hear(prompt(language, name), language, phrases) == phrase]
    assert len(right) >= 28, sorted(set(said) - set(right))


def test_of_other_french_and_english_most_is_refused_and_noise_always() -> None:
    """The parts that were measured, a little less: it is no sure judge, which is why a guess is confirmed."""
    french = list(prompts("fr").items())
    expected = list(dict.fromkeys(said for _, said in french[:30]))
    others = [prompt("fr", name) for name, said in french[60:120] if said not in expected]
    english = [prompt("en", name) for name in list(prompts("en"))[:40]]
    drawn = np.random.default_rng(0)
    noise = [Sound((drawn.standard_normal(2 * RATE) * 2000).astype(np.int16)) for _ in range(10)]
    refused = [sum(ENGINE.hear(one, "fr", expected) is None for one in of) for of in (others, english, noise)]
    assert refused[0] >= 0.7 * len(others), refused
    assert refused[1] >= 0.7 * len(english), refused
    assert refused[2] == len(noise), refused


@pytest.mark.parametrize(("language", "phrase"), [(language, one) for language, all in CHOICES.items() for one in all])
def test_a_choice_spoken_by_a_voice_comes_back_through_a_voice_note(language: str, phrase: str) -> None:
    note = opus(EspeakNG().speak(phrase, language))
    assert ENGINE.hear(read(note), language, CHOICES[language]) == phrase


def test_what_is_said_always_is_heard_however_a_voice_says_it() -> None:
    """eSpeak says a text a little otherwise after another; with a shorter pause a quarter was « plus d'un an »."""
    voice, heard = EspeakNG(), []
    for number in range(12):
        voice.speak(f"deux cents euros {number}", "fr")
        heard.append(ENGINE.hear(read(opus(voice.speak("je ne sais pas", "fr"))), "fr", CHOICES["fr"]))
    assert heard == ["je ne sais pas"] * 12


def test_another_language_and_no_phrases_are_refused() -> None:
    sound = prompt("fr", "agent-loginok")
    with pytest.raises(ValueError, match="hears en, fr at 16000 Hz among phrases, not pt"):
        ENGINE.hear(sound, "pt", CHOICES["fr"])
    with pytest.raises(ValueError, match="among phrases"):
        ENGINE.hear(sound, "fr", [])


def test_the_same_phrase_is_heard_in_the_language_that_is_asked_for() -> None:
    """« no » is a word of both, said otherwise."""
    for language, phrases in (("en", ["no", "six"]), ("fr", ["six", "no"])):
        for phrase in phrases:
            assert ENGINE.hear(read(opus(EspeakNG().speak(phrase, language))), language, phrases) == phrase


def test_english_words_come_from_the_dictionary_and_others_from_the_sounds_of_a_voice() -> None:
    assert english_ways("the") == ("DH AH", "DH IY")
    assert english_ways("rehousing") == ()
    assert ways("ɹihaʊsɪŋ") == ("R IY HH AW S IH NG", "HH IY HH AW S IH NG")[:1]
    phrases = ["rehousing", "re-opening", "something else"]
    assert ENGINE.hear(read(opus(EspeakNG().speak("rehousing", "en"))), "en", phrases) == "rehousing"


def test_the_nearest_way_comes_first_and_all_are_english_phones() -> None:
    found = ways("ʒənəsɛpa")
    assert found == ("ZH AH N AH S EH P AA", "ZH AH N AH S EH P AE")
