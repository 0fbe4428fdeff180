"""The worker as the event loop sees it: one process, started at first use and again after it died."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bot.translation.errors import TranslationError
from bot.translation.packages import Package

LONGEST_LINE = 1 << 22
HOUSE = Path(__file__).resolve().parents[2]


class Worker:
    """Answers one request at a time; one that lasts longer than ``seconds`` ends the process."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._process: asyncio.subprocess.Process | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._turn = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """Of the running process."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def translate(self, packages: Sequence[Package], sentences: Sequence[str]) -> list[str]:
        """Raises TranslationError when the worker dies, is too slow or says what is wrong."""
        asked = {"packages": [str(package.folder.resolve()) for package in packages], "sentences": list(sentences)}
        async with self._turn:
            try:
                async with asyncio.timeout(self.seconds):
                    answer = await self._ask(json.dumps(asked))
            except TimeoutError:
                await self._end()
                raise TranslationError(f"no translation within {self.seconds:g} s; shorten the text") from None
            except BaseException:
                await self._end()  # its answer would be taken for that of the next request
                raise
        if "error" in answer:
            raise TranslationError(str(answer["error"]))
        return list(answer["texts"])

    async def close(self) -> None:
        async with self._turn:
            await self._end()

    async def _ask(self, line: str) -> dict[str, list[str]]:
        process = await self._running()
        assert process.stdin and process.stdout  # noqa: S101
        try:
            process.stdin.write(f"{line}\n".encode())
            await process.stdin.drain()
            answer = await process.stdout.readline()
        except (BrokenPipeError, ConnectionResetError):
            answer = b""
        if not answer.endswith(b"\n"):
            status = await process.wait()
            raise TranslationError(f"the translation process ended (status {status}); try again")
        return dict(json.loads(answer))

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            await self._end()
            self._folder = tempfile.TemporaryDirectory(prefix="aiguillage-")
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot.translation.worker",
                self._folder.name,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,  # whatever a library may say of the text
                limit=LONGEST_LINE,
                cwd=HOUSE,
            )
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        folder, self._folder = self._folder, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if process is not None and process.stdin:
            process.stdin.close()
            with contextlib.suppress(ConnectionError):
                await process.stdin.wait_closed()
        if folder is not None:
            folder.cleanup()
