"""The translation's engine in a process of its own."""

from __future__ import annotations

from collections.abc import Sequence

from bot.translation.errors import TranslationError
from bot.translation.packages import Package
from bot.worker_process import WorkerEndedError, WorkerProcess


class Worker(WorkerProcess):
    """Answers one request at a time; one that lasts longer than ``seconds`` ends the process."""

    def __init__(self, seconds: float) -> None:
        super().__init__("bot.translation.worker", seconds)

    async def translate(self, packages: Sequence[Package], sentences: Sequence[str]) -> list[str]:
        """Raises TranslationError when the worker dies, is too slow or says what is wrong."""
        folders = [str(package.folder.resolve()) for package in packages]
        try:
            answer = await self.ask({"packages": folders, "sentences": list(sentences)})
        except WorkerEndedError as ended:
            raise TranslationError(self._what(ended)) from None
        if "error" in answer:
            raise TranslationError(str(answer["error"]))
        return list(answer["texts"])

    def _what(self, ended: WorkerEndedError) -> str:
        if ended.status is None:
            return f"no translation within {self.seconds:g} s; shorten the text"
        return f"the translation process ended (status {ended.status}); try again"
