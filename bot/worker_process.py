"""An engine in a process of its own, as the event loop sees it: started at first use, and again after it died.

The process reads a line of JSON and writes one (``python -m MODULE FOLDER ARGUMENTS…``); FOLDER is its own,
removed at its end.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LONGEST_LINE = 1 << 24
HOUSE = Path(__file__).resolve().parents[1]


class WorkerEndedError(Exception):
    """The process died or was too slow; the next request starts a new one. ``status``: None when it was too slow."""

    def __init__(self, status: int | None) -> None:
        super().__init__("too slow" if status is None else f"status {status}")
        self.status = status


class WorkerProcess:
    """Answers one request at a time; one that lasts longer than ``seconds`` ends the process."""

    def __init__(self, module: str, seconds: float, *arguments: str) -> None:
        self.module, self.seconds, self.arguments = module, seconds, arguments
        self._process: asyncio.subprocess.Process | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._turn = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """Of the running process."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def ask(self, request: Mapping[str, object]) -> dict[str, Any]:
        """What the process answers. Raises WorkerEndedError."""
        async with self._turn:
            try:
                async with asyncio.timeout(self.seconds):
                    return await self._ask(json.dumps(request))
            except TimeoutError:
                await self._end()
                raise WorkerEndedError(None) from None
            except BaseException:
                await self._end()  # its answer would be taken for that of the next request
                raise

    async def close(self) -> None:
        async with self._turn:
            await self._end()

    async def _ask(self, line: str) -> dict[str, Any]:
        process = await self._running()
        assert process.stdin and process.stdout  # noqa: S101
        try:
            process.stdin.write(f"{line}\n".encode())
            await process.stdin.drain()
            answer = await process.stdout.readline()
        except (BrokenPipeError, ConnectionResetError):
            answer = b""
        if not answer.endswith(b"\n"):
            raise WorkerEndedError(await process.wait())
        return dict(json.loads(answer))

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            await self._end()
            self._folder = tempfile.TemporaryDirectory(prefix="aiguillage-")
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                self.module,
                self._folder.name,
                *self.arguments,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,  # whatever a library may say of a text
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
