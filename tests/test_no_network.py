"""The guard of tests/conftest.py: what it lets through and what it stops."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest


def test_an_address_beyond_this_machine_is_refused_and_remembered(no_network: list[object]) -> None:
    with socket.socket() as one, pytest.raises(ConnectionRefusedError, match="no network in tests"):
        one.connect(("192.0.2.1", 80))
    with socket.socket(socket.AF_INET6) as two, pytest.raises(ConnectionRefusedError):
        two.connect_ex(("2001:db8::1", 80))
    assert no_network == [("192.0.2.1", 80), ("2001:db8::1", 80)]
    no_network.clear()


async def test_the_event_loop_is_guarded_too(no_network: list[object]) -> None:
    with pytest.raises(ConnectionRefusedError, match="no network in tests"):
        await asyncio.open_connection("192.0.2.1", 80)
    assert no_network == [("192.0.2.1", 80)]
    no_network.clear()


def test_loopback_and_unix_sockets_work(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client.connect(str(tmp_path / "s"))
