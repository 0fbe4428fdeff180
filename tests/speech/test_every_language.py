"""A round trip in every language that espeak speaks: what was said is told from three other sayings by its sounds.

No engine here writes down most of these languages. What can be checked of all: a voice reads its own script, as fast as
a person, and an ear that knows the sounds of the text (English acoustics, with the nearest of their sounds) finds in a
voice note which of four texts it was. That the words are well said, only somebody who speaks the language can tell.
"""

from __future__ import annotations

import re

import pytest
from babel import Locale
from babel.dates import get_month_names

from bot.speech.closed_choice import MARKS, ClosedChoice
from bot.speech.espeak import VOICES, EspeakNG
from bot.speech.sounds import opus, read
from tests.speech.test_espeak import HELLO

NEAREST = str.maketrans("cɟxɣβɖʈɭɫɯɨʎɕʑʋ", "kɡkɡbdtlluijʃʒv")  # of sounds that no phone of ours renders
SWITCHED = re.compile(r"\([a-z-]+\)")  # espeak's mark of a word that it reads in another language


class NearSounds(EspeakNG):
    """Its texts in sounds that the acoustics have something like."""

    def phonemes(self, text: str, language: str) -> str:
        return super().phonemes(text, language).translate(NEAREST)


VOICE = NearSounds()
EAR = ClosedChoice(VOICE, languages=frozenset(VOICES))


def months(language: str) -> list[str]:
    """The year in four sayings."""
    names = [name.lower() for name in get_month_names("wide", locale=Locale.parse(language, sep="-")).values()]
    return [" ".join(names[first : first + 3]) for first in range(0, 12, 3)]


@pytest.mark.parametrize("language", sorted(VOICES))
def test_which_quarter_of_the_year_was_said_is_heard_in_a_voice_note(language: str) -> None:
    phrases = months(language)
    heard = [EAR.hear(read(opus(VOICE.speak(phrase, language))), language, phrases) for phrase in phrases]
    right = sum(one == said for one, said in zip(heard, phrases, strict=True))
    assert right >= 3, heard  # all four but in Russian and Urdu; chance alone finds three in one language of twenty


@pytest.mark.parametrize("language", sorted(VOICES))
def test_a_voice_reads_its_own_script_as_fast_as_a_person(language: str) -> None:
    for text in (HELLO[language], *months(language)):
        sounds = VOICE.phonemes(text, language)
        assert not SWITCHED.search(sounds), sounds
        count = len(re.sub(r"\W|\d", "", MARKS.sub("", sounds)))
        assert 5 < count / VOICE.speak(text, language).seconds < 20
