"""Speech beside the bare engines on the same sound: time, words wrong, memory; closed choice on people's voices.

    python -m benchmarks.speech [--rounds 5] [--markdown docs/benchmarks.md]

Needs the prompts (python -m tests.speech.prompts). Ours goes through the process apart, the checks and the container.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import speech_bare
from benchmarks.timing import figure, machine, memory, peak, publish, table
from bot.speech.sounds import Sound, opus, read
from bot.speech.voice import Voice
from bot.speech.worker import POLITE
from tests.speech.engines_here import voice_in
from tests.speech.prompts import prompt, prompts
from tests.speech.test_whisper import WEIGHTS

CLOSED, ENGLISH, FREE, TEXTS = 100, 60, 24, 30  # prompts
HEADS = (
    *("engine", "real time, bare", "ours", "speed beside bare", "processor beside bare"),
    *("bare is right", "ours", "peak MiB, bare", "ours"),
)
BARE, OURS, TWICE = "bare", "ours", "bare, both searches"
Way = Callable[[int], Awaitable[str | None]]


class Spoken:
    """Prompts of a language as voice notes, and what they say."""

    def __init__(self, language: str, most: int) -> None:
        said = list(prompts(language).items())[:most]
        self.notes = [opus(prompt(language, name)) for name, _ in said]
        self.seconds = sum(read(note).seconds for note in self.notes)
        self.said = [phrase for _, phrase in said]

    @property
    def phrases(self) -> list[str]:
        return list(dict.fromkeys(self.said))


@dataclass
class Took:
    """Of one way: the clock's seconds for each item, a round each; processor seconds of all; what was heard last."""

    clock: dict[int, list[float]] = field(default_factory=dict)
    processor: float = 0.0
    heard: dict[int, str | None] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """For every item once, each at its median."""
        return sum(map(statistics.median, self.clock.values()))


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


async def measured(ways: Mapping[str, Way], items: int, rounds: int, voice: Voice) -> dict[str, Took]:
    """Each item by each way in turns, so that a busy moment touches both; the first goes first every other time.

    One item is taken beforehand: it loads the models.
    """
    found = {name: Took() for name in ways}
    for way in ways.values():
        await way(0)
    for turn in range(rounds):
        for item in range(items):
            for name in list(ways)[:: 1 if (turn + item) % 2 else -1]:
                spent, began = _processor(voice), time.perf_counter()
                found[name].heard[item] = await ways[name](item)
                found[name].clock.setdefault(item, []).append(time.perf_counter() - began)
                found[name].processor += _processor(voice) - spent
    return found


def _processor(voice: Voice) -> float:
    """Seconds of this process and of the one apart, with all their threads."""
    parts = Path(f"/proc/{voice.worker.pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return time.process_time() + (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


async def report(rounds: int) -> str:
    began = time.perf_counter()
    with TemporaryDirectory() as folder:
        weights = Path(folder) / "whisper" / "whisper-tiny"
        weights.parent.mkdir()
        weights.symlink_to(WEIGHTS, target_is_directory=True)
        voice_in(Path(folder) / "piper" / "piper-en_US-joe-medium")
        async with AsyncExitStack() as stack:
            names = ("fr", "en", "whisper", *speech_bare.SPEAKING)  # a process for each, whose memory is its own
            voices = {name: await stack.enter_async_context(Voice(Path(folder) / name)) for name in names}
            for voice in voices.values():
                await voice.engines()
            os.nice(POLITE)  # as the processes apart are: whatever else runs comes before all alike
            rows = [*await _closed("fr", CLOSED, voices["fr"], rounds)]
            rows += [*await _closed("en", ENGLISH, voices["en"], rounds), await _free(voices["whisper"], rounds)]
            rows += [await _speaking(name, voices[name], rounds) for name in speech_bare.SPEAKING]
    return f"{_about(rounds, time.perf_counter() - began)}\n\n{table(HEADS, rows)}"


def _about(rounds: int, lasted: float) -> str:
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"## Speech\n\n{machine()}, {memory()}; the load of the last 1, 5 and 15 minutes was {load}, of which this "
        f"makes about 1; it ran for {lasted / 60:.0f} minutes. "
        f"Prompts of Asterisk read by people, as voice notes: {CLOSED} in French and {ENGLISH} in English for closed "
        f"choice, {FREE} in English to be written down; {TEXTS} of their texts to be spoken. « bare » gives the "
        "engine's library the same voice note in its own process; « ours » checks it and asks the process apart. "
        f"« {TWICE} »: ours refuses what fits no phrase by a second search, and this bare one makes it too, with the "
        "library's own settings. What is spoken is written as a voice note by both. What ours is not sure of counts as "
        "words left out. Note by note in turns at the same "
        f"priority, each at its median of {rounds}. Real time: seconds of work by second of speech. Processor: of all "
        "threads of both processes. Peak memory: of a process that uses this engine alone, Python and the codecs "
        "included; of ours the process apart.\n\n"
        "`python -m benchmarks.speech --markdown docs/benchmarks.md` measures it again."
    )


