"""The wire between a bot and its homeserver, of one fixed address: it can be cut, and lose answers on their way."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Wire:
    """``lost``: how many answers to what was sent into a room were lost."""

    def __init__(self, url: str) -> None:
        there = urlsplit(url)
        self._there = (there.hostname, there.port)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._to_lose, self.lost, self.port = 0, 0, 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._open):
            writer.close()

    def lose(self, answers: int) -> None:
        """The next so many things that are sent into a room arrive, and nobody is told so."""
        self._to_lose = answers

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            back, out = await asyncio.open_connection(*self._there)
            self._open |= {writer, out}
            losing = asyncio.Event()
            ways = (self._carry(reader, out, losing), self._carry(back, writer, None, losing))
            await asyncio.gather(*ways, return_exceptions=True)
            self._open -= {writer, out}
            for end in (writer, out):
                end.close()

    async def _carry(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        sends: asyncio.Event | None,
        loses: asyncio.Event | None = None,
    ) -> None:
        while data := await source.read(65536):
            if sends is not None and self._to_lose and data.startswith(b"PUT ") and b"/send/m.room.message/" in data:
                self._to_lose -= 1
                sends.set()
            if loses is not None and loses.is_set():
                self.lost += 1
                break
            target.write(data)
            await target.drain()
        target.close()


@asynccontextmanager
async def wire(url: str) -> AsyncIterator[Wire]:
    made = Wire(url)
    await made.mend()
    try:
        yield made
    finally:
        await made.cut()
