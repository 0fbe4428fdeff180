"""create_app(settings): the only wiring. What each part gets is decided here and nowhere else."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import date
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.types import Receive, Scope, Send

from api.access.gate import Gate
from api.access.open_doors import OpenDoors
from api.access.rates import Rates
from api.access.refusals import Refusals
from api.answers import Answers
from api.at_work import at_work
from api.every_answer import EveryAnswer, headers_of_every_answer
from api.host_cookies import HostCookies
from api.metrics import MeasuredExchange, Metrics, metrics_routes
from api.networks import FirstOfAll, Networks, open_networks
from api.offline_packages import OfflinePackages
from api.pages.api_document import api_document_page
from api.parts import open_parts, speaking
from api.rooms import rooms
from api.routes.api_gate import ApiGate
from api.routes.decisions import Problem, decision_routes, problem_response, refused_parameters
from api.routes.enquiries import enquiry_routes
from api.routes.figures import figure_routes
from api.routes.guide import guide_routes
from api.routes.health import health_routes
from api.routes.reports import report_routes
from api.setting_values import REQUIRED
from api.settings import Settings
from api.storage.api_keys import ApiKeys
from api.vitals import DISK, STOPPING, WRITER, Vitals, disk_check
from bot.channels.channel import Channel
from bot.channels.web import web_routes
from bot.channels.web_offline import Offline
from bot.channels.web_page.assets import read_assets
from bot.channels.web_page.pages import Pages, read_pages
from bot.channels.web_page.requests import language_of
from bot.channels.web_voice import Speech
from bot.speech.voice import Voice
from bot.translation.translator import Translator
from bot.understanding.reading import get_ready

BREATH = 1.0  # seconds


class Server(FastAPI):
    """The app. What a network itself brings goes around all that pages need."""

    def __init__(self, networks: Networks, **given: Any) -> None:
        super().__init__(**given)
        self.router.routes.extend(networks.routes)
        self._first = FirstOfAll(super().__call__, networks.routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._first(scope, receive, send)


def create_app(settings: Settings, *, today: Callable[[], date] = date.today) -> FastAPI:
    """The whole server: API, web chat, and the bots of the networks that are set up."""
    parts, vitals = open_parts(settings), Vitals()
    metrics = Metrics(parts.store, parts.rulesets)
    exchange = MeasuredExchange(parts.exchange, metrics)
    vitals.watch(DISK, disk_check(settings.data_dir))
    vitals.watch(WRITER, parts.store.not_writing)
    translator, voice = Translator(settings.models), Voice(settings.models, whisper=settings.whisper)
    aloud = speaking(parts, voice)
    networks = open_networks(parts, exchange, aloud, today)
    packages = OfflinePackages(
        settings.data_dir / "offline", parts.rulesets, parts.store, parts.territories, settings.territory
    )

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        try:
            async with (
                voice,  # ended last: what Telegram still answers may be read aloud
                _running(parts.rulesets.watch()),
                _running(parts.territories.watch()),
                _running(packages.watch()),
                _listening(networks.channels, settings.public_url, vitals),
                at_work(parts, networks.channels, translator, voice, vitals),
                _running(_ready_to_read()),
            ):
                yield
                vitals.watch(STOPPING, lambda: "the server stops")
        finally:
            parts.store.close()

    app = Server(networks, title="Aiguillage", version="0.1.0", lifespan=lifespan, docs_url=None, redoc_url=None)
    everywhere = headers_of_every_answer(settings.public_url)
    pages = read_pages(read_assets())
    required = settings.second_factor == REQUIRED
    gate = Gate(parts.store.accounts, pages, settings.secret_key, settings.public_url, required)
    app.add_middleware(OpenDoors, rates=gate.rates, pages=pages)
    if settings.public_url.startswith("https:"):
        app.add_middleware(HostCookies)
    app.add_middleware(Refusals, rates=gate.rates, count=metrics.refused)
    app.add_middleware(EveryAnswer, headers=everywhere)  # the outermost
    app.add_exception_handler(Problem, problem_response)
    app.add_exception_handler(RequestValidationError, refused_parameters)
    app.state.parts, app.state.vitals, app.state.voice = parts, vitals, voice
    app.include_router(decision_routes(lambda: parts.decider, today))
    app.include_router(health_routes(parts.store, parts.rulesets, vitals))
    app.include_router(metrics_routes(metrics, settings.metrics_token))
    app.include_router(figure_routes(parts.decider, today))
    app.include_router(guide_routes(lambda: parts.decider, public_url=settings.public_url, today=today))
    app.include_router(report_routes(parts.store, lambda: parts.decider, today))
    app.add_exception_handler(404, _nothing_there(pages))
    app.add_exception_handler(Exception, _our_fault(pages, everywhere))
    app.router.routes.extend(api_document_page(pages, app.openapi))
    app.state.gate = gate
    app.include_router(enquiry_routes(parts.store.engine, ApiGate(ApiKeys(parts.store.engine))))
    app.router.routes.extend(rooms(parts, gate, aloud, translator, networks.channels, today))
    answers = Answers(parts.store, parts.rulesets, lambda: parts.decider, today)
    app.router.routes.extend(
        web_routes(
            exchange,
            answer_page=answers.shared,
            decide=answers.expert,
            public_url=settings.public_url,
            today=today,
            offline=Offline(packages.package, packages.under, parts.exchange.keep),
            speech=Speech(aloud, Rates().by_voice),
        )
    )
    return app


def _nothing_there(pages: Pages) -> Callable[[Request, Exception], Awaitable[Response]]:
    """An address that leads nowhere: words for people, a problem document for programs."""

    async def nothing(request: Request, _error: Exception) -> Response:
        if request.url.path.startswith("/v1/"):
            return problem_response(request, Problem(404, "Not Found", request.url.path))
        return pages.problem(404, "web.refused.nowhere", language_of(request))

    return nothing


def _our_fault(pages: Pages, headers: Mapping[str, str]) -> Callable[[Request, Exception], Awaitable[Response]]:
    """An error that nobody foresaw: said without a word of what it was, which the log alone tells."""

    async def fault(request: Request, _error: Exception) -> Response:
        if request.url.path.startswith("/v1/"):
            told = problem_response(request, Problem(500, "Internal Server Error", "a fault of ours: try again"))
        else:
            told = pages.problem(500, "web.refused.fault", language_of(request))
        for name, value in headers.items():
            told.headers.setdefault(name, value)
        return told

    return fault


async def _ready_to_read() -> None:
    """Load what written texts are read with, once whoever waited for the start is answered: they share a processor."""
    await asyncio.sleep(BREATH)
    await asyncio.to_thread(get_ready)


@contextlib.asynccontextmanager
async def _running(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """While the server runs, this goes on beside it."""
    running = asyncio.create_task(work)
    try:
        yield
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


@contextlib.asynccontextmanager
async def _listening(channels: Sequence[Channel], public_url: str, vitals: Vitals) -> AsyncIterator[None]:
    """The bots at work; what one of them cannot go on after is told by /readyz."""
    async with contextlib.AsyncExitStack() as bots:
        for channel in channels:
            await bots.enter_async_context(channel.listening(public_url))
            vitals.watch(channel.name, channel.fault)
        yield
