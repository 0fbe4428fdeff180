"""The real server on loopback, on a port of its own: in a thread, or as a process that can be killed."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time

import httpx
import uvicorn

from api.app import create_app
from api.settings import load_settings


@contextlib.contextmanager
def serving(folder, **environ):
    """The address of a running server whose data lie in the folder; extra settings by keyword."""
    port = free_port()
    settings = load_settings({"AIGUILLAGE_DATA_DIR": str(folder), "AIGUILLAGE_PORT": str(port), **environ})
    with running(create_app(settings), port):
        yield f"http://127.0.0.1:{port}", settings


@contextlib.contextmanager
def running(app, port):
    """The app, served on that port of loopback."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        if time.monotonic() > deadline:
            raise TimeoutError("the server did not start in 60 s")
        time.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(20)


def free_port():
    """A port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ServerProcess:
    """`aiguillage serve` as a process; `start` again after `kill` and it is at the same address."""

    def __init__(self, folder, **environ):
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        own = {"AIGUILLAGE_DATA_DIR": str(folder), "AIGUILLAGE_PORT": str(self.port)}
        self.environ = {**os.environ, **own, **environ}
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()

    def start(self):
        command = [sys.executable, "-m", "api.cli", "serve"]
        self.process = subprocess.Popen(command, env=self.environ, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)  # noqa: S603
        self.until(lambda: self.ready() is not None)

    def kill(self):
        """As a power cut would."""
        self.process.kill()
        self.process.wait(20)
        self.process.stderr.close()

    def ready(self):
        """What /readyz says; None while nothing answers."""
        if self.process.poll() is not None:
            raise AssertionError(f"the server ended: {self.process.stderr.read().decode()}")
        try:
            return httpx.get(f"{self.address}/readyz", timeout=20).json()
        except httpx.TransportError:
            return None

    def until(self, condition, timeout=60):
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"still not so after {timeout} s: {self.ready()}")
            time.sleep(0.05)
