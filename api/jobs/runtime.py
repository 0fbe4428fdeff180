"""The jobs at work: DBOS runs them in threads beside the server's event loop, which never waits for a database."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar

from dbos import DBOS, DBOSConfig, SetWorkflowID
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.households.jobs import DAILY, OFTEN
from api.jobs.adding import APPLICATION, CAMPAIGNS_QUEUE, MESSAGES_QUEUE, SCHEMA, VERSION, PlainJson, keep_library_quiet
from api.jobs.worker import Worker
from bot.channels.patience import kind_and_place

log = logging.getLogger(__name__)
T = TypeVar("T")

AT_ONCE, CAMPAIGNS_AT_ONCE = 16, 4
EVERY_MORNING = "0 6 * * *"
EVERY_TEN_MINUTES = "*/10 * * * *"
TIMEZONE = "Europe/Paris"
TRIES = 5
LONGEST_PAUSE = 60.0
LONGEST_STOP = 20.0


class Interrupted(BaseException):
    """The server stops: the job stays as it is recorded and is taken up again at the next start."""


class Loop:
    """How a job's thread gets things done on the server's event loop, and learns that the server stops."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self.stopping = threading.Event()
        self._under_way, self._ended = 0, threading.Condition()

    def attach(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.stopping.clear()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        assert self._loop is not None  # noqa: S101  (attached before any job runs)
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    @contextmanager
    def job(self) -> Iterator[None]:
        """While a job is under way. Raises Interrupted when the server stops."""
        with self._ended:
            if self.stopping.is_set():
                raise Interrupted
            self._under_way += 1
        try:
            yield
        finally:
            with self._ended:
                self._under_way -= 1
                self._ended.notify_all()

    def idle(self, timeout: float) -> None:
        """Wait until no job is under way any more, at most ``timeout`` seconds."""
        with self._ended:
            self._ended.wait_for(lambda: not self._under_way, timeout)

    def until_done(self, work: Callable[[], None]) -> None:
        """Record what was done and must not be done again, however long the database is away. May raise Interrupted."""
        for failures in count(1):
            try:
                return work()
            except SQLAlchemyError as error:
                log.error("jobs: not recorded yet: %s", kind_and_place(error))
            self.pause(min(2.0 ** (failures - 1), LONGEST_PAUSE))

    def pause(self, seconds: float) -> None:
        """Wait. Raises Interrupted when the server stops meanwhile."""
        if self.stopping.wait(seconds):
            raise Interrupted


Job = Callable[..., None]


class JobsRuntime:
    """Runs ``jobs`` (name -> function of ids, called in a thread) from start() to stop(); one a process.

    ``plan_day`` is called every morning, and at the first start of a day; ``send_due`` every ten minutes. ``give_up``:
    told of a job that failed again and again for a reason of our own; whether that is the end of it. ``polling``:
    seconds between two looks for jobs.
    """

    def __init__(
        self,
        engine: Engine,
        worker: Worker,
        loop: Loop,
        jobs: Mapping[str, Job],
        plan_day: Callable[[datetime], None],
        *,
        send_due: Callable[[datetime], None] = lambda _: None,
        give_up: Callable[..., bool] = lambda *_: True,
        polling: float = 0.25,
    ) -> None:
        self._engine, self._worker, self._loop, self._polling = engine, worker, loop, polling
        self._jobs, self._give_up, self._started = jobs, give_up, False
        self._by_the_clock = {DAILY: (EVERY_MORNING, plan_day), OFTEN: (EVERY_TEN_MINUTES, send_due)}

    @property
    def running(self) -> bool:
        """Whether jobs are taken up."""
        return self._started and not self._loop.stopping.is_set()

    async def start(self) -> None:
        self._loop.attach()
        await asyncio.to_thread(self._start)

    async def stop(self) -> None:
        """Take no new job up, let what is being sent end, and leave the rest for the next start."""
        self._loop.stopping.set()
        await asyncio.to_thread(self._stop)

    def _start(self) -> None:
        keep_library_quiet()
        DBOS(config=self._config())
        for name, job in self._jobs.items():
            DBOS.workflow(name=name, max_recovery_attempts=None)(self._lasting_job(name, job))
        schedules = [self._schedule(name, *when) for name, when in self._by_the_clock.items()]
        DBOS.launch()
        every = {"polling_interval_sec": self._polling, "on_conflict": "always_update"}
        DBOS.register_queue(MESSAGES_QUEUE, worker_concurrency=AT_ONCE, **every)
        DBOS.register_queue(CAMPAIGNS_QUEUE, worker_concurrency=CAMPAIGNS_AT_ONCE, **every)
        DBOS.apply_schedules(schedules)
        with SetWorkflowID(f"{DAILY}-{datetime.now(UTC).date()}"):
            DBOS.enqueue_workflow(MESSAGES_QUEUE, schedules[0]["workflow_fn"], None, None)
        if self._worker.left:
            DBOS._recover_pending_workflows(list(self._worker.left))
        self._started = True

    def _schedule(self, name: str, when: str, work: Callable[[datetime], None]) -> Any:
        lasting = self._lasting_job(name, lambda *_: work(datetime.now(UTC)))
        return {
            "schedule_name": name,
            "workflow_fn": DBOS.workflow(name=name, max_recovery_attempts=None)(lasting),
            "schedule": when,
            "context": None,
            "cron_timezone": TIMEZONE,
        }

    def _stop(self) -> None:
        self._loop.idle(LONGEST_STOP)
        DBOS.destroy(destroy_registry=True)
        self._worker.release()

    def _config(self) -> DBOSConfig:
        config: DBOSConfig = {
            "name": APPLICATION,
            "application_version": VERSION,
            "executor_id": self._worker.name,
            "dbos_system_schema": SCHEMA,
            "serializer": PlainJson(),
            "enable_otlp": False,
            "log_level": "CRITICAL",
            "run_migrations": False,
            "use_listen_notify": False,  # no job waits for another's events
            "scheduler_polling_interval_sec": 30.0,
        }
        if self._engine.dialect.name == "sqlite":  # an engine of its own: ours takes the write lock to read, too
            config["system_database_url"] = self._engine.url.render_as_string(hide_password=False)
        else:
            config["system_database_engine"] = self._engine
        return config

    def _lasting_job(self, name: str, job: Job) -> Job:
        """The job, tried again when our own side fails (a database away): a failure is never the end of it."""

        def lasting(*ids: Any) -> None:
            failures = 0
            while True:
                try:
                    with self._loop.job():
                        if failures < TRIES or not self._give_up(name, *ids):
                            job(*ids)
                        return
                except Exception as error:
                    failures += 1
                    log.error("job %s: failed %s times: %s", name, failures, kind_and_place(error))
                self._loop.pause(min(2.0 ** (failures - 1), LONGEST_PAUSE))

        return lasting
