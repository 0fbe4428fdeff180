"""What closed choice takes for a phrase that was said, and what it refuses: prompts of people, as voice notes.

    python -m benchmarks.closed_choice [--markdown docs/benchmarks.md]

Needs the prompts (python -m tests.speech.prompts).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.timing import machine, publish, table
from bot.speech.closed_choice import ClosedChoice
from bot.speech.sounds import Sound, opus, read
from tests.speech.prompts import prompt, prompts

PHRASES, WORDS, SINGLE, ENGLISH, OTHERS = 30, 13, 52, 90, 40  # phrases and words at a time; prompts
Change = Callable[[Sound], Sound]
Asked = tuple[str, list[str], str, str, str | None]  # language, phrases, the prompt's language and name, what it says


def own(language: str, said: dict[str, str], at_a_time: int) -> Iterator[Asked]:
    """Each prompt among its own phrases, so many at a time."""
    for start in range(0, len(said), at_a_time):
        part = list(said.items())[start : start + at_a_time]
        phrases = list(dict.fromkeys(text for _, text in part))
        yield from ((language, phrases, language, name, text) for name, text in part)


def others(said: dict[str, str], at_a_time: int, language: str, spoken: dict[str, str]) -> Iterator[Asked]:
    """Prompts that are none of the first French phrases."""
    phrases = list(dict.fromkeys(list(said.values())[:at_a_time]))
    yield from (("fr", phrases, language, name, None) for name, text in spoken.items() if text not in phrases)


def as_it_is(sound: Sound) -> Sound:
    return sound


def fainter(sound: Sound) -> Sound:
    return Sound((sound.samples / 10).astype(np.int16))


def in_noise(decibels: float) -> Change:
    """The sound this much louder than white noise."""

    def change(sound: Sound) -> Sound:
        samples = sound.samples.astype(np.float64)
        noise = np.random.default_rng(len(samples)).standard_normal(len(samples))
        return Sound(np.clip(samples + noise * samples.std() / 10 ** (decibels / 20), -32_768, 32_767).astype(np.int16))

    return change


def kinds() -> Iterator[tuple[str, list[Asked], Change]]:
    french, english = dict(prompts("fr")), dict(list(prompts("en").items())[:ENGLISH])
    single = dict(list(prompts("fr", range(1, 2)).items())[:SINGLE])
    few, few_english = dict(list(french.items())[:OTHERS]), dict(list(english.items())[:OTHERS])
    yield f"French, among {PHRASES}", [*own("fr", french, PHRASES)], as_it_is
    yield f"English, among {PHRASES}", [*own("en", english, PHRASES)], as_it_is
    yield f"a French word, among {WORDS}", [*own("fr", single, WORDS)], as_it_is
    yield f"French, among {PHRASES}, a tenth as loud", [*own("fr", french, PHRASES)], fainter
    for decibels in (25, 15, 10, 5):
        yield f"French, among {PHRASES}, {decibels} dB above noise", [*own("fr", french, PHRASES)], in_noise(decibels)
    yield f"other French, among {PHRASES} French", [*others(french, PHRASES, "fr", french)], as_it_is
    yield f"English, among {PHRASES} French", [*others(french, PHRASES, "en", english)], as_it_is
    yield f"other French, among {WORDS} French words", [*others(single, WORDS, "fr", few)], as_it_is
    yield f"English, among {WORDS} French words", [*others(single, WORDS, "en", few_english)], as_it_is


def _row(engine: ClosedChoice, kind: str, asked: list[Asked], change: Change) -> tuple[str, ...]:
    right = wrong = 0
    seconds = spent = 0.0
    for language, phrases, spoken, name, said in asked:
        sound = change(read(opus(prompt(spoken, name))))
        began = time.process_time()
        heard = engine.hear(sound, language, phrases)
        spent, seconds = spent + time.process_time() - began, seconds + sound.seconds
        right += heard is not None and heard == said
        wrong += heard is not None and heard != said
    refused = len(asked) - right - wrong
    return (
        kind,
        str(len(asked)),
        str(right) if asked[0][4] else "",
        str(wrong),
        str(refused),
        f"{spent / seconds:.3f}",
    )


def report() -> str:
    engine = ClosedChoice()
    rows = [_row(engine, *kind) for kind in kinds()]
    words = (
        f"## What closed choice refuses\n\n{machine()}. Prompts of Asterisk read by people, as voice notes, given to "
        "the engine alone, without the measure of noise. « taken for another »: what was proposed was not said. "
        "Real time: processor seconds by second of sound. The bounds were chosen on these same prompts.\n\n"
        "`python -m benchmarks.closed_choice --markdown docs/benchmarks.md` measures it again."
    )
    return f"{words}\n\n{table(('said', 'notes', 'right', 'taken for another', 'refused', 'real time'), rows)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--markdown", type=Path, help="write the result into this document")
    given = parser.parse_args()
    said = report()
    publish(said, "closed_choice", given.markdown)


if __name__ == "__main__":
    main()
