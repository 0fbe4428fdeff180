"""What Whisper makes of silence, noise, clicks, hum and another language, and whether its own figures tell.

    python -m benchmarks.whisper_refusals [--markdown docs/benchmarks.md]

Needs the prompts (python -m tests.speech.prompts).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.speech import words_wrong
from benchmarks.timing import machine, publish, table
from bot.speech.sounds import Sound
from bot.speech.whisper import LEAST_SURE, MOST_REPEATED, NO_SPEECH, Whisper, sure
from tests.speech.no_speech import NOISES, no_speech
from tests.speech.prompts import prompt, prompts
from tests.speech.test_whisper import WEIGHTS

CLEAN, FOREIGN, NOISY = 120, 40, 30  # prompts


def speech(language: str, start: int, most: int, decibels: float | None = None) -> Iterator[tuple[Sound, str]]:
    """Prompts as they are, or this much louder than white noise."""
    draw = np.random.default_rng(0)
    for name, said in list(prompts(language).items())[start : start + most]:
        sound = prompt(language, name)
        if decibels is not None:
            samples = sound.samples.astype(np.float64)
            samples += draw.standard_normal(len(samples)) * samples.std() / 10 ** (decibels / 20)
            sound = Sound(np.clip(samples, -32_768, 32_767).astype(np.int16))
        yield sound, said


def _row(engine: Whisper, kind: str, sounds: Iterator[tuple[Sound, str]]) -> tuple[str, ...]:
    found = [(engine.parts(sound, "en"), said) for sound, said in sounds if not sound.silent]
    parts = [part for all_parts, _ in found for part in all_parts]
    written = [(_text(all_parts), said) for all_parts, said in found]
    kept = [
        (text, said)
        for (text, said), (all_parts, _) in zip(written, found, strict=True)
        if text and all(map(sure, all_parts)) and max(part.no_speech_prob for part in all_parts) < NO_SPEECH
    ]
    right = sum(bool(said) and words_wrong([text], [said]) == 0 for text, said in kept)
    figures = (
        _range([part.no_speech_prob for part in parts]),
        _range([part.avg_logprob for part in parts]),
        _range([part.compression_ratio for part in parts]),
    )
    return (kind, str(len(found)), str(sum(bool(text) for text, _ in written)), str(len(kept)), str(right), *figures)


def _text(parts: list) -> str:
    return " ".join(part.text.strip() for part in parts)


def _range(values: list[float]) -> str:
    return f"{min(values):.2f} to {max(values):.2f}" if values else "—"


def report() -> str:
    engine = Whisper(WEIGHTS)
    kinds = {
        **{kind: no_speech(waves) for kind, waves in NOISES.items()},
        "English": speech("en", 0, CLEAN),
        "English, 10 dB above noise": speech("en", CLEAN, NOISY, 10),
        "English, 5 dB above noise": speech("en", CLEAN, NOISY, 5),
        "English, as loud as the noise": speech("en", CLEAN, NOISY, 0),
        "French": speech("fr", 0, FOREIGN),
    }
    rows = [_row(engine, kind, sounds) for kind, sounds in kinds.items()]
    words = (
        f"## What Whisper writes of no speech\n\n{machine()}. tiny.en; sounds that are not refused as silent before. "
        f"« kept »: no chance of no speech of {NO_SPEECH} or more, a mean log probability of {LEAST_SURE} or more in "
        f"every part, compressed by {MOST_REPEATED} at most. The ranges are of all that it wrote.\n\n"
        "`python -m benchmarks.whisper_refusals --markdown docs/benchmarks.md` measures it again."
    )
    heads = ("sound", "sounds", "written", "kept", "every word right", "no speech", "log probability", "compressed by")
    return f"{words}\n\n{table(heads, rows)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--markdown", type=Path, help="write the result into this document")
    given = parser.parse_args()
    said = report()
    publish(said, "whisper_refusals", given.markdown)


if __name__ == "__main__":
    main()
