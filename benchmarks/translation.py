"""Sentences a second through our translator, beside bare CTranslate2 with SentencePiece on the same package.

    python -m benchmarks.translation [--rounds 9] [--markdown docs/benchmarks.md]

Every way translates the same French sentences to English with the tiny package of the tests, one thread, beam 1, in
batches of as many tokens, in turns. A tiny model is the hardest case: the less the model works, the more all else
weighs. « whole » cuts, protects, translates, puts back, runs the guards, translates back and compares; it is beside
bare CTranslate2 doing both directions.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import ctranslate2
import sentencepiece

from benchmarks.timing import Spread, figure, machine, publish, table
from bot.translation.argos import BATCH_TOKENS, BEAM, THREADS
from bot.translation.packages import Package, install, installed, route
from bot.translation.translator import LONGEST_TEXT, Translator
from tests.models.corpus import LETTERS, pairs

TINY = Path(__file__).parents[1] / "tests" / "models"
SENTENCES = 1_200
VALUES = ("12 mars 2026", "10h30", "01 23 45 67 89", "45 €")


class Bare:
    """CTranslate2 and SentencePiece, nothing else."""

    def __init__(self, package: Package) -> None:
        self.cut = sentencepiece.SentencePieceProcessor(model_file=str(package.folder / "sentencepiece.model"))
        self.model = ctranslate2.Translator(str(package.folder / "model"), device="cpu", intra_threads=THREADS)

    def translate(self, sentences: Sequence[str]) -> list[str]:
        tokens = self.cut.encode(list(sentences), out_type=str)
        batch = {"max_batch_size": BATCH_TOKENS, "batch_type": "tokens", "beam_size": BEAM}
        done = self.model.translate_batch(tokens, length_penalty=0.2, replace_unknowns=True, **batch)
        return [self.cut.decode(one.hypotheses[0]) for one in done]


def sentences() -> list[str]:
    """Of the templates, with values where letters stand for them."""
    learned, _ = pairs("fr", "en")
    drawn = random.Random(0).choices([said for said, _ in learned], k=SENTENCES)  # noqa: S311
    for letter, value in zip(LETTERS, VALUES, strict=True):
        drawn = [said.replace(letter, value) for said in drawn]
    return drawn


def texts(said: Sequence[str]) -> list[str]:
    """The sentences as texts of the longest that is taken."""
    found, now = [], ""
    for sentence in said:
        if len(now) + len(sentence) + 1 > LONGEST_TEXT:
            found.append(now)
            now = ""
        now += sentence + "\n"
    return [*found, now]


async def measured(folder: Path, rounds: int) -> dict[str, list[float]]:
    """Seconds of each way in each round."""
    there, back = (route(installed(folder), *ends) for ends in (("fr", "en"), ("en", "fr")))
    bare, bare_back, said = Bare(there[0]), Bare(back[0]), sentences()
    split = [text.splitlines() for text in texts(said)]
    async with Translator(folder) as ours:

        async def bare_one_way() -> None:
            for text in split:
                bare.translate(text)

        async def bare_both_ways() -> None:
            for text in split:
                bare_back.translate(bare.translate(text))

        async def worker() -> None:
            for text in split:
                await ours.worker.translate(there, text)

        async def whole() -> None:
            for text in texts(said):
                await ours.translate(text, "fr", "en")

        async def whole_at_once() -> None:
            await asyncio.gather(*(ours.translate(text, "fr", "en") for text in texts(said)))

        ways: dict[str, Callable[[], Awaitable[None]]] = {
            "bare, one direction": bare_one_way,
            "our process, one direction": worker,
            "bare, both directions": bare_both_ways,
            "ours, whole": whole,
            "ours, whole, texts at once": whole_at_once,
        }
        found: dict[str, list[float]] = {name: [] for name in ways}
        for turn in range(rounds + 1):
            for name, way in ways.items():
                began = time.perf_counter()
                await way()
                if turn:  # the first round loads the models
                    found[name].append(time.perf_counter() - began)
    return found


def report(found: dict[str, list[float]]) -> str:
    one, both = "bare, one direction", "bare, both directions"
    beside = {"our process, one direction": one, "ours, whole": both, "ours, whole, texts at once": both}
    rows = []
    for name, seconds in found.items():
        rate = Spread.of([SENTENCES / one for one in seconds])
        ratio = "1"
        if peer := beside.get(name):
            ratio = f"{Spread.of([b / a for a, b in zip(seconds, found[peer], strict=True)]).median:.2f}"
        rows.append((name, figure(rate.median), f"{figure(rate.low)} to {figure(rate.high)}", ratio))
    words = (
        f"## Translation\n\n{machine()}. The tiny fr-en and en-fr packages of the tests, one thread, beam 1, "
        f"{SENTENCES:,} sentences in texts of {LONGEST_TEXT:,} characters, wall clock, in turns. With so small a model "
        "all else weighs most: « whole » is values, guards, back-translation and its similarity too."
    )
    return f"{words}\n\n{table(('way', 'sentences a second', 'quartiles', 'beside bare'), rows)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--markdown", type=Path, help="write the result into this document")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for pair in ("fr_en", "en_fr"):
            install(TINY / f"tiny_{pair}.argosmodel", Path(folder))
        said = report(asyncio.run(measured(Path(folder), given.rounds)))
    publish(said, "translation", given.markdown)


if __name__ == "__main__":
    main()
