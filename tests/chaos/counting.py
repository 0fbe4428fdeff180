"""What became of everything that was sent, asked and due: lost, twice, repeated, late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from api.exchange import keyed_hash
from api.storage.campaigns import DONE
from api.storage.household_schema import campaigns, dues, household_messages
from api.storage.schema import enquiries, events
from api.storage.store import Store
from tests.chaos.people import LATE, Visitor
from tests.chaos.servers import SECRET
from tests.fakes.telegram import FakeTelegram

HEAD = ("scenario", "updates", "questions", "messages", "lost", "twice", "repeats", "late", "longest wait")


@dataclass
class Tally:
    """``lost`` and ``twice``: each in words; none is what is promised. ``repeats``: what was shown once more."""

    scenario: str
    updates: int = 0
    questions: int = 0
    messages: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    repeats: int = 0
    late: int = 0
    longest: float = 0.0

    def row(self) -> tuple[str, ...]:
        counts = (self.updates, self.questions, self.messages, len(self.lost), len(self.twice), self.repeats, self.late)
        return (self.scenario, *map(str, counts), f"{self.longest:.1f} s")


def tally(
    scenario: str,
    telegram: FakeTelegram,
    store: Store,
    visitors: Iterable[Visitor],
    households: dict[int, int],
    *,
    taken: bool = True,
) -> Tally:
    """``households``: chat -> how many messages it is to get. ``taken``: every update stands in the database."""
    visitors = list(visitors)
    found = Tally(scenario, questions=len(visitors), messages=sum(households.values()))
    with store.reading() as connection:
        _updates(found, telegram, connection if taken else None)
        _questions(found, visitors, connection)
        _messages(found, telegram, households, connection)
    _waits(found, telegram, visitors)
    return found


def _updates(found: Tally, telegram: FakeTelegram, connection: Connection | None) -> None:
    made = telegram.updates_made
    found.updates = len(made)
    found.lost += [f"update {one} not confirmed" for one in made if not telegram.is_delivered(one)]
    if connection is None:
        return
    channels = ("telegram", "household-telegram")
    taken = Counter(connection.scalars(select(events.c.event).where(events.c.channel.in_(channels))))
    found.lost += [f"update {one} not taken in" for one in made if not taken[str(one)]]


def _questions(found: Tally, visitors: list[Visitor], connection: Connection) -> None:
    logged = Counter(connection.scalars(select(enquiries.c.asker)))
    for visitor in visitors:
        times = logged[keyed_hash(SECRET)(f"telegram:{visitor.chat}")]
        if times == 0:
            found.lost.append(f"question of chat {visitor.chat} not logged")
        if times > 1:
            found.twice.append(f"question of chat {visitor.chat} logged {times} times")
        if not visitor.answered:
            found.lost.append(f"chat {visitor.chat} has no answer")


def _messages(found: Tally, telegram: FakeTelegram, households: dict[int, int], connection: Connection) -> None:
    for chat, wanted in households.items():
        arrived = len({one.text for one in telegram.messages(chat)})
        if arrived < wanted:
            found.lost.append(f"household {chat} got {arrived} of {wanted} messages")
    states = Counter(connection.scalars(select(campaigns.c.state)))
    found.lost += [f"campaign {state}" for state in states if state != DONE]
    out = household_messages.c
    planned = (
        select(out.case_ref, out.subject, func.count())
        .where(out.direction == "out")
        .group_by(out.case_ref, out.subject)
    )
    found.twice += [f"{subject} planned {n} times" for _case, subject, n in connection.execute(planned) if n > 1]
    waiting = select(household_messages.c.id).where(household_messages.c.state == "queued")
    found.lost += [f"message {one} still waits" for one in connection.scalars(waiting)]
    unsent = select(dues.c.id).where(dues.c.state == "planned")
    found.lost += [f"due {one} still waits" for one in connection.scalars(unsent)]


def _waits(found: Tally, telegram: FakeTelegram, visitors: list[Visitor]) -> None:
    for chat in telegram.chats:
        shown = Counter((one.text, str(one.buttons)) for one in telegram.messages(chat))
        found.repeats += sum(shown.values()) - len(shown)
    waits = [wait for visitor in visitors for wait in visitor.waits]
    found.late, found.longest = sum(wait > LATE for wait in waits), max(waits, default=0.0)
