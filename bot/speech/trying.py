"""Each engine used once, as the doctor wants to know it: does it work, in which languages, how soon."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from bot.speech.engines import Engines
from bot.speech.espeak import EspeakNG
from bot.speech.hearing import Transcriber
from bot.speech.sounds import Sound, opus, read
from bot.speech.speaking import Speaker

WORD = "1"  # every voice says figures in its own language
YES_NO = {"fr": ("oui", "non"), "en": ("yes", "no")}  # what an engine of closed choice is tried on
Tried = dict[str, object]


def tried(engines: Engines) -> dict[str, list[Tried]]:
    """Of each engine ``languages`` that work, ``failed`` ones with the kind of error, and the ``seconds`` until its
    first word. Loads every model."""
    speaking = [_tried(speaker.name, lambda s=speaker: s.voices, _says(speaker)) for speaker in engines.speakers]
    hearing = [
        _tried(one.name, lambda t=one: t.languages, _hears(one)) | {"free": one.free} for one in engines.transcribers
    ]
    return {"speaking": speaking, "hearing": hearing}


def _tried(name: str, languages: Callable[[], Iterable[str]], use: Callable[[str], None]) -> Tried:
    began, first = time.perf_counter(), None
    works: list[str] = []
    failed: dict[str, str] = {}
    try:
        wanted = sorted(languages())
    except Exception as error:  # whatever a broken model raises
        return {"name": name, "languages": [], "failed": {"*": type(error).__name__}, "seconds": None}
    for language in wanted:
        try:
            use(language)
        except Exception as error:
            failed[language] = type(error).__name__
            continue
        works.append(language)
        first = first or round(time.perf_counter() - began, 2)
    return {"name": name, "languages": works, "failed": failed, "seconds": first}


def _says(speaker: Speaker) -> Callable[[str], None]:
    def use(language: str) -> None:
        if speaker.speak(WORD, language).silent:
            raise ValueError("silent")

    return use


def _hears(transcriber: Transcriber) -> Callable[[str], None]:
    """One that writes down whatever is said is used once, in its first language: its weights are the same for all."""
    seen: list[str] = []

    def use(language: str) -> None:
        if transcriber.free and seen:
            return
        spoken = "fr" if transcriber.free else language
        yes, no = YES_NO[spoken]
        heard = transcriber.hear(_said(yes, spoken), language, () if transcriber.free else (yes, no))
        if not transcriber.free and heard != yes:
            raise ValueError("misheard")
        seen.append(language)

    return use


def _said(word: str, language: str) -> Sound:
    return read(opus(EspeakNG().speak(word, language)))
