"""create_app(settings): the only wiring. What each part gets is decided here and nowhere else."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy import Connection
from starlette.routing import Route

from api.access.gate import Gate
from api.access.membership import Doorkeeper
from api.access.openid import Provider
from api.access.signing_in import SignIn
from api.access.team import Team
from api.answers import Answers
from api.deciding import Decider
from api.exchange import DurableExchange, keyed_hash
from api.households.asking import AskingDesk
from api.households.campaigns import CampaignDesk
from api.households.desk import Desk
from api.households.jobs import CAMPAIGN, DELIVER, SEND, SHOW_ANSWER, TELL_ASKER, TELL_VISITOR
from api.households.planning import Planning
from api.households.telegram_chats import TelegramChats
from api.jobs.adding import DurableJobs, prepare_tables
from api.jobs.delivering import Delivering
from api.jobs.draining import Draining
from api.jobs.runtime import JobsRuntime, Loop
from api.jobs.sending import Sending
from api.jobs.telling import Telling
from api.jobs.telling_askers import TellingAskers
from api.jobs.worker import Worker
from api.offline_packages import OfflinePackages
from api.pages.account import account_pages
from api.pages.campaign import campaign_page
from api.pages.case_file import case_file_page
from api.pages.casework import casework_pages
from api.pages.cler import cler_pages
from api.pages.desk import DeskPages, desk_files, read_desk
from api.pages.doctrine import doctrine_pages
from api.pages.exports import exports_pages
from api.pages.figures import figures_page
from api.pages.followup import followup_page
from api.pages.followup.standing import Standing
from api.pages.household import household_page
from api.pages.joining import joining_page
from api.pages.privacy import privacy_pages
from api.pages.reading import reading_page
from api.pages.review import review_page
from api.pages.sign_in import BACK, sign_in_pages
from api.pages.sign_in.by_provider import ByProvider
from api.pages.statistics import statistics_page
from api.pages.team import team_pages
from api.pages.vignettes import vignettes_pages
from api.pages.webhooks import webhooks_page
from api.privacy.person import Persons
from api.privacy.retention import Retention
from api.privacy.terms import Terms, read_terms
from api.review.coordination import CoordinationDesk
from api.review.doctrine import Doctrines
from api.review.replays import Replays
from api.review.verdicts import Verdicts
from api.review.vignette_news import vignette_news
from api.review.vignettes import VignetteDesk
from api.routes.api_gate import ApiGate
from api.routes.decisions import Problem, decision_routes, problem_response, refused_parameters
from api.routes.enquiries import enquiry_routes
from api.routes.figures import figure_routes
from api.routes.guide import guide_routes
from api.routes.health import health_routes
from api.routes.reports import report_routes
from api.rulesets import Rulesets
from api.setting_values import is_loopback
from api.settings import Settings, contact_keys
from api.storage.api_keys import ApiKeys
from api.storage.households import Households
from api.storage.journal import now
from api.storage.store import Store
from api.storage.tidings import VIGNETTE
from api.storage.vault import Vault
from api.territories import Territories, known_territories
from api.webhooks.addresses import Places
from api.webhooks.desk import WebhookDesk
from api.webhooks.posting import Poster
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
BREATH = 0.05  # seconds between two batches of what is erased: others write then
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
    terms: Terms

    @property
    def retention(self) -> Retention:
        """Does away with what is past its time here."""
        return Retention(self.store, self.vault, self.terms)

    @property
    def decider(self) -> Decider:
        """Decides under the rules in force now; a request keeps the one it began with."""
        return Decider(self.rulesets.current, self.territories, self.settings.territory)

    def compiled(self) -> CompiledRuleset:
        """The rules in force now."""
        return self.rulesets.current

    def territory_name(self, territory: str | None) -> str:
        """What a territory calls itself; its id where it has no file."""
        known = self.territories.get(territory or "")
        return known.name if known else territory or ""

    def card(self, language: str, territory: str | None) -> Sequence[Text]:
        """What to know of a language before writing to a household in it."""
        audio = self.store.recordings.templates(territory, language)
        return language_card(language, self.settings.models, audio).lines

    def coordination(self, connection: Connection) -> CoordinationDesk:
        """What visitors are told of the review, on a connection."""
        return coordination_desk(connection, self.rulesets, self.vault, self.jobs, self.settings)

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
        territories, terms = known_territories(settings, store), read_terms(settings.data_dir)
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
        membership=Doorkeeper(vault, territories.get, settings.public_url).at,
        coordination=lambda connection: coordination_desk(connection, rulesets, vault, jobs, settings),
    )
    return Parts(settings, rulesets, territories, store, exchange, vault, jobs, desk, terms)


def coordination_desk(
    connection: Connection, rulesets: Rulesets, vault: Vault, jobs: DurableJobs, settings: Settings
) -> CoordinationDesk:
    """What visitors are told: verdicts on their questions, and vignettes."""
    others = {VIGNETTE: vignette_news(settings.secret_key, settings.public_url)}
    return CoordinationDesk(connection, rulesets, vault, jobs, settings.public_url, others=others)


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
    app.add_exception_handler(RequestValidationError, refused_parameters)
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
    keys = ApiKeys(parts.store.engine)
    app.include_router(enquiry_routes(parts.store.engine, ApiGate(keys)))
    app.router.routes.extend(exports_pages(gate, desk, parts.store, keys))
    people = Persons(parts.store, parts.vault, settings.secret_key)
    app.router.routes.extend(privacy_pages(gate, desk, people, parts.terms))
    doctrines = Doctrines(parts.store, parts.compiled, parts.territories, Replays())
    app.router.routes.extend(doctrine_pages(gate, desk, doctrines, today))
    app.router.routes.extend(cler_pages(gate, desk, parts.store, parts.compiled, parts.territories.get, today))
    app.router.routes.extend(access_pages(parts, gate, desk, telegram))
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
    app.router.routes.extend(_suites_pages(parts, gate, desk))
    app.router.routes.extend(statistics_page(gate, desk, parts.store, lambda: parts.decider, now))
    vignettes = VignetteDesk(parts.store, parts.jobs, lambda: parts.decider, now)
    app.router.routes.extend(vignettes_pages(gate, desk, vignettes, settings.secret_key))
    answers = Answers(parts.store, parts.rulesets, lambda: parts.decider, today)
    verdicts = Verdicts(parts.store, parts.jobs, after=webhook_desk(parts).after)
    app.router.routes.extend(review_page(gate, desk, verdicts, parts.rulesets, answers.as_given, parts.territories.get))
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


def access_pages(parts: Parts, gate: Gate, desk: DeskPages, telegram: TelegramChannel | None) -> list[Route]:
    """Signing in, one's own account, the team of a territory, and the page of an invitation."""
    settings = parts.settings
    sign_in = SignIn(parts.store.accounts, parts.vault, settings.secret_key, gate.rates)
    provider = None
    if settings.oidc_issuer and settings.oidc_client_id:
        back, secret = settings.public_url + BACK, settings.oidc_client_secret
        known = Provider(settings.oidc_issuer, settings.oidc_client_id, secret, back)
        provider = ByProvider(known, parts.store, settings.secret_key)
    return [
        *sign_in_pages(gate, sign_in, provider),
        *account_pages(gate, desk, sign_in, parts.territory_name),
        *team_pages(gate, desk, Team(parts.store, sign_in), parts.territory_name, telegram and telegram.invite),
        *joining_page(parts.store, gate.pages, parts.territories.get),
    ]


