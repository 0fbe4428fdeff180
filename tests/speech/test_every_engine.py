"""What every engine keeps to, whichever it is: the protocols of `bot/speech/`."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from bot.speech.engines import find_engines
from bot.speech.hearing import Transcriber
from bot.speech.sounds import RATE, Sound, opus, read
from bot.speech.speaking import Speaker
from bot.speech.spoken import as_said
from tests.speech.engines_here import speakers, transcribers
from tests.speech.prompts import prompt
from tests.speech.test_espeak import HELLO

SAID = HELLO | {"de": "Guten Tag, wir treffen uns am Donnerstag."}
SPEAKERS, TRANSCRIBERS = speakers(), transcribers()
VOICES = [(name, language) for name, speaker in SPEAKERS.items() for language in sorted(speaker.voices)]
PERSON = {"fr": "vous êtes maintenant en ligne", "en": "agent logged in"}  # the prompt agent-loginok


@pytest.fixture(params=sorted(SPEAKERS))
def speaker(request: pytest.FixtureRequest) -> Speaker:
    return SPEAKERS[request.param]


@pytest.fixture(params=sorted(TRANSCRIBERS))
def transcriber(request: pytest.FixtureRequest) -> Transcriber:
    return TRANSCRIBERS[request.param]


@pytest.mark.parametrize(("name", "language"), VOICES)
def test_a_language_that_is_claimed_is_spoken(name: str, language: str) -> None:
    sound = SPEAKERS[name].speak(as_said(SAID[language], language), language)
    assert 1.0 < sound.seconds < 10
    assert sound.samples.dtype == np.int16
    assert not sound.silent
    assert abs(read(opus(sound)).seconds - sound.seconds) < 0.15


@pytest.mark.parametrize(("name", "language"), VOICES)
def test_no_voice_is_faint_or_cut_off_at_its_peaks(name: str, language: str) -> None:
    samples = SPEAKERS[name].speak(SAID[language], language).samples.astype(np.float64)
    assert 1_000 < np.sqrt((samples**2).mean()) < 8_000
    assert (np.abs(samples) >= 32_767).mean() < 0.001


def test_more_words_last_longer(speaker: Speaker) -> None:
    short, long = (
        speaker.speak(text, "en").seconds for text in ("One.", "One, two, three, four, five. Six and seven.")
    )
    assert long > 2 * short


@pytest.mark.parametrize("nothing", ["", "  ", "\n"])
def test_nothing_to_say_is_no_sound(speaker: Speaker, nothing: str) -> None:
    assert speaker.speak(nothing, "en").silent


ODD = (
    "<ignore>Yes</ignore>",
    "Yes <volume level='500'>",
    "Yes 👍🏽",
    "\u2066Yes\u2069",
    "Yes\u202f!",
    "Yes & no",
    "yes " * 100,
)


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_whatever_is_written_is_said_and_the_next_words_too(speaker: Speaker, odd: str) -> None:
    samples = speaker.speak(odd, "en").samples.astype(np.float64)
    assert 0.3 < len(samples) / speaker.speak("Yes.", "en").rate < 600
    assert 1_000 < np.sqrt((samples**2).mean()) < 8_000
    assert not speaker.speak("Yes.", "en").silent


@pytest.mark.parametrize("name", sorted(SPEAKERS.keys() - {"piper"}))  # Piper's library refuses it with an error
def test_a_zero_byte_does_not_end_the_process(name: str) -> None:
    for _ in range(20):
        assert not SPEAKERS[name].speak("Yes\x00 no", "en").silent


def test_a_language_without_a_voice_is_no_voice_of_another(speaker: Speaker) -> None:
    assert "ps" not in speaker.voices
    with pytest.raises(KeyError):
        speaker.speak("سلام", "ps")


def test_threads_never_mix_their_words(speaker: Speaker) -> None:
    """A voice may draw its rhythm: near is the same, half as long is not."""
    texts = ("Yes.", "No, the household has moved away since the first visit in October.")
    alone = [speaker.speak(text, "en").seconds for text in texts]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda text: speaker.speak(text, "en").seconds, texts * 5))
    assert together == pytest.approx(alone * 5, rel=0.25)


def test_a_person_is_understood_in_each_language_that_is_claimed(transcriber: Transcriber) -> None:
    for language in transcriber.languages:
        phrases = () if transcriber.free else ("oui", PERSON[language], "je ne sais pas")
        said = transcriber.hear(prompt(language, "agent-loginok"), language, phrases)
        assert said is not None
        assert said.lower().strip(". ") == PERSON[language]


def test_another_language_is_refused(transcriber: Transcriber) -> None:
    assert "ps" not in transcriber.languages
    with pytest.raises(ValueError, match="ps"):
        transcriber.hear(prompt("en", "agent-loginok"), "ps", ["oui", "non"])


def test_another_rate_is_refused(transcriber: Transcriber) -> None:
    language = min(transcriber.languages)
    with pytest.raises(ValueError, match="8000"):
        transcriber.hear(Sound(np.zeros(8_000, np.int16), 8_000), language, ["oui", "non"])


@pytest.mark.parametrize("seconds", [0, 0.05, 3])
def test_silence_is_nothing_said(transcriber: Transcriber, seconds: float) -> None:
    quiet = Sound(np.random.default_rng(1).integers(-20, 20, int(seconds * RATE)).astype(np.int16))
    assert transcriber.hear(quiet, min(transcriber.languages), ["oui", "non"]) is None


def test_engines_have_names_of_their_own() -> None:
    assert set(SPEAKERS).isdisjoint(TRANSCRIBERS)
    assert set(SPEAKERS) == {"espeak", "pico", "piper"}
    assert set(TRANSCRIBERS) == {"closed-choice", "whisper"}


def test_french_has_a_voice_where_pico_was_not_built_and_its_remedy_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_engines(tmp_path).speaker("fr").name == "pico"
    monkeypatch.setitem(sys.modules, "ttspico", None)
    without = find_engines(tmp_path)
    assert without.speaker("fr").name == "espeak"
    assert without.missing["pico"] == "pip install 'aiguillage[pico]'"


@pytest.mark.parametrize("name", sorted(name for name, one in SPEAKERS.items() if "fr" in one.voices))
def test_what_a_voice_says_in_french_is_recognised_among_phrases(name: str) -> None:
    phrases = ["oui", "je ne sais pas", "le ménage a refusé", "aucune coupure"]
    notes = [read(opus(SPEAKERS[name].speak(phrase, "fr"))) for phrase in phrases]
    heard = [TRANSCRIBERS["closed-choice"].hear(note, "fr", phrases) for note in notes]
    assert heard == phrases


def test_what_a_voice_says_in_english_is_written_down(speaker: Speaker) -> None:
    note = read(opus(speaker.speak("Please call me back on Thursday, thank you.", "en")))
    said = TRANSCRIBERS["whisper"].hear(note, "en")
    assert said is not None
    assert {"call", "thursday", "thank"} <= set(said.lower().replace(",", "").replace(".", "").split())
