"""The way to a homeserver: matrix-nio's client, loaded only where it is wanted, and what its refusals mean."""

from __future__ import annotations

import importlib.util
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError

from bot.channels.patience import Pauses, kind_and_place

if TYPE_CHECKING:
    from nio import AsyncClient

log = logging.getLogger(__name__)

REQUEST = 60.0  # seconds that an answer of the homeserver may take
SPARING = 3600.0  # seconds without comforts, after the homeserver asked to slow down
REVOKED = ("M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED")
SLOW_DOWN = "M_LIMIT_EXCEEDED"


class NotInstalledError(Exception):
    """matrix-nio is not there."""

    def __init__(self) -> None:
        super().__init__("Matrix needs matrix-nio: pip install 'aiguillage[matrix]', or leave AIGUILLAGE_MATRIX_… out")


class TokenError(Exception):
    """The homeserver does not know the bot's token, or not any more."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the homeserver refused the bot's token ({why}): give a new one in AIGUILLAGE_MATRIX_TOKEN")


class RefusedError(Exception):
    """The homeserver will not do this, however often it is asked. ``code``: its errcode."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class AwayError(Exception):
    """The homeserver is out of reach, or busy: a reason that passes. ``wait``: seconds, where it said so."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


def ensure_installed() -> None:
    """Raises NotInstalledError."""
    if importlib.util.find_spec("nio") is None:
        raise NotInstalledError


class Homeserver:
    """One account at one homeserver. ``client`` is nio's; every use of it goes through `call` or `insist`.

    ``user``: the bot's Matrix id. Nothing is logged of what nio has to say: it names rooms and people.
    """

    def __init__(self, address: str, user: str, token: str, pauses: Pauses | None = None) -> None:
        self.address, self.user, self._token, self.pauses = address, user, token, pauses or Pauses()
        self._slowed: float | None = None
        self.client = self._client()

    @property
    def sparing(self) -> bool:
        """Whether the homeserver asked to slow down of late: what is not needed is left out."""
        return self._slowed is not None and time.monotonic() - self._slowed < SPARING

    async def open(self) -> None:
        """Say who we are. Raises TokenError, AwayError or RefusedError."""
        known = await self.call(self.client.whoami)
        if known.user_id != self.user:
            raise TokenError("it is another account's than AIGUILLAGE_MATRIX_USER")
        self.client.restore_login(known.user_id, known.device_id, self._token)

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
        code, response = str(answer.status_code or "M_UNKNOWN"), getattr(answer, "transport_response", None)
        status = response.status if response is not None else 0
        if code == SLOW_DOWN or status == 429:
            self._slowed = time.monotonic()
            return AwayError(SLOW_DOWN, (answer.retry_after_ms or 5000) / 1000)
        if status >= 500:
            return AwayError(f"HTTP {status}")
        if code in REVOKED:
            return TokenError(code)
        return RefusedError(code)

    def _client(self) -> AsyncClient:
        ensure_installed()
        from nio import AsyncClient, AsyncClientConfig

        _keep_library_quiet()
        config = AsyncClientConfig(max_limit_exceeded=0, max_timeouts=0, request_timeout=REQUEST)
        client = AsyncClient(self.address, self.user, config=config)
        client.access_token = self._token
        return client


def why(error: BaseException) -> str:
    """The kind of an error; its text only where it cannot hold a person's words."""
    if isinstance(error, TokenError | RefusedError | AwayError):
        return f"{type(error).__name__}: {error}"
    return kind_and_place(error)


def _keep_library_quiet() -> None:
    """What nio logs names rooms, people and events."""
    for name in ("nio", "peewee"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
