"""What whatever watches the server reads (/metrics, Prometheus): counts and times, nothing of a person."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from time import perf_counter

from fastapi import APIRouter, Request, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from api.rulesets import Rulesets
from api.storage.job_tables import waiting
from api.storage.store import Store
from bot.channels import Exchange
from bot.messages import Incoming, Reply

ANSWERED, REPEATED, FAILED = "answered", "repeated", "failed"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The metrics of one server."""

    def __init__(self, store: Store, rulesets: Rulesets) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Standing(store, rulesets))
        ProcessCollector(registry=self.registry)
        self._events = Counter(
            "aiguillage_events", "Events taken in, by what came of them", ["channel", "outcome"], registry=self.registry
        )
        self._seconds = Histogram(
            "aiguillage_event_seconds",
            "From an event's arrival until its answer is durable",
            ["channel"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self._refused = Counter(
            "aiguillage_refused", "What was refused, and where", ["what", "where"], registry=self.registry
        )

        self._of = cache(self._labelled)

    def refused(self, what: str, where: str) -> None:
        self._refused.labels(what, where).inc()

    def took(self, channel: str, outcome: str, seconds: float) -> None:
        events, times = self._of(channel, outcome)
        events.inc()
        times.observe(seconds)

    def _labelled(self, channel: str, outcome: str) -> tuple[Counter, Histogram]:
        return self._events.labels(channel, outcome), self._seconds.labels(channel)


@dataclass(frozen=True)
class MeasuredExchange:
    """``bot.channels.Exchange``: another one, whose work is counted and timed."""

    exchange: Exchange
    metrics: Metrics

    async def take(self, incoming: Incoming) -> Reply | None:
        return await self._measured(incoming, self.exchange.take(incoming))

    async def listen(self, incoming: Incoming, sound: bytes) -> Reply | None:
        return await self._measured(incoming, self.exchange.listen(incoming, sound))

    async def shown(self, incoming: Incoming) -> None:
        await self.exchange.shown(incoming)

    async def later(self, incoming: Incoming, wait: float) -> bool:
        return await self.exchange.later(incoming, wait)

    async def told(self, tidings: Sequence[str]) -> None:
        await self.exchange.told(tidings)

    async def understood(self, incoming: Incoming) -> Reply | None:
        return await self.exchange.understood(incoming)

    async def not_heard(self, incoming: Incoming, code: str) -> Reply | None:
        return await self._measured(incoming, self.exchange.not_heard(incoming, code))

    async def noted(self, incoming: Incoming) -> bool:
        return await self.exchange.noted(incoming)

    async def note_told(self, incoming: Incoming) -> None:
        await self.exchange.note_told(incoming)

    async def _measured(self, incoming: Incoming, work: Awaitable[Reply | None]) -> Reply | None:
        begun, outcome = perf_counter(), FAILED
        try:
            reply = await work
            outcome = REPEATED if reply is None else ANSWERED
            return reply
        finally:
            self.metrics.took(incoming.channel, outcome, perf_counter() - begun)


class _Standing(Collector):
    """How things stand when they are read: the jobs that wait, the rules in force."""

    def __init__(self, store: Store, rulesets: Rulesets) -> None:
        self._store, self._rulesets = store, rulesets

    def collect(self) -> Iterator[Metric]:
        rules = GaugeMetricFamily("aiguillage_ruleset_info", "The rules in force", labels=["version"])
        rules.add_metric([self._rulesets.version], 1)
        yield rules
        warnings = GaugeMetricFamily("aiguillage_ruleset_warnings", "Why the rules are not those they should be")
        warnings.add_metric([], len(self._rulesets.warnings))
        yield warnings
        up = GaugeMetricFamily("aiguillage_database_up", "Whether the database answers")
        jobs = GaugeMetricFamily("aiguillage_jobs", "Jobs that are not done", labels=["job", "state"])
        try:
            with self._store.reading() as connection:
                for job, state, count in waiting(connection):
                    jobs.add_metric([job, state], count)
            up.add_metric([], 1)
        except SQLAlchemyError:
            up.add_metric([], 0)
        yield up
        yield jobs


def metrics_routes(metrics: Metrics, token: str | None) -> APIRouter:
    """/metrics, for whoever brings the token; without one there is no such address."""
    router = APIRouter()
    if token is None:
        return router

    @router.get("/metrics", include_in_schema=False)
    def read(request: Request) -> Response:
        brought = request.headers.get("authorization", "")
        if not hmac.compare_digest(brought.encode(), f"Bearer {token}".encode()):
            return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router
