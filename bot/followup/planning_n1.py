"""When an N+1 is to be proposed to a household, and what follows a proposal that nobody answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.followup.steps import (
    CONTACT,
    LAST,
    PROPOSED,
    PROPOSITION,
    Attempt,
    CaseFile,
    Due,
    Frame,
    Plan,
    days_after,
    note,
)
from bot.followup.timeline import DST, N1, PAUSE, SR, Episode, Said, of_kind
from bot.messages import Text
from rules.vocabulary import months_before

SHORT, UNDECIDED = "un_mois_ou_moins", "a_trancher"  # zones of the ruleset's delays
OPTION = "option_n1"


def plan_n1(case: CaseFile, frame: Frame) -> Plan:
    """The proposal of an N+1, or why there is none; once it was made, what follows it."""
    diagnoses = of_kind(case.episodes, DST)
    if not diagnoses:
        return Plan()
    done = diagnoses[0].ended_on
    if done is None:
        return note("dst_open", 14)
    if any(one.began_on >= done for one in of_kind(case.episodes, N1)):
        return Plan()
    if made := case.sent_since(done, PROPOSITION):
        return _after(made[-1], case, frame)
    return _refused_option(frame) or _proposal(done, case, frame)


def months_after(day: date, months: int) -> date:
    """The first day on which a delay since ``day`` is that many calendar months: `months_before` the other way."""
    reached = months_before(day, -months)
    return reached if months_before(reached, months) >= day else reached + timedelta(days=1)


def _refused_option(frame: Frame) -> Plan | None:
    """Why no N+1 is planned: the option is the territory's to take."""
    taken = frame.option(OPTION)
    if taken is None:
        return note("option_unknown", 13, 33)
    if taken.value is not True:
        return note("option_refused", 13, 33, by=taken.decided_by, on=taken.decided_on)
    return None


def _proposal(done: date, case: CaseFile, frame: Frame) -> Plan:
    year = months_after(done, frame.values.n1_months)
    support = of_kind(case.episodes, SR)
    if any(one.ended_on is None for one in support):
        return note("sr_open", 19, 21)
    since = _last_support(done, case.episodes)
    if since == done:
        return _due(done, year, "year", (14,), frame, day=done)
    convention = frame.territory.pause_months if frame.territory else None
    if convention is not None:
        assert isinstance(convention.value, int)  # noqa: S101  (checked by load_territory)
        decided = {"by": convention.decided_by, "on": convention.decided_on, "months": convention.value, "since": since}
        when = months_after(since, convention.value)
        return _due(done, when, "convention", (22, 23, 24), frame, **decided)
    return _without_convention(done, year, since, frame)


def _without_convention(done: date, year: date, since: date, frame: Frame) -> Plan:
    """The text gives no number between one month and what « quelques mois » means to anybody: nothing is planned."""
    zone = frame.delays.zone(since, max(year, frame.today))
    if zone in (SHORT, UNDECIDED):
        return note("no_number" if zone == UNDECIDED else "too_soon", 22, 24, 37, since=since)
    undecided = next(one for one in frame.delays.zones if one.id == UNDECIDED)
    assert undecided.under is not None  # noqa: S101  (only the last zone has no bound)
    when = max(year, months_after(since, undecided.under))
    return _due(done, when, "year_and_pause", (14, 22, 24), frame, day=done, since=since)


def _last_support(done: date, episodes: Sequence[Episode]) -> date:
    """The last day of support that is known: a pause that goes on began with it, one that ended was ended by some."""
    ends = [one.ended_on for one in of_kind(episodes, SR) if one.ended_on]
    pauses = [one.ended_on or one.began_on for one in of_kind(episodes, PAUSE)]
    return max([done, *ends, *pauses])


def _due(done: date, when: date, why: str, statements: tuple[int, ...], frame: Frame, **params: object) -> Plan:
    said = Said(Text(f"planning.reason.n1_{why}", params), statements)
    slots = {"mois_visite": f"{done:%Y-%m}"}
    return Plan((Due(PROPOSITION, done.isoformat(), frame.at(when), PROPOSITION, PROPOSED, said, slots),))


def _after(made: Attempt, case: CaseFile, frame: Frame) -> Plan:
    """Twice again, then a last message; an answer, an appointment or a last message ends it."""
    if _answered(made.made_at, case):
        return Plan()
    since = [one for one in case.attempts if one.made_at > made.made_at]
    if any(one.template == LAST for one in since):
        return note("last_said", 54)
    again = sorted((one for one in since if one.template == CONTACT), key=lambda one: one.made_at)
    latest = again[-1] if again else made
    if not latest.arrived:
        return note("not_opened", day=frame.local_day(latest.made_at))
    first = frame.local_day(made.made_at)
    values = frame.values
    if len(again) >= 2:
        return _again(LAST, first.isoformat(), latest, values.last_message_days, frame)
    days = values.second_reminder_days if again else values.first_reminder_days
    return _again(CONTACT, f"{first.isoformat()}/{len(again) + 1}", latest, days, frame)


def _answered(since: datetime, case: CaseFile) -> bool:
    told = (one.said_at for one in case.appointments)
    return any(one is not None and one > since for one in (case.answered_at, *told))


def _again(step: str, occurrence: str, latest: Attempt, days: int, frame: Frame) -> Plan:
    said = Said(Text(f"planning.reason.{step}", {"day": frame.local_day(latest.made_at), "days": days}), (54, 57))
    return Plan((Due(step, occurrence, days_after(latest.made_at, days, frame), step, PROPOSED, said),))
