"""The way to a homeserver: matrix-nio's client, loaded only where it is wanted, and what its refusals mean."""

from __future__ import annotations

import importlib.util
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError

from bot.channels.matrix_errors import AwayError, NotInstalledError, RefusedError, TokenError
from bot.channels.matrix_key_folder import FILE, KeyFolder
from bot.channels.matrix_keys import Encryption, Through
from bot.channels.patience import Pauses, kind_and_place

if TYPE_CHECKING:
    from nio import AsyncClient

log = logging.getLogger(__name__)

REQUEST = 60.0  # seconds that an answer of the homeserver may take
SPARING = 3600.0  # seconds without comforts, after the homeserver asked to slow down
REVOKED = ("M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED")
SLOW_DOWN, TOO_LARGE = "M_LIMIT_EXCEEDED", "M_TOO_LARGE"
MOST = 10 * 1024 * 1024  # bytes of an answer
MXC = re.compile(r"mxc://([A-Za-z0-9.:\[\]-]+)/([A-Za-z0-9_-]+)")


def ensure_installed() -> None:
    """Raises NotInstalledError."""
    if any(importlib.util.find_spec(name) is None for name in ("nio", "vodozemac")):
        raise NotInstalledError


class Homeserver:
    """One account at one homeserver. ``client`` is nio's; every use of it goes through `call` or `insist`.

    ``user``: the bot's Matrix id. Nothing is logged of what nio has to say: it names rooms and people.
    """

    def __init__(
        self, address: str, user: str, token: str, pauses: Pauses | None = None, keys: KeyFolder | None = None
    ) -> None:
        self.address, self.user, self._token, self.pauses = address, user, token, pauses or Pauses()
        self._slowed: float | None = None
        self._keys = keys
        self.client = self._client()
        self.encryption = Encryption(self, keys) if keys else None

    @property
    def sparing(self) -> bool:
        """Whether the homeserver asked to slow down of late: what is not needed is left out."""
        return self._slowed is not None and time.monotonic() - self._slowed < SPARING

    async def open(self) -> None:
        """Say who we are. Raises TokenError, AwayError or RefusedError."""
        known = await self.call(self.client.whoami)
        if known.user_id != self.user:
            raise TokenError("it is another account's than AIGUILLAGE_MATRIX_USER")
        if self._keys is not None:
            self._keys.ready()
        try:
            self.client.restore_login(known.user_id, known.device_id, self._token)
        except Exception as error:  # of the database, or of the seal
            raise self._keys.unreadable(type(error).__name__) if self._keys else error from None
        if self.encryption is not None:
            await self.encryption.open()

    async def close(self) -> None:
        await self.client.close()

    async def call(self, request: Callable[[], Awaitable[Any]]) -> Any:
        """What nio answers. Raises TokenError, RefusedError or AwayError."""
        try:
            answer = await request()
        except (TimeoutError, ClientError, OSError) as error:
            raise AwayError(type(error).__name__) from None
        if type(answer).__name__.endswith("Error"):
            raise self._refusal(answer)
        return answer

    async def sealed(self, room: str, through: Through) -> bool:
        """Whether what goes to this room is encrypted; whoever is there can then read it."""
        return self.encryption is not None and await self.encryption.sealed(room, through)

    async def post(self, path: str, body: object) -> Any:
        """What the homeserver answers to a request that nio has no call for: JSON both ways. Raises as `call`."""
        answer = await self._request("POST", f"/_matrix/client/v3/{path}", json.dumps(body))
        return json.loads(answer)

    async def fetch(self, url: str, most: int) -> bytes:
        """A file that the homeserver keeps (an address mxc://…). Raises as `call`; RefusedError(TOO_LARGE) beyond
        ``most`` bytes."""
        found = MXC.fullmatch(url)
        if found is None:
            raise RefusedError("M_INVALID_PARAM")
        return await self._request("GET", f"/_matrix/client/v1/media/download/{found[1]}/{found[2]}", most=most)

    async def _request(self, method: str, path: str, data: str | None = None, most: int = MOST) -> bytes:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        try:
            async with await self.client.send(method, path, data, headers) as response:
                content = await response.content.read(most + 1)
                while len(content) <= most and (more := await response.content.read(most + 1 - len(content))):
                    content += more
        except (TimeoutError, ClientError, OSError) as error:
            raise AwayError(type(error).__name__) from None
        if response.status != 200:
            raise self._refused(response.status, _answered(content))
        if len(content) > most:
            raise RefusedError(TOO_LARGE)
        return content

    async def insist(self, request: Callable[[], Awaitable[Any]]) -> Any:
        """What nio answers, however long the homeserver is away. Raises TokenError or RefusedError."""
        failures = 0
        while True:
            try:
                return await self.call(request)
            except AwayError as away:
                failures += 1
                wait = away.wait if away.wait is not None else self.pauses.pause(failures)
                log.warning("matrix: %s, next try in %.1f s", away, wait)
                await self.pauses.sleep(wait)

    def _refusal(self, answer: Any) -> Exception:
        response = getattr(answer, "transport_response", None)
        said = {"errcode": answer.status_code, "retry_after_ms": answer.retry_after_ms}
        return self._refused(response.status if response is not None else 0, said)

    def _refused(self, status: int, said: Mapping[str, Any]) -> Exception:
        code = str(said.get("errcode") or "M_UNKNOWN")
        if code == SLOW_DOWN or status == 429:
            self._slowed = time.monotonic()
            return AwayError(SLOW_DOWN, (said.get("retry_after_ms") or 5000) / 1000)
        if status >= 500:
            return AwayError(f"HTTP {status}")
        if code in REVOKED:
            return TokenError(code)
        return RefusedError(code)

    def _client(self) -> AsyncClient:
        ensure_installed()
        from nio import AsyncClient, AsyncClientConfig

        _keep_library_quiet()
        config = AsyncClientConfig(max_limit_exceeded=0, max_timeouts=0, request_timeout=REQUEST, **_kept(self._keys))
        folder = str(self._keys.folder) if self._keys else ""
        client = AsyncClient(self.address, self.user, store_path=folder, config=config)
        client.access_token = self._token
        return client


def _kept(keys: KeyFolder | None) -> dict[str, Any]:
    """How nio keeps its keys."""
    if keys is None:
        return {"encryption_enabled": False}
    from nio.store import SqliteStore

    return {"encryption_enabled": True, "store": SqliteStore, "store_name": FILE, "pickle_key": keys.secret}


def _answered(content: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(content)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def why(error: BaseException) -> str:
    """The kind of an error; its text only where it cannot hold a person's words."""
    if isinstance(error, TokenError | RefusedError | AwayError):
        return f"{type(error).__name__}: {error}"
    return kind_and_place(error)


def _keep_library_quiet() -> None:
    """What nio logs names rooms, people and events."""
    for name in ("nio", "peewee"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
