"""The bot on Matrix: whether its homeserver answers and knows its token, and whether it can read encrypted rooms."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from api.health.findings import BROKEN, FINE, LOOK, OFF, Check
from api.networks import matrix_keys
from api.settings import Settings
from bot.channels.matrix_errors import NotInstalledError
from bot.channels.matrix_key_folder import FILE, KeyFolder
from bot.messages import Text

PATIENCE = 10.0  # seconds
REFUSING = (401, 403)


def matrix(settings: Settings, *, online: bool) -> Iterator[Check]:
    """``online``: the homeserver is asked about the token, whose it is, and which keys it has for its device."""
    if settings.matrix_homeserver is None:
        yield Check("matrix", OFF, Text("doctor.matrix.none"), Text("doctor.matrix.set"))
        return
    try:
        from bot.channels.matrix_client import ensure_installed

        ensure_installed()
    except (ImportError, NotInstalledError):
        yield Check("matrix", BROKEN, Text("doctor.matrix.not_installed"), Text("doctor.matrix.install"))
        return
    if not online:
        yield Check("matrix", FINE, Text("doctor.matrix.not_asked"), Text("doctor.matrix.ask"))
        return
    try:
        yield from _asked(settings)
    except (httpx.HTTPError, ValueError) as error:
        yield _unreachable(settings, type(error).__name__)


def _asked(settings: Settings) -> Iterator[Check]:
    """Raises httpx.HTTPError, or ValueError where what answers is no homeserver."""
    answer = _answer(settings, "GET", "account/whoami")
    said = answer.json() if answer.status_code < 500 else {}
    about = {"address": str(settings.matrix_homeserver), "code": str(said.get("errcode") or answer.status_code)}
    if answer.status_code in REFUSING:
        yield Check("matrix", BROKEN, Text("doctor.matrix.refused", about), Text("doctor.matrix.renew"))
    elif answer.status_code != 200:
        yield _unreachable(settings, f"HTTP {answer.status_code}")
    elif said["user_id"] != settings.matrix_user:
        whose = {"name": said["user_id"], "wanted": str(settings.matrix_user)}
        yield Check("matrix", BROKEN, Text("doctor.matrix.another", whose), Text("doctor.matrix.own"))
    else:
        yield Check("matrix", FINE, Text("doctor.matrix.knows", {"name": said["user_id"]}))
        yield _encryption(settings, said.get("device_id"))


def _encryption(settings: Settings, device: str | None) -> Check:
    """Whether the device of the token can read encrypted rooms: the homeserver must know it by our keys."""
    renew = Text("doctor.matrix_keys.log_in")
    if device is None:
        return Check("matrix_keys", LOOK, Text("doctor.matrix_keys.no_device"), renew)
    user, keys = str(settings.matrix_user), matrix_keys(settings)
    answer = _answer(settings, "POST", "keys/query", {"device_keys": {user: []}}).raise_for_status().json()
    published = answer["device_keys"].get(user, {}).get(device, {}).get("keys", {}).get(f"ed25519:{device}")
    where = {"file": str(keys.file)}
    try:
        mine = _own_key(settings, keys, device) if keys.file.exists() else None
    except Exception as error:  # of the database, or of the seal
        found = Text("doctor.matrix_keys.unreadable", {**where, "why": type(error).__name__})
        return Check("matrix_keys", BROKEN, found, Text("doctor.matrix_keys.secret"))
    if published is None:
        return Check("matrix_keys", FINE, Text("doctor.matrix_keys.not_yet", where))
    if published != mine:
        return Check("matrix_keys", BROKEN, Text("doctor.matrix_keys.others", where), renew)
    return Check("matrix_keys", FINE, Text("doctor.matrix_keys.fine", where))


def _own_key(settings: Settings, keys: KeyFolder, device: str) -> str:
    """The public key of our device, read from a copy: opening the file would change it."""
    from bot.channels.matrix_client import Homeserver

    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        with (
            closing(sqlite3.connect(f"{keys.file.absolute().as_uri()}?mode=ro", uri=True)) as kept,
            closing(sqlite3.connect(here / FILE)) as copy,
        ):
            kept.backup(copy)
        address, user, token = (str(settings.matrix_homeserver), str(settings.matrix_user), str(settings.matrix_token))
        client = Homeserver(address, user, token, keys=KeyFolder(here, keys.secret)).client
        try:
            client.restore_login(user, device, token)
            return str(client.olm.account.identity_keys["ed25519"])
        finally:
            if client.store is not None:
                client.store.database.close()


def _answer(settings: Settings, method: str, path: str, body: Mapping[str, Any] | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {settings.matrix_token}"}
    address = f"{str(settings.matrix_homeserver).rstrip('/')}/_matrix/client/v3/{path}"
    return httpx.request(method, address, headers=headers, json=body, timeout=PATIENCE)


def _unreachable(settings: Settings, why: str) -> Check:
    found = Text("doctor.matrix.unreachable", {"address": str(settings.matrix_homeserver), "why": why})
    return Check("matrix", BROKEN, found, Text("doctor.matrix.reach"))
