"""The engines' own process: ``python -m bot.speech.worker FOLDER MODELS``; a line of JSON in, a line of JSON out.

Requests: {"do": "speak", "text", "language"}; {"do": "hear", "sound", "language", "phrases", "free"}; {"do": "mp3",
"sound"}; {"do": "list"}. Sound is base64. An answer never repeats a text that went wrong.
"""

from __future__ import annotations

import json
import sys
from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.speech.engines import Engines, find_engines
from bot.speech.errors import NoEngineError, SoundError
from bot.speech.sounds import mp3, opus, read
from bot.speech.spoken import as_said


def main() -> None:
    engines = find_engines(Path(sys.argv[2]))
    for line in sys.stdin:
        print(json.dumps(_answer(engines, json.loads(line))), flush=True)


def _answer(engines: Engines, asked: Mapping[str, Any]) -> dict[str, object]:
    try:
        return {"speak": _speak, "hear": _hear, "list": _list, "mp3": _mp3}[asked["do"]](engines, asked)
    except SoundError as error:
        return {"sound_error": error.code}
    except NoEngineError as error:
        return {"no_engine": error.language, "remedy": error.remedy}
    except Exception as error:  # whatever an engine raises, the next request may go well
        return {"error": type(error).__name__}


def _speak(engines: Engines, asked: Mapping[str, Any]) -> dict[str, object]:
    language = asked["language"]
    sound = engines.speaker(language).speak(as_said(asked["text"], language), language)
    return {"sound": b64encode(opus(sound)).decode()}


def _hear(engines: Engines, asked: Mapping[str, Any]) -> dict[str, object]:
    engine = engines.transcriber(asked["language"], free=asked["free"] or not asked["phrases"])
    said = engine.hear(read(b64decode(asked["sound"])), asked["language"], asked["phrases"])
    return {"said": said, "free": engine.free}


def _mp3(_engines: Engines, asked: Mapping[str, Any]) -> dict[str, object]:
    return {"sound": b64encode(mp3(b64decode(asked["sound"]))).decode()}


def _list(engines: Engines, _asked: Mapping[str, Any]) -> dict[str, object]:
    hearing = [{"name": e.name, "free": e.free, "languages": sorted(e.languages)} for e in engines.transcribers]
    speaking = [{"name": e.name, "languages": sorted(e.voices)} for e in engines.speakers]
    return {"speaking": speaking, "hearing": hearing, "missing": dict(engines.missing)}


if __name__ == "__main__":
    main()
