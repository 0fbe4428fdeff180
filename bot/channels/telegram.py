"""The Telegram channel: updates by webhook or polling, replies as messages with inline keyboards.

Of python-telegram-bot this uses the Bot and its types. Its Application is left out: it takes nothing in
before Telegram has answered once, and keeps a handler's error to itself where the webhook must answer 503.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import date

import orjson
from telegram.error import InvalidToken, TelegramError

from bot.channels import Aloud, Exchange
from bot.channels.channel import Invitation, UnansweredError
from bot.channels.household_chats import HouseholdChats
from bot.channels.lanes import Lanes
from bot.channels.telegram_answering import Answering
from bot.channels.telegram_commands import register_commands
from bot.channels.telegram_household import TelegramHouseholds, deep_link
from bot.channels.telegram_http import AiohttpRequest
from bot.channels.telegram_polling import LONG_POLL, Polling, PollingBot
from bot.channels.telegram_sending import Patience, spinner_stopped, why
from bot.channels.telegram_updates import ALLOWED_UPDATES, Arrival, ShapeError, event_of, read
from bot.wording import Wording

log = logging.getLogger(__name__)

PUBLIC_API = "https://api.telegram.org"
WEBHOOK_PATH = "/telegram/webhook"
LARGEST_UPDATE = 1024 * 1024  # bytes
CHATS_AT_ONCE = 64
SPINS = 1.0  # seconds that a button's spinner turns at most before it is stopped by a call of its own
TAKE_TRIES = 8  # half a minute to a minute: a database that restarts


class TokenError(Exception):
    """Telegram does not know the bot's token."""

    def __init__(self) -> None:
        super().__init__(
            "Telegram refused the bot's token: check AIGUILLAGE_TELEGRAM_TOKEN "
            "(and AIGUILLAGE_TELEGRAM_API, where it is set)"
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a webhook call is answered: ``status`` 200, 400, 401, 413, or 503 to have the update brought again; with 200
    perhaps a ``call`` of the Bot API, that Telegram makes of it."""

    status: int
    call: Mapping[str, str] | None = None


class TelegramChannel:
    """One bot. ``api`` is the Bot API's address, ``secret`` what a webhook call brings, ``clock`` says today.
    ``households``: takes in what arrives in a household's chat; without it every chat is a visitor's. ``aloud``: reads
    a reply aloud; without it no voice is there.

    start() comes first and stop() last; in between poll(), or register_webhook() and then receive() for each
    call. Logs carry update numbers: no chat, name, text or token.
    """

    name = "telegram"

    def __init__(
        self,
        token: str,
        exchange: Exchange,
        wording: Callable[[str], Wording],
        *,
        clock: Callable[[], date],
        secret: str | None = None,
        api: str = PUBLIC_API,
        patience: Patience | None = None,
        long_poll: int = LONG_POLL,
        households: HouseholdChats | None = None,
        aloud: Aloud | None = None,
    ) -> None:
        self._wording, self._clock, self._secret = wording, clock, secret
        self._patience = patience or Patience()
        self._requests = (AiohttpRequest(connections=4), AiohttpRequest())
        _keep_library_quiet()
        base = api.rstrip("/")
        self.bot = PollingBot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            get_updates_request=self._requests[0],
            request=self._requests[1],
        )
        self._lanes = Lanes(CHATS_AT_ONCE)
        self._answering = Answering(self.bot, exchange, wording, self._patience, households, aloud)
        self._polling = Polling(self.bot, self._prepare, self._fetched, self._patience, long_poll)
        self._stopping = False
        self._poll: asyncio.Task[None] | None = None

    @property
    def chats(self) -> TelegramHouseholds:
        return TelegramHouseholds(self.bot)

    @contextlib.asynccontextmanager
    async def listening(self, public_url: str) -> AsyncIterator[None]:
        """The bot at work: by webhook where a secret is set, else by polling."""
        await self.start()
        if self._secret:
            await self.register_webhook(public_url)
        else:
            self._poll = asyncio.create_task(self.poll())
        try:
            yield
        finally:
            if self._poll is not None:
                self._poll.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await self._poll
            await self.stop()

    def fault(self) -> str | None:
        if self._poll is None or not self._poll.done() or self._poll.cancelled():
            return None
        error = self._poll.exception()
        return str(error) if isinstance(error, TokenError) else "updates are not fetched any more: restart the server"

    async def invitation(self, start: str) -> Invitation:
        try:
            return Invitation(await self._patience.insist(lambda: deep_link(self.bot, start)))
        except TelegramError as error:
            raise UnansweredError(type(error).__name__) from None

    async def start(self) -> None:
        """Open the connections and try the token. Raises TokenError; Telegram out of reach is logged."""
        try:
            await self.bot.initialize()
        except InvalidToken:
            await self._close()
            raise TokenError from None
        except TelegramError as error:
            log.warning("telegram: out of reach for now: %s", why(error))

    async def stop(self) -> None:
        """Take nothing more in, finish what is under way, close the connections."""
        self._stopping = True
        await self._polling.stop()
        await self._lanes.idle()
        await self._close()

    async def poll(self) -> None:
        """Fetch and answer updates until stop(). Raises TokenError; waits out anything else."""
        try:
            await self._polling.run()
        except InvalidToken:
            raise TokenError from None

    async def register_webhook(self, public_url: str) -> None:
        """Have updates sent to ``public_url`` + WEBHOOK_PATH. Raises TokenError or a TelegramError."""
        if not self._secret:
            raise ValueError("a webhook needs a secret: set AIGUILLAGE_TELEGRAM_WEBHOOK_SECRET")
        address = public_url.rstrip("/") + WEBHOOK_PATH
        try:
            await self._patience.insist(
                lambda: self.bot.set_webhook(address, secret_token=self._secret, allowed_updates=ALLOWED_UPDATES)
            )
            await register_commands(self.bot, self._patience, self._wording)
        except InvalidToken:
            raise TokenError from None

    def knows(self, secret: str | None) -> bool:
        """Whether this is the secret agreed with Telegram."""
        return bool(self._secret) and hmac.compare_digest(self._secret.encode(), (secret or "").encode())

    async def receive(self, body: bytes, secret: str | None) -> Answer:
        """Take in one webhook call. ``secret`` is the header X-Telegram-Bot-Api-Secret-Token.

        200: taken in, and the reply arrived or never will. A button's spinner stops with the answer, which spares a
        call; by a call where the answer is late or says that the update was not taken in.
        """
        if not self.knows(secret):
            return Answer(401)
        if len(body) > LARGEST_UPDATE:
            return Answer(413)
        try:
            arrival = read(orjson.loads(body), self._clock)
        except ValueError:
            return Answer(400)
        if self._stopping:
            return Answer(503)
        work = self._start(arrival, tries=1)
        if self._answering.spins(arrival):
            await asyncio.wait({work}, timeout=SPINS)
            if work.done() and work.result():
                return Answer(200, spinner_stopped(arrival.callback))
            await self._answering.stop_spinner(arrival)
        return Answer(200 if await asyncio.shield(work) else 503)

    def _fetched(self, payload: object) -> asyncio.Task:
        """Start on a fetched update. Nobody brings it again once it is let go of, hence the tries."""
        try:
            arrival = read(payload, self._clock)
        except ShapeError as error:
            log.error("telegram: %s", error)
            arrival = Arrival(event_of(payload))
        return self._start(arrival, tries=TAKE_TRIES, spins=True)

    def _start(self, arrival: Arrival, tries: int, *, spins: bool = False) -> asyncio.Task[bool]:
        lane = arrival.event if arrival.chat is None else f"chat {arrival.chat}"
        answer = self._answering.stop_and_answer if spins else self._answering.answer
        return self._lanes.start(lane, lambda: answer(arrival, tries))

    async def _prepare(self) -> None:
        await self.bot.delete_webhook()
        await register_commands(self.bot, self._patience, self._wording)

    async def _close(self) -> None:
        await self.bot.shutdown()
        for request in self._requests:
            await request.shutdown()


def _keep_library_quiet() -> None:
    """At DEBUG, python-telegram-bot logs its address with the token, and each call with its chat and words."""
    library = logging.getLogger("telegram")
    if library.getEffectiveLevel() < logging.INFO:
        library.setLevel(logging.INFO)
