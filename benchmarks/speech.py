"""Speech beside the bare engines on the same sound: time, words wrong, memory; closed choice on people's voices.

    python -m benchmarks.speech [--rounds 3] [--markdown docs/benchmarks.md]

Needs the prompts (python -m tests.speech.prompts). Ours goes through the process apart, the checks and the container.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import speech_bare
from benchmarks.timing import figure, machine, memory, table, write_section
from bot.speech.sounds import Sound, opus, read
from bot.speech.voice import Voice
from bot.speech.worker import POLITE
from tests.speech.engines_here import voice_in
from tests.speech.prompts import prompt, prompts
from tests.speech.test_whisper import WEIGHTS

CLOSED, ENGLISH, FREE, TEXTS = 100, 60, 24, 30  # prompts
HEADS = ("engine", "real time, bare", "ours", "speed beside bare", "processor beside bare", "bare is right", "ours")
Way = Callable[[int], Awaitable[str | None]]


class Spoken:
    """Prompts of a language as voice notes, and what they say."""

    def __init__(self, language: str, most: int) -> None:
        said = list(prompts(language).items())[:most]
        self.notes = [opus(prompt(language, name)) for name, _ in said]
        self.sounds = [read(note) for note in self.notes]
        self.said = [phrase for _, phrase in said]

    @property
    def seconds(self) -> float:
        return sum(sound.seconds for sound in self.sounds)

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
    with TemporaryDirectory() as folder:
        (Path(folder) / "whisper-tiny").symlink_to(WEIGHTS, target_is_directory=True)
        voice_in(Path(folder) / "piper-en_US-joe-medium")
        async with Voice(Path(folder)) as full, Voice(Path(folder) / "none") as small:
            await full.engines()
            await small.engines()
            os.nice(POLITE)  # as the process apart is: whatever else runs comes before both alike
            rows = [await _closed("fr", CLOSED, small, rounds), await _closed("en", ENGLISH, small, rounds)]
            rows += [await _free(full, rounds)]
            rows += [await _speaking(name, full if name == "piper" else small, rounds) for name in speech_bare.SPEAKING]
            peaks = f"{_peak(small)} MiB, with the weights of Whisper and the voice of Piper {_peak(full)} MiB"
    return f"{_about(rounds, peaks)}\n\n{table(HEADS, rows)}"


def _about(rounds: int, peaks: str) -> str:
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"## Speech\n\n{machine()}, {memory()}; other work ran: the load of the last 1, 5 and 15 minutes was {load}. "
        f"Prompts of Asterisk read by people, as voice notes: {CLOSED} in French and {ENGLISH} in English for closed "
        f"choice, {FREE} in English to be written down; {TEXTS} of their texts to be spoken. « bare » calls the "
        "engine's library in its own process, the samples in hand; « ours » takes the voice note, checks it and asks "
        "the process apart. What is spoken is written as a voice note by both. Note by note in turns at the same "
        f"priority, each at its median of {rounds}. Real time: seconds of work by second of speech. Processor: of all "
        f"threads of both processes. Peak memory of the process apart: {peaks}.\n\n"
        "`python -m benchmarks.speech --markdown docs/benchmarks.md` measures it again."
    )


async def _closed(language: str, most: int, voice: Voice, rounds: int) -> tuple[str, ...]:
    spoken = Spoken(language, most)
    hear = speech_bare.choice(spoken.phrases, language)

    async def bare(item: int) -> str | None:
        return hear(spoken.sounds[item].samples)

    async def ours(item: int) -> str | None:
        return (await voice.hear(spoken.notes[item], language, spoken.phrases)).said

    found = await measured({"bare": bare, "ours": ours}, len(spoken.said), rounds, voice)
    right = {
        name: f"{sum(took.heard[i] == said for i, said in enumerate(spoken.said))} of {len(spoken.said)}"
        for name, took in found.items()
    }
    return _row(f"pocketsphinx, {language}, one of {len(spoken.phrases)}", found, spoken.seconds, right)


async def _free(voice: Voice, rounds: int) -> tuple[str, ...]:
    spoken, hear = Spoken("en", FREE), speech_bare.whisper()

    async def bare(item: int) -> str | None:
        return hear(spoken.sounds[item].samples)

    async def ours(item: int) -> str | None:
        return (await voice.hear(spoken.notes[item], "en", free=True)).said

    found = await measured({"bare": bare, "ours": ours}, len(spoken.said), rounds, voice)
    wrong = {
        name: f"{words_wrong([took.heard[i] for i in range(len(spoken.said))], spoken.said):.1%} words wrong"
        for name, took in found.items()
    }
    return _row("faster-whisper, tiny.en", found, spoken.seconds, wrong)


async def _speaking(name: str, voice: Voice, rounds: int) -> tuple[str, ...]:
    language, made = speech_bare.SPEAKING[name]
    speak, texts = made(), list(prompts(language).values())[:TEXTS]
    seconds = sum(len(samples) / rate for samples, rate in map(speak, texts))

    async def bare(item: int) -> str | None:
        opus(Sound(*speak(texts[item])))
        return None

    async def ours(item: int) -> str | None:
        await voice.speak(texts[item], language)
        return None

    found = await measured({"bare": bare, "ours": ours}, len(texts), rounds, voice)
    return _row(f"{name}, {language}, to Opus", found, seconds, {"bare": "", "ours": ""})


def _row(name: str, found: Mapping[str, Took], seconds: float, told: Mapping[str, str]) -> tuple[str, ...]:
    bare, ours = found["bare"], found["ours"]
    paces = (f"{took.seconds / seconds:.3f}" for took in (bare, ours))
    beside = figure(bare.seconds / ours.seconds), figure(bare.processor / ours.processor)
    return (name, *paces, *beside, told["bare"], told["ours"])


def _peak(voice: Voice) -> int:
    """MiB of the process apart at its most."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{voice.worker.pid}/status").read_text("ascii"))
    assert found
    return int(found[1]) // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--markdown", type=Path, help="write the result into this document")
    given = parser.parse_args()
    said = asyncio.run(report(given.rounds))
    print(said)
    if given.markdown:
        write_section(given.markdown, "speech", said)


if __name__ == "__main__":
    main()
