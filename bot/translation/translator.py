"""A text -> its machine translation with the doubts about it: what the rest of the program calls."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType

from bot.messages import Text
from bot.translation.back import chrf
from bot.translation.doubts import Doubt
from bot.translation.guards import doubts_of
from bot.translation.packages import PIVOT, Package, engine_code, installed, missing, route
from bot.translation.process import Worker
from bot.translation.protection import LETTERS, protect, restore
from bot.translation.sentences import pieces

LABEL = "translation.label"
LONGEST_TEXT, SECONDS, FAR_BACK = 5_000, 30.0, 0.4


@dataclass(frozen=True, slots=True)
class MachineText:
    """What a machine made of a text, always shown beside it. Its repr has no words of anybody: it may be logged.

    ``route``: the languages gone through, both ends included, () where there is no way. ``back``: the translation
    translated back, None where no way leads back; ``similarity``: its chrF with the original, 0 to 1, no proof.
    """

    original: str = field(repr=False)
    text: str = field(repr=False)
    source: str
    target: str
    route: tuple[str, ...]
    doubts: tuple[Doubt, ...] = field(default=(), repr=False)
    back: str | None = field(default=None, repr=False)
    similarity: float | None = None
    label: str = LABEL

    @property
    def held(self) -> bool:
        """Whether it must not be sent."""
        return any(doubt.holds for doubt in self.doubts)

    @property
    def reasons(self) -> tuple[Text, ...]:
        """What is told of it, what holds it first."""
        return tuple(doubt.text for doubt in sorted(self.doubts, key=lambda doubt: not doubt.holds))


class Translator:
    """Translates with the packages of a folder, in a process of its own. ``seconds``: the most for one direction."""

    def __init__(self, folder: Path, seconds: float = SECONDS) -> None:
        self.folder = folder
        self.worker = Worker(seconds)

    async def translate(self, text: str, source: str, target: str, names: Sequence[str] = ()) -> MachineText:
        """The text in another language; ``names`` stay as they are. Where there is no way, a held one without words.

        Raises TranslationError where the engine fails, dies or takes too long; the next text starts it anew.
        """
        packages = installed(self.folder)
        way = route(packages, source, target)
        if refusal := _refusal(text, source, target, way, packages):
            return MachineText(text, "", source, target, (), (refusal,))
        said, lost = await self._through(way, text, source, target, names)
        doubts = (*lost, *await to_thread(doubts_of, text, said, source, target, names))
        done = MachineText(text, said, source, target, _codes(way, source, target), doubts)
        return await self._with_back(done, route(packages, target, source), names)

    async def close(self) -> None:
        """End the process."""
        await self.worker.close()

    async def __aenter__(self) -> Translator:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _with_back(self, done: MachineText, way: tuple[Package, ...], names: Sequence[str]) -> MachineText:
        doubts = done.doubts if len(done.route) < 3 else (*done.doubts, Doubt("through_english"))
        if not way or not done.text.strip():
            return replace(done, doubts=(*doubts, Doubt("no_back")))
        back, _ = await self._through(way, done.text, done.target, done.source, names)
        similarity = await to_thread(chrf, back, done.original)
        if similarity < FAR_BACK:
            doubts = (*doubts, Doubt("far_back", {"percent": round(100 * similarity)}))
        return replace(done, doubts=doubts, back=back, similarity=similarity)

    async def _through(
        self, way: tuple[Package, ...], text: str, source: str, target: str, names: Sequence[str]
    ) -> tuple[str, tuple[Doubt, ...]]:
        """The text with its values put back, and the doubts about these."""
        cut = pieces(text)
        guarded = [protect(piece.text, source, names) for piece in cut]
        asked = [one.text for one in guarded if one.has_words]
        said = iter(await self.worker.translate(way, asked) if asked else [])
        restored = [restore(next(said) if one.has_words else one.text, one.values, target) for one in guarded]
        doubts = tuple(doubt for _, found in restored for doubt in found)
        return "".join(words + piece.after for (words, _), piece in zip(restored, cut, strict=True)), doubts


def _refusal(
    text: str, source: str, target: str, way: tuple[Package, ...], packages: tuple[Package, ...]
) -> Doubt | None:
    """Why a text is not even tried."""
    if engine_code(source) == engine_code(target):
        return Doubt("same_language", {"language": target})
    if not way:
        pairs = " ".join(missing(packages, source, target)) or f"{source}-{target}"
        return Doubt("no_route", {"source": source, "target": target, "packages": pairs})
    if len(text) > LONGEST_TEXT:
        return Doubt("text_too_long", {"length": len(text), "most": LONGEST_TEXT})
    return Doubt("value_invented") if any(letter in text for letter in LETTERS) else None


def _codes(way: tuple[Package, ...], source: str, target: str) -> tuple[str, ...]:
    return (source, target) if len(way) == 1 else (source, PIVOT, target)
