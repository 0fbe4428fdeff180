"""How well the installed packages do on the project's own sentences: a score for each language, kept beside them.

The sentences are the French ones of the household messages that have no slot; the reference is their translation in
the catalog. It is a draft where nobody has read it yet, so the score compares two texts and proves neither.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from bot.followup.catalog import catalog, forms_of, words_key
from bot.followup.message import slots_in
from bot.followup.templates import WORDS
from bot.translation.back import chrf
from bot.translation.packages import Package, installed, route
from bot.translation.translator import MachineText, Translator
from bot.wording import SOURCE_LANGUAGE

FILE = "measures.json"


@dataclass(frozen=True, slots=True)
class Measure:
    """``score``: the mean chrF, 0 to 1; ``held``: how many the guards held; ``packages``: « fr-en 1.9 », in order."""

    score: float
    sentences: int
    held: int
    packages: tuple[str, ...]
    on: date


@dataclass(frozen=True, slots=True)
class Measured:
    """One sentence, what the machine made of it, and the catalog's own translation."""

    machine: MachineText
    reference: str
    score: float


def own_sentences(language: str) -> tuple[tuple[str, str], ...]:
    """French sentences and their translations, without slots, each once. Raises CatalogError without a catalog."""
    french, theirs = catalog(SOURCE_LANGUAGE), catalog(language)
    found: dict[str, str] = {}
    for key, entry in french.entries.items():
        words, translated = forms_of(entry.words)[0], theirs.entries.get(key)
        if translated is None or translated.empty or slots_in(words) or key in map(words_key, WORDS) or "{" in words:
            continue
        found.setdefault(words, forms_of(translated.words)[0])
    return tuple(found.items())


async def measuring(translator: Translator, language: str) -> AsyncIterator[Measured]:
    """Each sentence as it is done. Raises TranslationError."""
    for french, reference in own_sentences(language):
        machine = await translator.translate(french, SOURCE_LANGUAGE, language)
        yield Measured(machine, reference, chrf(machine.text, reference))


def keep(folder: Path, language: str, done: list[Measured], today: date) -> Measure:
    """The mean of what was measured, written beside the packages."""
    way = route(installed(folder), SOURCE_LANGUAGE, language)
    mean = sum(one.score for one in done) / len(done)
    held = sum(one.machine.held for one in done)
    measure = Measure(round(mean, 4), len(done), held, _versions(way), today)
    kept = _read(folder) | {language: asdict(measure) | {"on": today.isoformat()}}
    waiting = folder / f".{FILE}"
    waiting.write_text(json.dumps(kept, indent=1, sort_keys=True), encoding="utf-8")
    waiting.replace(folder / FILE)
    return measure


def measure_of(folder: Path, language: str) -> Measure | None:
    """What was measured with the packages that are installed now; None where nothing was, or others were there."""
    raw = _read(folder).get(language)
    way = _versions(route(installed(folder), SOURCE_LANGUAGE, language))
    if not isinstance(raw, dict) or not way or tuple(raw.get("packages", ())) != way:
        return None
    return Measure(raw["score"], raw["sentences"], raw["held"], way, date.fromisoformat(raw["on"]))


def _read(folder: Path) -> dict[str, object]:
    try:
        raw = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return raw if isinstance(raw, dict) else {}


def _versions(way: tuple[Package, ...]) -> tuple[str, ...]:
    return tuple(f"{package.pair} {package.version}" for package in way)
