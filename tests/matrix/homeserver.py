"""A real Matrix homeserver for tests: Synapse on a free port of this machine, with SQLite in a folder.

It talks to no other server and reports to nobody. On the same folder it starts again with all that it knew.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import httpx
import yaml

NAME = "visites.test"
READY, GONE, TRIES = 120, 30, 3  # seconds, seconds, ports
UNLIMITED = {"per_second": 10_000, "burst_count": 10_000}
LIMITS = {
    "rc_message": UNLIMITED,
    "rc_login": {"address": UNLIMITED, "account": UNLIMITED, "failed_attempts": UNLIMITED},
    "rc_joins": {"local": UNLIMITED, "remote": UNLIMITED},
    "rc_joins_per_room": UNLIMITED,
    "rc_invites": {"per_room": UNLIMITED, "per_user": UNLIMITED, "per_issuer": UNLIMITED},
    "rc_room_creation": UNLIMITED,
    "rc_media_create": UNLIMITED,
    "rc_key_requests": UNLIMITED,
    "rc_profile": UNLIMITED,
    "rc_presence": {"per_user": UNLIMITED},
}


@dataclass(frozen=True)
class Account:
    user_id: str
    access_token: str
    password: str
    device_id: str


@dataclass(frozen=True)
class Homeserver:
    """``name``: what stands after the colon of its ids. ``log``: what it had to say, warnings and worse."""

    url: str
    secret: str
    log: Path
    name: str = NAME

    def register(self, name: str) -> Account:
        """A new account with a first device. ``name``: what stands before the colon of its id."""
        where, password = f"{self.url}/_synapse/admin/v1/register", secrets.token_urlsafe(12)
        with httpx.Client(timeout=READY, trust_env=False) as client:
            nonce = client.get(where).raise_for_status().json()["nonce"]
            signed = "\0".join((nonce, name, password, "notadmin")).encode()
            mac = hmac.new(self.secret.encode(), signed, "sha1").hexdigest()
            asked = {"nonce": nonce, "username": name, "password": password, "admin": False, "mac": mac}
            made = client.post(where, json=asked).raise_for_status().json()
        return Account(made["user_id"], made["access_token"], password, made["device_id"])

    def log_in(self, account: Account) -> Account:
        """The same account on one more device."""
        who = {"type": "m.id.user", "user": account.user_id}
        asked = {"type": "m.login.password", "identifier": who, "password": account.password}
        with httpx.Client(timeout=READY, trust_env=False) as client:
            made = client.post(f"{self.url}/_matrix/client/v3/login", json=asked).raise_for_status().json()
        return Account(account.user_id, made["access_token"], account.password, made["device_id"])


@contextmanager
def homeserver(folder: Path, limits: Mapping[str, object] | None = None) -> Iterator[Homeserver]:
    """The homeserver, from when it answers until the block ends.

    ``limits``: Synapse's settings of rates (``rc_message`` and so on) in place of LIMITS, to be refused with 429.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for left in reversed(range(TRIES)):
        server = Homeserver(f"http://127.0.0.1:{_free_port()}", _secret(folder), folder / "homeserver.log")
        process = _started(folder, _settings(folder, server, limits or {}))
        try:
            if _ready(server, process, may_fail=left > 0):
                yield server
                return
        finally:
            _ended(process)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _secret(folder: Path) -> str:
    file = folder / "secret"
    if not file.exists():
        file.write_text(secrets.token_urlsafe(), encoding="utf-8")
    return file.read_text(encoding="utf-8")


def _signing_key(folder: Path) -> str:
    return f"ed25519 a_test {base64.b64encode(sha256(_secret(folder).encode()).digest()).decode().rstrip('=')}"


def _settings(folder: Path, server: Homeserver, limits: Mapping[str, object]) -> Path:
    file, log, port = folder / "homeserver.yaml", folder / "log.yaml", int(server.url.rpartition(":")[2])
    listener = {"port": port, "bind_addresses": ["127.0.0.1"], "type": "http", "resources": [{"names": ["client"]}]}
    settings: dict[str, object] = {
        "server_name": server.name,
        "public_baseurl": server.url,
        "listeners": [listener],
        "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
        "media_store_path": str(folder / "media"),
        "signing_key": _signing_key(folder),
        "log_config": str(log),
        "registration_shared_secret": server.secret,
        "macaroon_secret_key": server.secret,
        "form_secret": server.secret,
        "federation_domain_whitelist": [],
        "trusted_key_servers": [],
        "url_preview_enabled": False,
        "report_stats": False,
        "presence": {"enabled": False},
        "bcrypt_rounds": 4,
        **LIMITS,
        **limits,
    }
    file.write_text(yaml.safe_dump(settings), encoding="utf-8")
    log.write_text(yaml.safe_dump(_logging(server.log)), encoding="utf-8")
    return file


def _logging(file: Path) -> dict[str, object]:
    lines = {"class": "logging.FileHandler", "filename": str(file), "encoding": "utf-8"}
    return {
        "version": 1,
        "handlers": {"file": lines},
        "root": {"level": "WARNING", "handlers": ["file"]},
        "disable_existing_loggers": False,
    }


def _started(folder: Path, settings: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-W", "ignore", "-m", "synapse.app.homeserver", "--config-path", str(settings)]
    with (folder / "start.log").open("wb") as out:
        return subprocess.Popen(command, cwd=folder, stdout=out, stderr=out)  # noqa: S603


def _ready(server: Homeserver, process: subprocess.Popen[bytes], *, may_fail: bool) -> bool:
    """Whether it answers. Where it ended instead, its port may have been taken in between: not once more too often."""
    deadline = time.monotonic() + READY
    with httpx.Client(timeout=5, trust_env=False) as client:
        while process.poll() is None and time.monotonic() < deadline:
            try:
                if client.get(f"{server.url}/health").is_success and process.poll() is None:
                    return True
            except httpx.TransportError:
                pass
            time.sleep(0.1)
    if process.poll() is not None and may_fail:
        return False
    said = (server.log.parent / "start.log").read_text(encoding="utf-8", errors="replace")
    raise RuntimeError(f"Synapse did not answer within {READY} s, or ended ({process.poll()}):\n{said[-2000:]}")


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(GONE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
