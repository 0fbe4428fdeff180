"""The Bot API over aiohttp: python-telegram-bot's default pool slows down badly with many chats at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from io import BytesIO
from urllib.request import getproxies, proxy_bypass

import aiohttp
import orjson
from telegram._utils.defaultvalue import DefaultValue
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
TOO_MANY_REQUESTS = 429


class FloodError(TelegramError):
    """Telegram asks to wait ``seconds``. (The library's RetryAfter gives a deprecation warning when made.)"""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Telegram asks to wait {seconds:g} s")
        self.seconds = seconds


class Parameters:
    """Of a call without files, where the library's RequestData has a class for each. None is left out."""

    __slots__ = ("_given",)

    def __init__(self, given: Mapping[str, object]) -> None:
        self._given = given

    def as_json(self) -> bytes:
        """A body that the Bot API takes: a quarter of the time of a form with JSON in it."""
        return orjson.dumps({name: value for name, value in self._given.items() if value is not None})


class AiohttpRequest(BaseRequest):
    """One pool of at most ``connections`` connections. Trying again is the caller's to decide.

    Time-outs are in seconds; None is for ever. ``pool_timeout`` is the wait for a free connection. No error
    carries the address, which has the token in it.
    """

    __slots__ = ("_connections", "_session", "_timeouts")

    def __init__(
        self,
        connections: int = 256,
        *,
        read_timeout: float | None = 10.0,
        write_timeout: float | None = 20.0,
        connect_timeout: float | None = 5.0,
        pool_timeout: float | None = 10.0,
    ) -> None:
        self._connections = connections
        self._timeouts = (read_timeout, write_timeout, connect_timeout, pool_timeout)
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return self._timeouts[0]

    async def initialize(self) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, limit_per_host=self._connections),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | Parameters | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body. Raises TimedOut, NetworkError, or FloodError on a 429 that says how long."""
        if self._session is None:
            raise NetworkError("the connection to Telegram is not open: call initialize() first")
        address = address_of(url)
        timeout = self._timeout(method, read_timeout, write_timeout, connect_timeout, pool_timeout)
        try:
            proxy = proxy_for(address.scheme, address.host or "")
            async with self._session.request(
                method, address, timeout=timeout, proxy=proxy, allow_redirects=False, **_body(request_data)
            ) as answer:
                status, payload = answer.status, await answer.read()
        except aiohttp.ConnectionTimeoutError:
            raise TimedOut("no connection to Telegram in time; the request was not sent") from None
        except TimeoutError:
            raise TimedOut from None
        except Exception as error:
            raise NetworkError(_unaddressed(error)) from None
        if status == TOO_MANY_REQUESTS and (seconds := _retry_after(payload)) is not None:
            raise FloodError(seconds)
        return status, payload

    def _timeout(self, method: str, *given: object) -> aiohttp.ClientTimeout:
        """aiohttp has no time-out for writing: the whole of a POST is bounded, by the sum of its parts."""
        read, write, connect, pool = (
            usual if isinstance(wanted, DefaultValue) else wanted
            for wanted, usual in zip(given, self._timeouts, strict=True)
        )
        return time_out(method == "GET", read, write, connect, pool)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict:
        """As in the base class, but what was received is never logged: it may hold a person's words."""
        try:
            return orjson.loads(payload)
        except ValueError:
            raise TelegramError("Invalid server response") from None


@lru_cache(maxsize=64)
def time_out(
    reads: bool, read: float | None, write: float | None, connect: float | None, pool: float | None
) -> aiohttp.ClientTimeout:
    parts = (read, write, connect, pool)
    total = None if reads or None in parts else sum(parts)
    return aiohttp.ClientTimeout(total=total, connect=pool, sock_connect=connect, sock_read=read)


@lru_cache(maxsize=64)  # each method of the Bot API has one; so has each file
def address_of(url: str) -> URL:
    return URL(url, encoded=True)


@cache
def proxy_for(scheme: str, host: str) -> str | None:
    """The proxy that the environment names for a host. (aiohttp's own ``trust_env`` looks for it anew, and for a
    .netrc file twice, in another thread at every call.)"""
    return None if proxy_bypass(host) else getproxies().get(scheme)


def _body(request_data: RequestData | Parameters | None) -> dict[str, object]:
    if request_data is None:
        return {}
    if isinstance(request_data, Parameters):
        return {"data": request_data.as_json(), "headers": {"Content-Type": JSON}}
    if not request_data.contains_files:
        return {"data": request_data.url_encoded_parameters().encode(), "headers": {"Content-Type": FORM}}
    form = aiohttp.FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mimetype) in request_data.multipart_data.items():
        file = BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, file, filename=filename, content_type=mimetype)
    return {"data": form}


def _retry_after(payload: bytes) -> float | None:
    try:
        return float(orjson.loads(payload)["parameters"]["retry_after"])
    except (ValueError, KeyError, TypeError):
        return None


def _unaddressed(error: Exception) -> str:
    """What went wrong on the way, without the address of the request."""
    cause = getattr(error, "os_error", error)
    reason = cause.strerror if isinstance(cause, OSError) and cause.strerror else ""
    return f"{type(error).__name__} ({reason})" if reason else type(error).__name__
