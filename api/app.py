"""create_app(settings): the only wiring. What each part gets is decided here and nowhere else."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from fastapi import FastAPI, Request, Response
from sqlalchemy import Connection

from api.access.gate import Gate
from api.answers import Answers
from api.deciding import Decider
from api.exchange import DurableExchange, keyed_hash
from api.households.asking import AskingDesk
from api.households.campaigns import CampaignDesk
from api.households.desk import Desk
from api.households.jobs import CAMPAIGN, SEND, SHOW_ANSWER, TELL_VISITOR
from api.households.planning import Planning
from api.households.telegram_chats import TelegramChats
from api.jobs.adding import DurableJobs, prepare_tables
from api.jobs.draining import Draining
from api.jobs.runtime import JobsRuntime, Loop
from api.jobs.sending import Sending
from api.jobs.telling import Telling
from api.jobs.worker import Worker
from api.offline_packages import OfflinePackages
from api.pages.campaign import campaign_page
from api.pages.casework import casework_pages
from api.pages.cler import cler_pages
from api.pages.desk import desk_files, read_desk
from api.pages.doctrine import doctrine_pages
from api.pages.figures import figures_page
from api.pages.followup import followup_page
from api.pages.followup.standing import Standing
from api.pages.household import household_page
from api.pages.reading import reading_page
from api.pages.statistics import statistics_page
from api.pages.vignettes import vignettes_pages
from api.review.doctrine import Doctrines
from api.review.replays import Replays
from api.review.vignettes import VignetteDesk
from api.routes.decisions import Problem, decision_routes, problem_response
from api.routes.figures import figure_routes
from api.routes.guide import guide_routes
from api.routes.health import health_routes
from api.routes.reports import report_routes
from api.rulesets import Rulesets
from api.settings import Settings, contact_keys
from api.storage.households import Households
from api.storage.journal import now
from api.storage.store import Store
from api.storage.vault import Vault
from api.territories import Territories, known_territories
from bot.channels.telegram import LARGEST_UPDATE, WEBHOOK_PATH, TelegramChannel
from bot.channels.telegram_household import TelegramHouseholds
from bot.channels.web import web_routes
from bot.channels.web_offline import Offline
from bot.channels.web_page.assets import read_assets
from bot.channels.web_page.pages import read_pages
from bot.followup.questions import Facts
from bot.messages import Text
from bot.translation.card import language_card
from bot.translation.errors import TranslationError
from bot.translation.translator import MachineText, Translator
from bot.wording import SOURCE_LANGUAGE, wording
from rules.compile import CompiledRuleset
from rules.errors import RulesetError
from rules.load import SLIME_PLUS

log = logging.getLogger(__name__)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (a header's name)


@dataclass(frozen=True)
class Parts:
    """What the channels and the commands share: the rules, the territories, the log."""

    settings: Settings
    rulesets: Rulesets
    territories: Territories
    store: Store
    exchange: DurableExchange
    vault: Vault
    jobs: DurableJobs
    desk: Desk

    @property
    def decider(self) -> Decider:
        """Decides under the rules in force now; a request keeps the one it began with."""
        return Decider(self.rulesets.current, self.territories, self.settings.territory)

    def compiled(self) -> CompiledRuleset:
        """The rules in force now."""
        return self.rulesets.current

    def card(self, language: str, territory: str | None) -> Sequence[Text]:
        """What to know of a language before writing to a household in it."""
        audio = self.store.recordings.templates(territory, language)
        return language_card(language, self.settings.models, audio).lines

    def plan_day(self, now: datetime) -> None:
        """Bring up to date what each household case is due, by the rules in force now, and send what is."""
        self.planning().plan_day(now)

    def send_due(self, now: datetime) -> None:
        """Send what leaves by itself by now."""
        self.planning().send_due(now)

    def planning(self) -> Planning:
        """By the rules in force now."""
        return Planning(self.desk, self.rulesets.current.ruleset.delays, self.territories.get)


def open_parts(settings: Settings, rules: Path = SLIME_PLUS) -> Parts:
    """Open the log, take the rules in force and read the territories. Raises RulesetError or StorageError.

    ``rules``: the folder of the ruleset that comes with the program.
    """
    store = Store.open(settings.database_url)
    try:
        rulesets = Rulesets.open(store, rules)
        territories = known_territories(settings, store)
    except RulesetError:
        store.close()
        raise
    prepare_tables(store.engine.url)
    vault, jobs = Vault(contact_keys(settings)), DurableJobs(store.engine)

    def hear(connection: Connection, dialogue: str, question: str, facts: Facts, today: date) -> bool:
        return exchange.hear(connection, dialogue, question, facts, today)

    def plan(households: Households, reference: str) -> None:
        Planning(desk, rulesets.current.ruleset.delays, territories.get).refresh(households, reference, now())

    desk = Desk(store, vault, jobs, territories.get, hear=hear, plan=plan)
    exchange = DurableExchange(
        store,
        rulesets,
        territories.get,
        settings.secret_key,
        settings.territory,
        households=lambda connection: AskingDesk(desk, connection, settings.secret_key, settings.public_url),
    )
    return Parts(settings, rulesets, territories, store, exchange, vault, jobs, desk)


def create_app(settings: Settings, *, today: Callable[[], date] = date.today) -> FastAPI:
    """The whole server: API, web chat, and the Telegram bot when there is a token."""
    parts = open_parts(settings)
    telegram, translator = _telegram(parts, today), Translator(settings.models)
    packages = OfflinePackages(
        settings.data_dir / "offline", parts.rulesets, parts.store, parts.territories, settings.territory
    )

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        try:
            async with (
                _running(parts.rulesets.watch()),
                _running(parts.territories.watch()),
                _running(packages.watch()),
                _listening(telegram, settings),
                _at_work(parts, telegram, translator),
            ):
                yield
        finally:
            parts.store.close()

    app = FastAPI(title="Aiguillage", version="0.1.0", lifespan=lifespan)
    app.add_exception_handler(Problem, problem_response)
    app.state.parts = parts
    app.include_router(decision_routes(lambda: parts.decider, today))
    app.include_router(health_routes(parts.store, parts.rulesets))
    app.include_router(figure_routes(parts.decider, today))
    app.include_router(guide_routes(lambda: parts.decider, public_url=settings.public_url, today=today))
    app.include_router(report_routes(parts.store, lambda: parts.decider, today))
    pages = read_pages(read_assets())
    gate, desk = Gate(parts.store.accounts, pages, settings.secret_key, settings.public_url), read_desk(pages)
    app.state.gate = gate
    app.router.routes.extend(desk_files(desk))
    doctrines = Doctrines(parts.store, parts.compiled, parts.territories, Replays())
    app.router.routes.extend(doctrine_pages(gate, desk, doctrines, today))
    app.router.routes.extend(cler_pages(gate, desk, parts.store, parts.compiled, parts.territories.get, today))
    app.router.routes.extend(figures_page(parts.decider, today))
    app.router.routes.extend(reading_page(parts.store, settings.secret_key, today))
    app.router.routes.extend(household_page(parts.desk, parts.territories.get))
    campaigns = CampaignDesk(parts.store, parts.vault, parts.jobs, parts.territories.get)
    app.router.routes.extend(campaign_page(campaigns, settings.secret_key))
    app.router.routes.extend(
        casework_pages(gate, desk, parts.store, parts.vault, campaigns, parts.planning, parts.territories.get)
    )
    app.router.routes.extend(
        followup_page(
            parts.desk,
            settings.secret_key,
            settings.public_url,
            parts.territories.get,
            translate=translator.translate,
            card=parts.card,
            standing=Standing(parts.planning, settings.secret_key, telegram and telegram.invite),
        )
    )
    app.router.routes.extend(statistics_page(gate, desk, parts.store, lambda: parts.decider, now))
    vignettes = VignetteDesk(parts.store, parts.jobs, lambda: parts.decider, now)
    app.router.routes.extend(vignettes_pages(gate, desk, vignettes, settings.secret_key))
    answers = Answers(parts.store, parts.rulesets, lambda: parts.decider, today)
    app.router.routes.extend(
        web_routes(
            parts.exchange,
            answer_page=answers.shared,
            decide=answers.expert,
            public_url=settings.public_url,
            today=today,
            offline=Offline(packages.package, packages.under, parts.exchange.keep),
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
        households=TelegramChats(parts.desk, settings.secret_key, keyed_hash(settings.secret_key), settings.public_url),
    )


@contextlib.asynccontextmanager
async def _at_work(parts: Parts, telegram: TelegramChannel | None, translator: Translator) -> AsyncIterator[None]:
    """The jobs, while the server runs: what is to be sent is sent, who follows a household is told."""
    async with translator:
        runtime = jobs_runtime(parts, TelegramHouseholds(telegram.bot) if telegram else None, translator)
        await runtime.start()
        try:
            yield
        finally:
            await runtime.stop()


def jobs_runtime(parts: Parts, telegram: TelegramHouseholds | None, translator: Translator) -> JobsRuntime:
    """The jobs of this process: what each of them does, and with what."""

    async def in_french(words: str, language: str) -> MachineText | None:
        try:
            return await translator.translate(words, language, SOURCE_LANGUAGE)
        except TranslationError as error:
            log.warning("translation: %s", type(error).__name__)
            return None

    loop, channels = Loop(), {telegram.name: telegram} if telegram else {}
    sending = Sending(parts.desk, parts.jobs, channels, parts.territories.get, loop)
    telling = Telling(parts.desk, parts.jobs, telegram, loop, in_french)
    jobs = {
        SEND: sending.send_message,
        SHOW_ANSWER: sending.show_answer,
        TELL_VISITOR: telling.tell_visitor,
        CAMPAIGN: Draining(parts.desk, sending, loop).run_campaign,
    }
    worker = Worker(parts.settings.data_dir / "workers", parts.settings.worker)
    clock = {"plan_day": parts.plan_day, "send_due": parts.send_due}
    return JobsRuntime(parts.store.engine, worker, loop, jobs, give_up=sending.give_up, **clock)


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
