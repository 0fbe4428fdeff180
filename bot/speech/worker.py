"""The engines' own process: ``python -m bot.speech.worker FOLDER MODELS [WHISPER]``; a line of JSON in, one out.

Requests: {"do": "speak", "text", "language"}; {"do": "hear", "sound", "language", "phrases", "free"}; {"do": "mp3",
"sound"} and {"do": "voice_note", "sound"}: the same sound in that form; {"do": "list"}; {"do": "try"}: the same list
after each engine was used once.
Sound is base64. An answer never repeats a text that went wrong.
"""

from __future__ import annotations

import json
import os
import sys
from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.speech.engines import Engines, find_engines, known_languages
from bot.speech.errors import NoEngineError, OtherLanguageError, SoundError
from bot.speech.noise import heard
from bot.speech.sounds import Sound, mp3, opus, read, voice_note
from bot.speech.spoken import as_said
from bot.speech.trying import tried

POLITE = 10  # whoever types comes first


def main() -> None:
    os.nice(POLITE)
    engines = find_engines(Path(sys.argv[2]), *map(Path, sys.argv[3:]))
    for line in sys.stdin:
        print(json.dumps(_answer(engines, json.loads(line))), flush=True)


def _answer(engines: Engines, asked: Mapping[str, Any]) -> dict[str, object]:
    try:
        does = {"speak": _speak, "hear": _hear, "mp3": _mp3, "voice_note": _voice_note, "list": _list, "try": _try}
        return does[asked["do"]](engines, asked)
    except OtherLanguageError as error:
        return {"said": None, "free": True, "other": error.language}
    except SoundError as error:
        return {"sound_error": error.code}
    except NoEngineError as error:
        return {"no_engine": error.language, "remedy": error.remedy}
    except Exception as error:  # whatever an engine raises, the next request may go well
        return {"error": type(error).__name__}


def _speak(engines: Engines, asked: Mapping[str, Any]) -> dict[str, object]:
    language = asked["language"]
    said = as_said(asked["text"], language)
    return {"sound": b64encode(opus(_spoken(engines, said, language))).decode()}


def _spoken(engines: Engines, said: str, language: str) -> Sound:
    """By the best engine that can: one whose model is broken leaves the word to the next."""
    errors = []
    for speaker in engines.speaking(language):
        try:
            return speaker.speak(said, language)
        except Exception as error:
            errors.append(error)
    raise errors[-1]


def _hear(engines: Engines, asked: Mapping[str, Any]) -> dict[str, object]:
    sound = read(b64decode(asked["sound"]))  # first: what nobody can hear needs no engine
    engine = engines.transcriber(asked["language"], free=asked["free"] or not asked["phrases"])
    said = heard(engine, sound, asked["language"], asked["phrases"])
    return {"said": said, "free": engine.free}


def _mp3(_engines: Engines, asked: Mapping[str, Any]) -> dict[str, object]:
    return {"sound": b64encode(mp3(b64decode(asked["sound"]))).decode()}


def _voice_note(_engines: Engines, asked: Mapping[str, Any]) -> dict[str, object]:
    return {"sound": b64encode(voice_note(b64decode(asked["sound"]))).decode()}


def _list(engines: Engines, _asked: Mapping[str, Any]) -> dict[str, object]:
    hearing = [{"name": e.name, "free": e.free, "languages": sorted(known_languages(e))} for e in engines.transcribers]
    speaking = [{"name": e.name, "languages": sorted(e.voices)} for e in engines.speakers]
    return {"speaking": speaking, "hearing": hearing, **_lacking(engines)}


def _try(engines: Engines, _asked: Mapping[str, Any]) -> dict[str, object]:
    return {**tried(engines), **_lacking(engines)}


def _lacking(engines: Engines) -> dict[str, object]:
    return {"missing": dict(engines.missing), "wrong": dict(engines.wrong)}


if __name__ == "__main__":
    main()
