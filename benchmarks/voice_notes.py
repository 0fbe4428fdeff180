"""How long a typed answer takes on Telegram, idle and while ten voice notes are heard.

    python -m benchmarks.voice_notes [--rounds 3] [--markdown docs/benchmarks.md]

The real server in a process of its own, by webhook, beside a fake Telegram; a note is said by espeak.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from benchmarks.timing import Spread, figure, machine, publish, table
from tests.api.serving import ServerProcess
from tests.api.speakers_by_telegram import spoken
from tests.fakes.telegram import FakeTelegram

NOTES, TYPED, SECRET = 10, 20, "b" * 20
TYPIST, FIRST_SPEAKER = 9_000, 9_001


async def answered(telegram: FakeTelegram, text: str) -> float:
    """Seconds from a typed text to what is shown for it."""
    before, began = len(telegram.messages(TYPIST)), time.perf_counter()
    await telegram.write(TYPIST, text)
    await telegram.until(lambda: len(telegram.messages(TYPIST)) > before, 30)
    return time.perf_counter() - began


async def under_notes(telegram: FakeTelegram, speakers: range) -> tuple[list[float], float]:
    """What typed answers took until the last of the notes was answered, and how long that was."""
    before = {chat: len(telegram.messages(chat)) for chat in speakers}
    began, took = time.perf_counter(), []
    for chat in speakers:
        await telegram.send_file(chat, spoken("un bilan"), duration=2)
    while any(len(telegram.messages(chat)) < before[chat] + 2 for chat in speakers):
        took.append(await answered(telegram, "/retour"))
    return took, time.perf_counter() - began


async def measured(rounds: int) -> tuple[Spread, Spread, float]:
    speakers, idle, busy, lasted = range(FIRST_SPEAKER, FIRST_SPEAKER + NOTES), [], [], []
    with tempfile.TemporaryDirectory() as folder:
        async with FakeTelegram(secret=SECRET) as telegram:
            own = {"TOKEN": telegram.token, "API": telegram.url, "WEBHOOK_SECRET": SECRET}
            server = ServerProcess(folder, **{f"AIGUILLAGE_TELEGRAM_{name}": value for name, value in own.items()})
            await asyncio.to_thread(server.start)
            try:
                for chat in (TYPIST, *speakers):
                    await telegram.delivered(await telegram.write(chat, "/start"), 30)
                await under_notes(telegram, speakers)  # the engines start, the decoders are made
                for _ in range(rounds):
                    await asyncio.sleep(2)
                    idle += [await answered(telegram, "/retour") for _ in range(TYPED)]
                    took, seconds = await under_notes(telegram, speakers)
                    busy, lasted = busy + took, [*lasted, seconds]
            finally:
                await asyncio.to_thread(server.kill)
    return Spread.of(idle), Spread.of(busy), sum(lasted) / len(lasted)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--markdown", type=Path, help="write the result into this document")
    given = parser.parse_args()
    idle, busy, seconds = asyncio.run(measured(given.rounds))
    rows = [
        (
            name,
            figure(s.median * 1000),
            f"{figure(s.low * 1000)} to {figure(s.high * 1000)}",
            figure(s.median / idle.median),
        )
        for name, s in (("idle", idle), ("ten notes being heard", busy))
    ]
    said = (
        f"## A typed answer while voice notes are heard\n\n{machine()}. `python -m benchmarks.voice_notes`: the whole "
        f"server in a process of its own, by webhook, with SQLite, other work on the machine. {NOTES} notes came at "
        f"once and were answered in {seconds:.1f} s.\n\n"
        f"{table(('typed answer', 'ms', 'quartiles', 'times idle'), rows)}"
    )
    publish(said, "voice notes", given.markdown)


if __name__ == "__main__":
    main()