def _suites_pages(parts: Parts, gate: Gate, desk: DeskPages) -> list[Route]:
    """What follows a verdict, for programs and for authors of rules."""
    return [
        *case_file_page(gate, desk, parts.store, lambda: parts.rulesets.current.ruleset, parts.territories.get),
        *webhooks_page(gate, desk, webhook_desk(parts)),
    ]


def webhook_desk(parts: Parts) -> WebhookDesk:
    """Webhooks at work. Its ``after`` is what a verdict is followed by, in its transaction."""
    here = is_loopback(urlsplit(parts.settings.public_url).hostname or "")
    poster = Poster(Places(loopback=here, private=parts.settings.private_webhooks))
    return WebhookDesk(parts.store, parts.vault, parts.jobs, poster)


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
    delivering = Delivering(webhook_desk(parts), parts.jobs, loop)
    askers = TellingAskers(parts.store, parts.vault, parts.jobs, parts.coordination, channels, loop)
    jobs = {
        SEND: sending.send_message,
        SHOW_ANSWER: sending.show_answer,
        TELL_VISITOR: telling.tell_visitor,
        TELL_ASKER: askers.tell_asker,
        DELIVER: delivering.deliver,
        CAMPAIGN: Draining(parts.desk, sending, loop).run_campaign,
    }

    def give_up(job: str, *ids: str) -> bool:
        if job == TELL_ASKER:
            askers.give_up(ids[0])
        if job == DELIVER:
            delivering.give_up(ids[0])
        return sending.give_up(job, *ids)

    def each_morning(now: datetime) -> None:
        parts.plan_day(now)
        parts.retention.run(now, between=lambda: loop.pause(BREATH))

    worker = Worker(parts.settings.data_dir / "workers", parts.settings.worker)
    clock = {"plan_day": each_morning, "send_due": parts.send_due}
    return JobsRuntime(parts.store.engine, worker, loop, jobs, give_up=give_up, **clock)


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
