"""Speech beside the bare engines on the same sound: time, words wrong, memory; closed choice on people's French.

    python -m benchmarks.speech [--rounds 5] [--markdown docs/benchmarks.md]

Needs the prompts (python -m tests.speech.prompts). Ours goes through the process apart, the checks and the container.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from faster_whisper import WhisperModel

from benchmarks.timing import figure, machine, table, write_section
from bot.speech.closed_choice import ClosedChoice
from bot.speech.espeak import EspeakNG
from bot.speech.sounds import Sound, opus, read
from bot.speech.voice import Voice
from bot.speech.whisper import BEAM
from tests.speech.prompts import prompt, prompts
from tests.speech.test_whisper import WEIGHTS

CLOSED, FREE = 100, 60  # prompts
Way = Callable[[], Awaitable[Sequence[str | None]]]


class Spoken:
    """Prompts of a language as voice notes, and what they say."""

    def __init__(self, language: str, most: int) -> None:
        self.said = list(prompts(language).items())[:most]
        self.notes = [opus(prompt(language, name)) for name, _ in self.said]
        self.sounds = [read(note) for note in self.notes]

    @property
    def seconds(self) -> float:
        return sum(sound.seconds for sound in self.sounds)

    @property
    def phrases(self) -> list[str]:
        return list(dict.fromkeys(phrase for _, phrase in self.said))


def words_wrong(heard: Sequence[str | None], said: Sequence[str]) -> float:
    """Word error rate: words put in, left out or changed, by words said."""
    wrong = sum(_distance(_words(said_one), _words(one or "")) for one, said_one in zip(heard, said, strict=True))
    return wrong / sum(len(_words(one)) for one in said)


def _words(text: str) -> list[str]:
    return re.sub(r"[^\w' ]", " ", text.lower()).split()


def _distance(a: Sequence[str], b: Sequence[str]) -> int:
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, start=1):
        before, row = row, [i]
        for j, right in enumerate(b, start=1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (left != right)))
    return row[-1]


async def measured(ways: Mapping[str, Way], rounds: int) -> dict[str, tuple[float, Sequence[str | None]]]:
    """Median seconds of each way, in turns after one round that loads the models, and what it heard last."""
    took: dict[str, list[float]] = {name: [] for name in ways}
    heard: dict[str, Sequence[str | None]] = {}
    for turn in range(rounds + 1):
        for name, way in ways.items():
            began = time.perf_counter()
            heard[name] = await way()
            if turn:
                took[name].append(time.perf_counter() - began)
    return {name: (statistics.median(took[name]), heard[name]) for name in ways}


async def report(rounds: int) -> str:
    with TemporaryDirectory() as folder:
        (Path(folder) / "whisper-tiny").symlink_to(WEIGHTS, target_is_directory=True)
        async with Voice(Path(folder)) as voice:
            rows = [*await _closed(voice, rounds), *await _free(voice, rounds), *await _speaking(voice, rounds)]
            peak = _peak_memory(voice)
    words = (
        f"## Speech\n\n{machine()}. Prompts of Asterisk read by people ({CLOSED} in French, {FREE} in English), as "
        "voice notes. « bare » has the samples in hand and calls the engine in its own process; « ours » takes the "
        "voice note, checks it, and asks the process apart. Real time: seconds of work by second of speech. Peak "
        f"memory of that process: {peak} MiB."
    )
    return f"{words}\n\n{table(('way', 'real time', 'ours beside bare', 'right, or words wrong'), rows)}"


async def _closed(voice: Voice, rounds: int) -> list[tuple[str, ...]]:
    spoken, engine = Spoken("fr", CLOSED), ClosedChoice()
    said = [phrase for _, phrase in spoken.said]

    async def bare() -> Sequence[str | None]:
        return [engine.hear(sound, "fr", spoken.phrases) for sound in spoken.sounds]

    async def ours() -> Sequence[str | None]:
        return [(await voice.hear(note, "fr", spoken.phrases)).said for note in spoken.notes]

    found = await measured({"bare": bare, "ours": ours}, rounds)
    right = {
        name: f"{sum(a == b for a, b in zip(heard, said, strict=True))} of {len(said)}"
        for name, (_, heard) in found.items()
    }
    return _rows(f"closed choice, one of {len(spoken.phrases)}", found, spoken.seconds, right)


async def _free(voice: Voice, rounds: int) -> list[tuple[str, ...]]:
    spoken = Spoken("en", FREE)
    said = [phrase for _, phrase in spoken.said]
    model = WhisperModel(str(WEIGHTS), device="cpu", compute_type="int8", local_files_only=True)

    async def bare() -> Sequence[str | None]:
        return [_whispered(model, sound) for sound in spoken.sounds]

    async def ours() -> Sequence[str | None]:
        return [(await voice.hear(note, "en", free=True)).said for note in spoken.notes]

    found = await measured({"bare": bare, "ours": ours}, rounds)
    wrong = {name: f"{words_wrong(heard, said):.1%}" for name, (_, heard) in found.items()}
    return _rows("faster-whisper tiny.en", found, spoken.seconds, wrong)


def _whispered(model: WhisperModel, sound: Sound) -> str:
    samples = sound.samples.astype(np.float32) / 32768
    segments, _ = model.transcribe(samples, language="en", beam_size=BEAM, condition_on_previous_text=False)
    return " ".join(part.text.strip() for part in segments)


async def _speaking(voice: Voice, rounds: int) -> list[tuple[str, ...]]:
    engine, texts = EspeakNG(), [phrase for _, phrase in prompts("fr").items()]
    sounds = [engine.speak(text, "fr") for text in texts]

    async def bare() -> Sequence[str | None]:
        for text in texts:
            opus(engine.speak(text, "fr"))
        return []

    async def ours() -> Sequence[str | None]:
        for text in texts:
            await voice.speak(text, "fr")
        return []

    found = await measured({"bare": bare, "ours": ours}, rounds)
    return _rows("espeak to Opus", found, sum(s.seconds for s in sounds), {"bare": "", "ours": ""})


def _rows(
    name: str, found: Mapping[str, tuple[float, Sequence[str | None]]], seconds: float, told: Mapping[str, str]
) -> list[tuple[str, ...]]:
    bare = found["bare"][0]
    return [
        (f"{name}, {way}", f"{took / seconds:.3f}", figure(bare / took) if way == "ours" else "1", told[way])
        for way, (took, _) in found.items()
    ]


def _peak_memory(voice: Voice) -> int:
    status = Path(f"/proc/{voice.worker.pid}/status").read_text("ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--markdown", type=Path, help="write the result into this document")
    given = parser.parse_args()
    said = asyncio.run(report(given.rounds))
    print(said)
    if given.markdown:
        write_section(given.markdown, "speech", said)


if __name__ == "__main__":
    main()
