"""The bots of a load test as processes: ours as it is served, and the bare ones."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from api.offline_packages import make_package, read_package
from api.ruleset_check import fit
from benchmarks.load_bots import TOKEN
from benchmarks.load_share import held
from benchmarks.load_telegram import SECRET
from bot.channels.telegram import WEBHOOK_PATH
from bot.channels.web_page.package import package_key
from rules.load import SLIME_PLUS, read_files

OURS, SOAKED = "ours", "soaked"
SERVERS = {OURS: ("api.cli", "serve"), SOAKED: ("benchmarks.load_soak", "--serve")}
LONGEST_START, LONGEST_STOP = 300.0, 60.0  # seconds


@dataclass(frozen=True)
class Bots:
    """Where updates go, and the processes behind."""

    hooks: tuple[str, ...]
    pids: tuple[int, ...]


@contextmanager
def running(
    name: str, api: str, folder: Path, database: str | None = None, processes: int = 1, share: float | None = None
) -> Iterator[Bots]:
    """The processes of a bot, listening, until the block ends; each keeps what it keeps in a folder of its own.

    ``share``: of a core, that each is held to once all listen. Raises NoShareError.
    """
    ports = [free_port() for _ in range(processes)]
    made = []
    try:
        for port in ports:
            made.append(launch(name, api, port, folder / str(port), database))
            until_listening(port, made[-1])
        pids = tuple(p.pid for p in made)
        with nullcontext() if share is None else held(pids, share):
            yield Bots(tuple(f"http://127.0.0.1:{port}{WEBHOOK_PATH}" for port in ports), pids)
    finally:
        for process in made:
            process.terminate()
        for process in made:
            try:
                process.wait(LONGEST_STOP)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def launch(name: str, api: str, port: int, folder: Path, database: str | None) -> subprocess.Popen[bytes]:
    command, own = [sys.executable, "-m", "benchmarks.load_bots", name, api, str(port)], {}
    folder.mkdir(parents=True)
    if name in SERVERS:
        command = [sys.executable, "-m", *SERVERS[name]]
        own = served(api, port, folder) | ({"DATABASE_URL": database} if database else {})
    environ = os.environ | {f"AIGUILLAGE_{key}": value for key, value in own.items()}
    return subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)  # noqa: S603


def served(api: str, port: int, folder: Path) -> dict[str, str]:
    """The settings of ours. The pages without network are there already: making them takes a core for a while."""
    (folder / "offline").symlink_to(offline_pages())
    return {
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API": api,
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "SECRET_KEY": "l" * 40,
        "CONTACT_KEYS": "c" * 40,
    }


def offline_pages() -> Path:
    """Where the pages without network are kept from one run to the next."""
    folder, files = Path(tempfile.gettempdir()) / "aiguillage-load", read_files(SLIME_PLUS)
    key = package_key(files, None)
    if read_package(folder, key) is None:
        make_package(folder, key, files, fit(files).ruleset.id.version, None)
    return folder


def until_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + LONGEST_START
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"the bot does not listen (exit status {process.poll()})")


def spent(pids: Sequence[int]) -> float:
    """Processor seconds that these processes have used so far."""
    ticks = 0
    for pid in pids:
        after = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(after[11]) + int(after[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
