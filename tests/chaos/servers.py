"""The served app as processes of their own, several beside each other, on one database and before one fake Telegram."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import httpx

from tests.api.serving import ServerProcess

START = 180  # seconds: a machine under other work starts a process slowly
SECRET, KEY, WEBHOOK_SECRET = "s" * 40, "k" * 40, "webhook-secret-of-the-trial"


class Server(ServerProcess):
    """`aiguillage serve`; what it logs goes to a file, which no full pipe can hold up. ``code``: the folder of the
    sources that it runs."""

    def __init__(self, folder: Path, code: Path | None = None, **environ: str) -> None:
        super().__init__(folder, **environ)
        self.code, self.log, self.starts = code, folder.parent / f"server-{self.port}.log", 0

    def start(self) -> None:
        self.launch()
        self.until(lambda: self.ready() is not None, START)

    def launch(self) -> None:
        """Start, and do not wait for it."""
        self.starts += 1
        command = [sys.executable, "-m", "api.cli", "serve"]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(command, env=self.environ, cwd=self.code, stderr=out, stdout=out)  # noqa: S603

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(20)

    def stop(self) -> int:
        """As a deployment would: SIGTERM, and its end is waited for."""
        self.process.terminate()
        return self.process.wait(60)

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ready(self) -> dict | None:
        if not self.runs:
            raise AssertionError(f"the server ended:\n{self.log.read_text()[-4000:]}")
        try:
            return httpx.get(f"{self.address}/readyz", timeout=20).json()
        except (httpx.TransportError, ValueError):
            return None


class Balancer:
    """One address before several servers: a connection goes to the next one that answers."""

    def __init__(self, servers: list[Server]) -> None:
        self._servers, self._next = servers, 0
        self._under_way: set[asyncio.Task] = set()

    async def open(self) -> str:
        self._listening = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._listening.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        self._listening.close()
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            for _ in self._servers:
                self._next = (self._next + 1) % len(self._servers)
                try:
                    there, back = await asyncio.open_connection("127.0.0.1", self._servers[self._next].port)
                except OSError:
                    continue
                await asyncio.gather(_pipe(reader, back), _pipe(there, writer))
                break
        finally:
            writer.close()
            self._under_way.discard(task)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while part := await reader.read(65536):
            writer.write(part)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
