"""Where a case stands, as its page shows it: the timeline, what is due with what would be sent, and what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from api.households.planning import Planning, slots_of
from api.households.proposals import looked_at
from api.pages.case.drawing import timeline_fragment
from api.pages.case.words import in_words
from api.pages.followup.listening import Listening
from api.pages.followup.thread import entries
from api.pages.followup.writing import Preview, preview
from api.storage.dues import HELD, PENDING, DueRow, Dues
from api.storage.household_values import CANCELLED, IN
from api.storage.households import FAILED, Case, Link, Stored
from bot.followup import relay
from bot.followup.content import TEMPLATE, Content
from bot.followup.errors import CatalogError
from bot.followup.slots import SlotError
from bot.followup.steps import ALERT, Due
from bot.followup.timeline import timeline
from bot.wording import Wording
from rules.model import Territory

OPEN = (*PENDING, HELD)


@dataclass(frozen=True, slots=True)
class Step:
    """A due. ``open``: still to decide; ``ready``: its moment has come; ``found``: what would be sent, where all of it
    is known, and ``seen`` its hash."""

    row: DueRow
    reason: str
    open: bool
    ready: bool
    alert: bool
    found: Preview | None = None
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """A household's link, whether it still opens, and the last message that it shows."""

    link: Link
    live: bool
    renewable: bool
    message: str | None
    messages: int


def standing(
    planning: Planning,
    case: Case,
    now: datetime,
    words: Wording,
    territory: Territory | None,
    listening: Listening,
) -> Mapping[str, Any]:
    """All that the page of a case shows. It brings what is due up to date, and sends nothing."""
    zone = planning.values.timezone
    with planning.desk.store.households(planning.desk.vault) as households:
        drawn = timeline(households.episodes(case.reference), now.astimezone(zone).date())
        made = planning.refresh(households, case.reference, now)
        rows = Dues(households.connection).of([case.reference])[case.reference]
        thread = households.thread(case.reference)
        consents, links = households.consents(case.reference), households.links(case.reference)
    dues = {(one.step, one.occurrence): one for one in made.dues}
    steps = [_step(row, dues[row.key], case, now, words, territory) for row in rows if row.key in dues]
    past = [_past(row, words) for row in rows if row.key not in dues]
    return {
        "timeline": Markup(timeline_fragment(drawn, words)) if drawn.entries else None,  # noqa: S704  (escaped there)
        "steps": [one for one in steps if one.open],
        "past": [one for one in [*steps, *past] if not one.open],
        "notes": [in_words(one, words) for one in made.notes],
        "now": now,
        "entries": entries(thread, territory),
        "heard": listening.offered(thread, case.territory, territory),
        "waiting": {one.id for one in thread if waits(one)},
        "failures": {one.id: f"tell.failed.{one.failure}" for one in thread if one.state == FAILED},
        "consents": consents,
        "addresses": _addresses(case, links, thread, now),
    }


def waits(message: Stored) -> bool:
    """Whether somebody has to deal with a message: `api.storage.household_schema.WAITING`, of one that was read."""
    asks = message.direction == IN and (message.urgent or message.kind in ("text", "voice"))
    return message.handled_at is None and (asks or (message.direction != IN and message.state == FAILED))


def shown_of(case: Case, due: Due, given: Mapping[str, object], territory: Territory | None) -> tuple[Preview, str]:
    """What a due would send, and the hash of it. Raises SlotError where a value lacks or is wrong."""
    content = Content(TEMPLATE, due.template, {**slots_of(case, due), **given})
    return preview(content, case, territory), looked_at(content, case.language)


def _step(row: DueRow, due: Due, case: Case, now: datetime, words: Wording, territory: Territory | None) -> Step:
    open_ = row.state in OPEN
    ready, found, seen = open_ and due.due_at <= now, None, ""
    if ready and due.step != ALERT:
        try:
            found, seen = shown_of(case, due, {}, territory)
        except (SlotError, CatalogError):  # a value that only a person knows
            found = None
    return Step(row, in_words(due.said, words), open_, ready, due.step == ALERT, found, seen)


def _past(row: DueRow, words: Wording) -> Step:
    """What is due no more, with the reason that was kept where it is whole without the values of its day."""
    whole = row.reason is not None and words.has(row.reason) and "{" not in words.catalog.gettext(row.reason)
    return Step(row, words(row.reason) if whole and row.reason else "", False, False, False)


def _addresses(case: Case, links: Sequence[Link], thread: Sequence[Stored], now: datetime) -> list[Address]:
    found = []
    for link in links:
        shown = [one for one in thread if one.link == link.key and one.direction != IN and one.state != CANCELLED]
        live = now < link.expires_at
        renewable = bool(shown) and case.consent not in (relay.REFUSED, relay.STOPPED) and case.closed_at is None
        found.append(Address(link, live, renewable, shown[-1].id if shown else None, len(shown)))
    return found
