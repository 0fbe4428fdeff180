"""A program is told of a verdict: tried again with growing pauses for about a day, then given up."""

from __future__ import annotations

from functools import partial

from api.households.jobs import DELIVER, LaterJobs
from api.jobs.runtime import Loop
from api.jobs.sending import INTERNAL, Retries
from api.storage.journal import Clock, now
from api.webhooks.desk import ENDED, FINAL, Parcel, WebhookDesk

DAY_LONG = Retries(tries=12, first=40.0, longest=24 * 3600.0)  # the pauses add up to 22 h 44 min


class Delivering:
    """The job ``deliver_webhook``. A crash between the sending and its record may make it go twice, under one id."""

    def __init__(
        self, desk: WebhookDesk, jobs: LaterJobs, loop: Loop, retries: Retries = DAY_LONG, clock: Clock = now
    ) -> None:
        self._desk, self._jobs, self._loop, self._retries, self._clock = desk, jobs, loop, retries, clock

    def deliver(self, name: str, tries: str = "1") -> None:
        with self._desk.open() as webhooks:
            parcel = self._desk.parcel(webhooks, name)
            if parcel is None:
                webhooks.tried(name, int(tries), ENDED, self._clock(), given_up=True)
                return
        failure = self._loop.run(self._desk.sent(parcel))
        self._loop.until_done(partial(self._record, parcel, failure, int(tries)))

    def give_up(self, name: str) -> None:
        """It failed again and again for a reason of our own."""
        with self._desk.open() as webhooks:
            webhooks.tried(name, self._retries.tries, INTERNAL, self._clock(), given_up=True)

    def _record(self, parcel: Parcel, failure: str | None, tries: int) -> None:
        name = parcel.delivery.id
        last = failure in FINAL or tries >= self._retries.tries
        with self._desk.open() as webhooks:
            webhooks.tried(name, tries, failure, self._clock(), given_up=last)
            if failure is not None and not last:
                delay, key = self._retries.pause(tries), f"delivery-{name}-{tries + 1}"
                self._jobs.add(webhooks.connection, DELIVER, key, name, str(tries + 1), delay=delay)
