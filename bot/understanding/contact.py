"""The contact that is to be classified: the one to come, or the one that has just been. Told of two, it is neither."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.understanding.clauses import Stretch, Told
from bot.understanding.french_time import Found
from bot.understanding.intervals import Interval
from bot.understanding.matching import Statement
from bot.understanding.past import Stated, stated_by

LATELY = timedelta(days=45)
CONTACT = ("date_contact", "issue_contact", "mode_contact", "initiative")


@dataclass(frozen=True, slots=True)
class _Contact:
    """A statement about a contact, with its days where it has any."""

    statement: Statement
    days: Interval | None
    place: Stretch


def contact_statements(said: list[Statement], told: Told, times: tuple[Found, ...], today: date) -> list[Stated]:
    """The facts of the contact. Two contacts, or a past one and one to come: which is meant is not told."""
    plans = [c for s in said if s.pattern.role == "plan" if (c := _planned(s, today))]
    recent = [c for s in said if s.pattern.role == "recent" for c in _recent(s, told, times, today)]
    purposes = [s for s in said if s.pattern.role == "purpose" and not _long_ago(s, told, times, today)]
    stated = [one for s in purposes for one in stated_by(s)]
    if plans and recent:
        places = tuple(c.place for c in (*plans, *recent))
        return [*stated, *(Stated("date_contact", value, places) for value in (plans[0].days, None))]
    contacts = plans or recent
    sentences = {told.sentence(c.statement.start) for c in contacts}
    details = [s for s in said if s.pattern.role == "detail" and told.sentence(s.start) in sentences]
    stated += [one for c in contacts for one in _facts(c, planned=bool(plans))]
    modes = any(one.fact == "mode_contact" for one in stated)
    return stated + [one for s in details for one in stated_by(s) if not (modes and one.fact == "mode_contact")]


def _facts(contact: _Contact, planned: bool) -> list[Stated]:
    said = dict(contact.statement.facts) | ({"issue_contact": "prevu"} if planned else {})
    if contact.days:
        said["date_contact"] = contact.days
    return [Stated(fact, value, (contact.place,)) for fact, value in said.items()]


def _planned(statement: Statement, today: date) -> _Contact | None:
    time = statement.time
    days = time.times.future if time else None
    if days is None or days.first is None or days.last is None or days.last <= today:
        return None
    return _Contact(statement, days, (statement.start, statement.end))


def _recent(statement: Statement, told: Told, times: tuple[Found, ...], today: date) -> Iterable[_Contact]:
    """With the one time of its clause, if that is of the last weeks; without any, if none is told there."""
    start, end = told.clause(statement.start)
    here = [t for t in times if start <= t.start < max(end, statement.end) and t.kind in ("at", "since")]
    place = (statement.start, statement.end)
    if not here:
        just = re.search(r"\b(?:viens|vient|venons) de", told.text[statement.start : statement.end])
        if not statement.pattern.time_needed:
            yield _Contact(statement, Interval(today, today) if just else None, place)
        return
    days = here[0].times.past
    if len(here) > 1 or here[0].kind != "at" or days is None or days.first is None or days.last is None:
        return
    if today - LATELY <= days.first and days.last <= today:
        yield _Contact(statement, days, (min(place[0], here[0].start), max(place[1], here[0].end)))


def _long_ago(statement: Statement, told: Told, times: tuple[Found, ...], today: date) -> bool:
    """Whether the clause of what is done has a time that is long over."""
    start, end = told.clause(statement.start)
    for time in times:
        if start <= time.start < end and time.kind in ("at", "between") and time.times.past:
            soon = time.times.future and time.times.future != time.times.past
            last = time.times.past.last
            if not soon and last and last < today - LATELY:
                return True
            if soon and re.search(r"\b(?:a|ai|avons|ont|avait|avions) \w+e?\b", told.text[start:end]):
                return True
    return False
