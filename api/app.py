"""create_app(settings): the only wiring. What each part gets is decided here and nowhere else."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fastapi import FastAPI, Request, Response

from api.answers import Answers
from api.deciding import Decider
from api.exchange import DurableExchange
from api.routes.decisions import Problem, decision_routes, problem_response
from api.routes.health import health_routes
from api.settings import Settings
from api.storage.store import Store
from api.territories import read_territories
from bot.channels.telegram import LARGEST_UPDATE, WEBHOOK_PATH, TelegramChannel
from bot.channels.web import web_routes
from bot.wording import wording
from rules.compile import compile_ruleset
from rules.errors import RulesetError
from rules.load import SLIME_PLUS, load_ruleset

log = logging.getLogger(__name__)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (a header's name)


@dataclass(frozen=True)
class Parts:
    """What the channels and the commands share: the rules, the territories, the log."""

    settings: Settings
    decider: Decider
    store: Store
    exchange: DurableExchange


def open_parts(settings: Settings, rules: Path = SLIME_PLUS) -> Parts:
    """Load the rules and the territories, and open the log. Raises RulesetError or StorageError."""
    ruleset = load_ruleset(rules)
    compiled = compile_ruleset(ruleset)
    territories = read_territories(settings.territories, ruleset)
    if settings.territory and settings.territory not in territories:
        known = ", ".join(sorted(territories)) or "none"
        problem = f"no settings file of the folder has the territory '{settings.territory}' (known: {known})"
        raise RulesetError(
            str(settings.territories), "AIGUILLAGE_TERRITORY", problem, "add its file, or unset the variable"
        )
    decider = Decider(compiled, territories, settings.territory)
    store = Store.open(settings.database_url)
    exchange = DurableExchange(store, compiled, decider.territory, settings.secret_key, settings.territory)
    return Parts(settings, decider, store, exchange)


def create_app(settings: Settings, *, today: Callable[[], date] = date.today) -> FastAPI:
    """The whole server: API, web chat, and the Telegram bot when there is a token."""
    parts = open_parts(settings)
    telegram = _telegram(parts, today)

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        try:
            async with _listening(telegram, settings):
                yield
        finally:
            parts.store.close()

    app = FastAPI(title="Aiguillage", version="0.1.0", lifespan=lifespan)
    app.add_exception_handler(Problem, problem_response)
    app.include_router(decision_routes(parts.decider, today))
    app.include_router(health_routes(parts.store, parts.decider.compiled.ruleset.id.version))
    answers = Answers(parts.store, parts.decider, today)
    app.router.routes.extend(
        web_routes(
            parts.exchange,
            answer_page=answers.shared,
            decide=answers.expert,
            public_url=settings.public_url,
            today=today,
        )
    )
    if telegram is not None:
        _add_webhook(app, telegram)
    return app


def _telegram(parts: Parts, today: Callable[[], date]) -> TelegramChannel | None:
    settings = parts.settings
    if not settings.telegram_token:
        return None
    return TelegramChannel(
        settings.telegram_token,
        parts.exchange,
        wording,
        clock=today,
        secret=settings.telegram_webhook_secret,
        api=settings.telegram_api,
    )


@contextlib.asynccontextmanager
async def _listening(telegram: TelegramChannel | None, settings: Settings) -> AsyncIterator[None]:
    """The bot at work: by webhook when a secret and a public address are set, else by polling."""
    if telegram is None:
        yield
        return
    await telegram.start()
    polling: asyncio.Task[None] | None = None
    if settings.telegram_webhook_secret:
        await telegram.register_webhook(settings.public_url)
    else:
        polling = asyncio.create_task(telegram.poll())
    try:
        yield
    finally:
        if polling is not None:
            polling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await polling
        await telegram.stop()


def _add_webhook(app: FastAPI, telegram: TelegramChannel) -> None:
    @app.post(WEBHOOK_PATH, include_in_schema=False)
    async def receive(request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_UPDATE:
                return Response(status_code=413)
        return Response(status_code=await telegram.receive(body, request.headers.get(SECRET_HEADER)))
