"""The real server on loopback, in a thread, on a port of its own."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

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
    deadline = time.monotonic() + 20
    while not server.started:
        if time.monotonic() > deadline:
            raise TimeoutError("the server did not start in 20 s")
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
