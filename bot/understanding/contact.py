"""The contact that is to be classified: the one to come, or the one that has just been. Told of two, it is neither."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.understanding.clauses import Stretch, Told
from bot.understanding.found import Found
from bot.understanding.intervals import Interval
from bot.understanding.matching import Statement
from bot.understanding.past import Stated, stated_by

LATELY, FORESEEN = timedelta(days=21), timedelta(days=200)
LONG_AGO = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class _Contact:
    """A statement about a contact, with its days where it has any."""

    statement: Statement
    days: Interval | None
    place: Stretch


def contact_statements(said: list[Statement], told: Told, times: tuple[Found, ...], today: date) -> list[Stated]:
    """The facts of the contact. Two contacts, or a past one and one to come: which is meant is not told."""
    used = {s.time.start for s in said if s.time and s.pattern.role == "fact"}
    plans = [c for s in said if s.pattern.role == "plan" if (c := _planned(s, used, today))]
    recent = _just_been(said, told, times, today)
    if not plans and told.language.to_come.search(told.text):
        recent = []
    stated = _purposes(said, recent, told, times, today)
    if plans and recent:
        places = tuple(c.place for c in (*plans, *recent))
        return [*stated, *(Stated("date_contact", value, places) for value in (plans[0].days, None))]
    contacts = plans or recent
    stated += [one for c in contacts for one in _facts(c, planned=bool(plans))]
    return stated + _details(said, contacts, told, any(one.fact == "mode_contact" for one in stated))


def _just_been(said: list[Statement], told: Told, times: tuple[Found, ...], today: date) -> list[_Contact]:
    """The contacts of these days after which no silence is told."""
    silences = [s.start for s in said if s.pattern.since_last]
    recent = [c for s in said if s.pattern.role == "recent" for c in _recent(s, told, times, today)]
    return [c for c in recent if not any(c.statement.start < silence for silence in silences)]


def _purposes(
    said: list[Statement], recent: list[_Contact], told: Told, times: tuple[Found, ...], today: date
) -> list[Stated]:
    """What is done or to be done now; what is told as done, only with a contact that has just been."""
    sentences = {told.sentence(c.statement.start) for c in recent}
    now = [s for s in said if s.pattern.role == "purpose" and not _long_ago(s, told, times, today)]
    now = [s for s in now if not _done(s, told) or told.sentence(s.start) in sentences]
    return [one for s in now for one in stated_by(s)]


def _details(said: list[Statement], contacts: list[_Contact], told: Told, mode_known: bool) -> list[Stated]:
    """What else the sentences of the contact tell of it."""
    sentences = {told.sentence(c.statement.start) for c in contacts}
    details = [s for s in said if s.pattern.role == "detail" and told.sentence(s.start) in sentences]
    return [one for s in details for one in stated_by(s) if not (mode_known and one.fact == "mode_contact")]


def _facts(contact: _Contact, planned: bool) -> list[Stated]:
    said = dict(contact.statement.facts) | ({"issue_contact": "prevu"} if planned else {})
    if contact.days:
        said["date_contact"] = contact.days
    return [Stated(fact, value, (contact.place,)) for fact, value in said.items()]


def _planned(statement: Statement, used: set[int], today: date) -> _Contact | None:
    """With its days to come; a time that something of the past is told with is none."""
    time = statement.time
    days = time.times.future if time else None
    if time is None or time.start in used or days is None or days.first is None or days.last is None:
        return None
    if days.last <= today or days.first > today + FORESEEN or (days.first == today and time.times.past):
        return None
    return _Contact(statement, days, (statement.start, statement.end))


def _recent(statement: Statement, told: Told, times: tuple[Found, ...], today: date) -> Iterable[_Contact]:
    """With the one time of its clause, if that is of the last weeks; without any, if none is told there."""
    start, end = told.clause(statement.start)
    here = [t for t in times if start <= t.start < max(end, statement.end)]
    place = (statement.start, statement.end)
    if told.language.others.search(told.text, told.sentence(statement.start)[0], statement.start):
        return
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


def _done(statement: Statement, told: Told) -> bool:
    """Whether it is told as done: it is what this contact is only where the contact has just been."""
    perfect = r"\b(?:ai|a|as|avons|avez|ont|avais|avait|avions|ete)\b(?: \w+)? ?"
    before, said = told.text[: statement.start], told.text[statement.start : statement.end]
    to_do = re.match(r"\w+(?:er|ir|re)\b", said)  # « à monter son dossier »
    return not to_do and bool(re.search(perfect + "$", before) or re.match(perfect, said))


def _long_ago(statement: Statement, told: Told, times: tuple[Found, ...], today: date) -> bool:
    """Whether what is done is told with a time that is long over: the nearest before it, else after it."""
    start, end = told.clause(statement.start)
    here = [t for t in times if start <= t.start < end and t.kind in ("at", "between")]
    before = [t for t in here if t.start < statement.start]
    time = before[-1] if before else here[0] if here else None
    if time is None or time.times.past is None:
        return False
    last, future = time.times.past.last, time.times.future
    over = last is not None and last < today - LONG_AGO
    perfect = re.search(r"\b(?:a|ai|avons|ont|avait|avions) \w+e?\b", told.text[start:end])
    return over and bool(future is None or future == time.times.past or perfect)
