"""Every language that is said to have a voice has one, and a text comes out as sound that lasts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.followup.catalog import catalog, household_languages
from bot.followup.templates import templates
from bot.speech.espeak import VOICES, EspeakNG
from bot.speech.sounds import opus, read
from bot.speech.spoken import as_said

HELLO = {
    "fr": "Bonjour, votre rendez-vous est jeudi.",
    "ar": "مرحبا، موعدكم يوم الخميس.",
    "tr": "Merhaba, randevunuz perşembe.",
    "pt": "Olá, a visita é na quinta-feira.",
    "ro": "Bună ziua, întâlnirea este joi.",
    "en": "Hello, we meet on Thursday.",
    "es": "Hola, la cita es el jueves.",
    "ru": "Здравствуйте, встреча в четверг.",
    "uk": "Добрий день, зустріч у четвер.",
    "fa": "سلام، روز پنج‌شنبه می‌آییم.",
    "fa-AF": "سلام، روز پنجشنبه می‌آییم.",
    "bn": "হ্যালো, বৃহস্পতিবার দেখা হবে।",
    "sq": "Përshëndetje, takimi është të enjten.",
    "it": "Buongiorno, ci vediamo giovedì.",
    "pl": "Dzień dobry, do czwartku.",
    "ka": "გამარჯობა, ხუთშაბათს შევხვდებით.",
    "hy": "Բարև ձեզ, հանդիպում հինգշաբթի։",
    "ta": "வணக்கம், வியாழக்கிழமை சந்திப்போம்.",
    "ur": "سلام، جمعرات کو ملیں گے۔",
    "ku": "Silav, em ê pêncşemê hev bibînin.",
    "am": "ሰላም፣ ሐሙስ እንገናኛለን።",
    "vi": "Xin chào, hẹn gặp thứ năm.",
    "zh": "您好，星期四见。",
    "sw": "Habari, tutaonana Alhamisi.",
}


def test_every_voice_is_tried_here() -> None:
    assert set(HELLO) == set(VOICES)


@pytest.mark.parametrize("language", sorted(VOICES))
def test_a_greeting_is_spoken_and_read_back(language: str) -> None:
    sound = EspeakNG().speak(as_said(HELLO[language], language), language)
    assert 1.0 < sound.seconds < 10
    assert not sound.silent
    assert abs(read(opus(sound)).seconds - sound.seconds) < 0.15


@pytest.mark.parametrize("language", sorted(set(household_languages()) & set(VOICES)))
def test_a_household_message_is_spoken_as_long_as_its_words(language: str) -> None:
    """A voice of another script spells letters, or is silent: both show in how long it lasts."""
    text = catalog(language).text(templates()["choix_langue"].text)
    sound = EspeakNG().speak(as_said(text, language), language)
    assert 0.03 < sound.seconds / len(text) < 0.25


def test_languages_without_a_voice_are_not_spoken() -> None:
    with pytest.raises(KeyError):
        EspeakNG().speak("سلام", "ps")


def test_two_threads_never_mix_their_words() -> None:
    """A voice never says a text twice in the very same number of samples: near is the same, half as long is not."""
    engine, texts = EspeakNG(), ("Oui.", "Non, le ménage a déménagé depuis la première visite.")
    alone = [engine.speak(text, "fr").seconds for text in texts]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda text: engine.speak(text, "fr").seconds, texts * 10))
    assert together == pytest.approx(alone * 10, rel=0.05)
