"""The Bot API over HTTP: token, method, parameters, fault, deed, answer."""

import asyncio
import contextlib
from collections.abc import Awaitable, Mapping

from aiohttp import web

from tests.fakes import files, inbox, messages, profile
from tests.fakes.account import Account
from tests.fakes.faults import Fault, Faults, Refusal
from tests.fakes.parameters import json_object, parameters
from tests.fakes.schema import Violation, bot_api
from tests.fakes.webhook import Webhook

DOWNLOAD = "download"
METHODS = messages.METHODS | files.METHODS | profile.METHODS | inbox.METHODS


class Server:
    """Answers for one bot on 127.0.0.1, at a port of the system's choice.

    `calls` are the calls that arrived well formed, as (method, parameters); `violations` the words of those
    that were not, and of whatever this fake itself got wrong.
    """

    def __init__(self, token: str, secret: str | None) -> None:
        self.account = Account(token)
        self.account.webhook = Webhook(self.account.updates, self._reply)
        self.faults = Faults()
        self.calls: list[tuple[str, dict]] = []
        self.violations: list[str] = []
        self._secret = secret
        self._closing = asyncio.Event()
        app = web.Application(client_max_size=files.UPLOAD_LIMIT)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.5, handler_cancellation=True)

    async def open(self) -> str:
        """Starts to listen; returns the address."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def close(self) -> None:
        """Ends every wait, then the server."""
        self._closing.set()
        self.account.updates.closed = True
        self.account.updates.wake()
        await self.account.webhook.close()
        await self._runner.cleanup()

    def order(self, fault: Fault) -> None:
        """Plans a fault; ValueError if it could never strike."""
        if fault.method != DOWNLOAD and bot_api().method(fault.method) != fault.method:
            raise ValueError(f"no method '{fault.method}' to fail")
        self.faults.ordered.append(fault)

    def mend(self) -> None:
        """Forgets the faults still to come, and ends what hangs."""
        self.faults.ordered.clear()
        self._closing.set()
        self._closing = asyncio.Event()

    def violation(self, words: object) -> None:
        """Keeps what was against the Bot API."""
        self.violations.append(str(words))

    async def _answer(self, request: web.Request) -> web.Response:
        return await self._told(self._result(request))

    async def _result(self, request: web.Request) -> web.Response:
        self._check_token(request)
        method = bot_api().method(request.match_info["method"])
        if method is None:
            raise Refusal(404)
        raw = await parameters(request)
        return web.json_response({"ok": True, "result": await self._call(method, raw)})

    async def _download(self, request: web.Request) -> web.Response:
        return await self._told(self._bytes(request))

    async def _bytes(self, request: web.Request) -> web.Response:
        self._check_token(request)
        fault = self.faults.strike(DOWNLOAD, None)
        if fault:
            await self._suffer(fault)
        path = request.match_info["path"]
        found = [stored for stored in self.account.files.values() if stored.path == path]
        if not found:
            raise Refusal(404)
        return web.Response(body=found[0].data, content_type="application/octet-stream")

    async def _told(self, deed: Awaitable[web.Response]) -> web.Response:
        try:
            return await deed
        except Refusal as refusal:
            return web.json_response(refusal.body(), status=refusal.status)
        except Violation as violation:
            self.violation(violation)
            return web.json_response(Refusal(400, f"Bad Request: {violation}").body(), status=400)
        except web.HTTPRequestEntityTooLarge:
            return web.json_response(Refusal(413, "Request Entity Too Large").body(), status=413)
        except Exception as error:
            self.violation(f"this fake failed: {error!r}")
            raise

    def _check_token(self, request: web.Request) -> None:
        if request.match_info["token"] != self.account.token:
            raise Refusal(401)

    async def _call(self, method: str, raw: Mapping[str, object]) -> object:
        params = bot_api().request(method, raw)
        self._check_secret(method, params)
        self.calls.append((method, params))
        fault = self.faults.strike(method, params.get("chat_id"))
        if fault and not fault.done:
            await self._suffer(fault)
        result = await self._play(method, params)
        if fault:
            await self._suffer(fault)
        return result

    async def _play(self, method: str, params: Mapping) -> object:
        if method not in METHODS:
            raise Violation(f"{method}: this fake does not play it")
        result = await METHODS[method](self.account, params)
        bot_api().answer(method, result)
        return result

    def _check_secret(self, method: str, params: Mapping) -> None:
        declared = params.get("secret_token")
        if method == "setWebhook" and params["url"] and self._secret not in (None, declared):
            raise Violation("setWebhook › secret_token: not the secret this test expects")

    async def _suffer(self, fault: Fault) -> None:
        if fault.refusal is None:
            await self._closing.wait()
        raise fault.refusal or Refusal(500)

    async def _reply(self, body: bytes) -> None:
        """A call inside the answer to a webhook delivery: it meets no fault of the way, and its result or refusal is
        told to nobody."""
        try:
            raw = json_object(body.decode())
            method = bot_api().method(str(raw.pop("method", "")))
            if method is None:
                raise Violation("no such method")
            params = bot_api().request(method, raw)
            self.calls.append((method, params))
            with contextlib.suppress(Refusal):
                await self._play(method, params)
        except Violation as error:
            self.violation(f"in the answer to a webhook delivery: {error}")