async def _closed(language: str, most: int, voice: Voice, rounds: int) -> list[tuple[str, ...]]:
    spoken = Spoken(language, most)
    ways: dict[str, Way] = {
        BARE: _hearing(speech_bare.choice(spoken.phrases, language), spoken),
        TWICE: _hearing(speech_bare.choice(spoken.phrases, language, twice=True), spoken),
    }

    async def ours(item: int) -> str | None:
        return (await voice.hear(spoken.notes[item], language, spoken.phrases)).said

    found = await measured({**ways, OURS: ours}, len(spoken.said), rounds, voice)
    right = {
        name: f"{sum(took.heard[i] == said for i, said in enumerate(spoken.said))} of {len(spoken.said)}"
        for name, took in found.items()
    }
    peaks = _peaks("choice", voice, spoken.notes, phrases=spoken.phrases, language=language)
    one = _row(f"pocketsphinx, {language}, one of {len(spoken.phrases)}", found, spoken.seconds, right, peaks)
    both = {BARE: found[TWICE], OURS: found[OURS]}
    return [one, _row(f"the same, {TWICE}", both, spoken.seconds, {**right, BARE: right[TWICE]}, ("", ""))]


def _hearing(hear: speech_bare.Hears, spoken: Spoken) -> Way:
    async def way(item: int) -> str | None:
        return hear(spoken.notes[item])

    return way


async def _free(voice: Voice, rounds: int) -> tuple[str, ...]:
    spoken = Spoken("en", FREE)

    async def ours(item: int) -> str | None:
        return (await voice.hear(spoken.notes[item], "en", free=True)).said

    ways = {BARE: _hearing(speech_bare.whisper(), spoken), OURS: ours}
    found = await measured(ways, len(spoken.said), rounds, voice)
    wrong = {name: _wrong(took.heard, found[OURS].heard, spoken.said) for name, took in found.items()}
    return _row("faster-whisper, tiny.en", found, spoken.seconds, wrong, _peaks("whisper", voice, spoken.notes))


def _wrong(heard: Mapping[int, str | None], ours: Mapping[int, str | None], said: Sequence[str]) -> str:
    """Of all, and of those that ours was sure enough of to write down."""
    written = [i for i in range(len(said)) if ours[i] is not None]
    every = words_wrong([heard[i] for i in range(len(said))], said)
    these = words_wrong([heard[i] for i in written], [said[i] for i in written])
    return f"{every:.1%} words wrong, {these:.1%} of the {len(written)} that ours wrote"


async def _speaking(name: str, voice: Voice, rounds: int) -> tuple[str, ...]:
    language, made = speech_bare.SPEAKING[name]
    speak, texts = made(), list(prompts("en" if language == "en" else "fr").values())[:TEXTS]
    seconds = sum(len(samples) / rate for samples, rate in map(speak, texts))

    async def bare(item: int) -> str | None:
        opus(Sound(*speak(texts[item])))
        return None

    async def ours(item: int) -> str | None:
        await voice.speak(texts[item], language)
        return None

    found = await measured({BARE: bare, OURS: ours}, len(texts), rounds, voice)
    told, peaks = {BARE: "", OURS: ""}, _peaks(name, voice, texts=texts)
    return _row(f"{name}, {language}, to Opus", found, seconds, told, peaks)


def _row(
    name: str, found: Mapping[str, Took], seconds: float, told: Mapping[str, str], peaks: tuple[str, str]
) -> tuple[str, ...]:
    bare, ours = found[BARE], found[OURS]
    paces = (f"{took.seconds / seconds:.3f}" for took in (bare, ours))
    beside = figure(bare.seconds / ours.seconds), figure(bare.processor / ours.processor)
    return (name, *paces, *beside, told[BARE], told[OURS], *peaks)


def _peaks(name: str, voice: Voice, notes: Sequence[bytes] = (), **given: object) -> tuple[str, str]:
    """MiB of a bare engine in a process of its own over the same things once, and of the process apart."""
    asked = json.dumps({**given, "notes": [b64encode(note).decode() for note in notes]})
    command = [sys.executable, "-m", "benchmarks.speech_bare", name]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)  # noqa: S603
    assert voice.worker.pid
    return done.stdout.strip(), str(peak(voice.worker.pid))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--markdown", type=Path, help="write the result into this document")
    given = parser.parse_args()
    said = asyncio.run(report(given.rounds))
    publish(said, "speech", given.markdown)


if __name__ == "__main__":
    main()
