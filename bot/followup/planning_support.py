"""The other steps: reminders of appointments, news of the equipment, the end of support, the alert giver."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from bot.followup.steps import (
    ALERT,
    ASKED,
    CALLED_OFF,
    CLOSING,
    CLOSING_WITHOUT,
    CONTESTED,
    EQUIPMENT,
    PROPOSED,
    REMINDER,
    Appointment,
    CaseFile,
    Due,
    Frame,
    Plan,
    dropped,
    how_to_send,
    note,
)
from bot.followup.timeline import DST, N1, SR, Said, of_kind
from bot.messages import Text


def plan_reminders(case: CaseFile, frame: Frame) -> Plan:
    """« demain »: the evening before and at no other time."""
    whole = Plan()
    for one in case.appointments:
        whole += _reminder(one, case, frame)
    return whole


def plan_equipment(case: CaseFile, frame: Frame) -> Plan:
    """News of what was fitted at the diagnosis. Whether anything was, whoever follows the case knows."""
    done = next((one.ended_on for one in of_kind(case.episodes, DST)), None)
    if done is None or case.sent_since(done, EQUIPMENT):
        return Plan()
    occurrence, last = done.isoformat(), done + timedelta(days=frame.values.equipment_until_days)
    if frame.today > last:
        return dropped(EQUIPMENT, occurrence, "too_late", day=last)
    when = frame.at(done + timedelta(days=frame.values.equipment_from_days))
    said = Said(Text("planning.reason.materiel_pose", {"day": done, "last": last}), (50,))
    return Plan((Due(EQUIPMENT, occurrence, when, EQUIPMENT, PROPOSED, said),))


def plan_closing(case: CaseFile, frame: Frame) -> Plan:
    """A message at the end of a SR, which promises news only where the territory takes the N+1."""
    whole, runs = Plan(), of_kind(case.episodes, SR)
    for run in runs:
        if run.ended_on is None or case.sent_since(run.ended_on, CLOSING, CLOSING_WITHOUT):
            continue
        if any(other is not run and other.runs_on(max(run.ended_on, frame.today)) for other in runs):
            whole += note("other_sr", 48, 52, day=run.ended_on)
            continue
        whole += _closing(run.ended_on, frame)
    return whole


def plan_alert(case: CaseFile, frame: Frame) -> Plan:
    """What the alert giver may know: a reference, and only once the household's agreement is recorded."""
    whole = Plan()
    for step, day in _outcomes(case):
        last = max(day, case.alert_agreed_on or day) + timedelta(days=frame.values.alert_giver_until_days)
        occurrence = f"{step}:{day.isoformat()}"
        if frame.today > last:
            whole += dropped(ALERT, occurrence, "too_late", day=last)
        elif case.alert_agreed_on is None:
            whole += note("no_agreement", 45, day=day) if day <= frame.today else Plan()
        else:
            when = frame.at(max(day, case.alert_agreed_on))
            said = Said(Text(f"planning.reason.alert_{step}", {"day": day, "agreed": case.alert_agreed_on}), (45,))
            whole += Plan((Due(ALERT, occurrence, when, ALERT, PROPOSED, said),))
    return whole


def _reminder(one: Appointment, case: CaseFile, frame: Frame) -> Plan:
    eve = one.day - timedelta(days=1)
    starts, ends = frame.at(eve, frame.values.reminder_from), frame.at(eve, frame.values.reminder_until)
    if one.state in (CALLED_OFF, CONTESTED):
        return dropped(REMINDER, one.occurrence, one.state) + (
            note("contested", day=one.day) if one.state == CONTESTED and one.day >= frame.today else Plan()
        )
    if one.said_at >= starts:
        return dropped(REMINDER, one.occurrence, "just_said")
    if frame.now > ends:
        return dropped(REMINDER, one.occurrence, "eve_past")
    how = PROPOSED if one.state == ASKED else how_to_send(case)
    said = Said(Text(f"planning.reason.reminder_{one.state}", {"day": one.day, "hour": f"{one.hour:%H:%M}"}))
    slots = {"jour": one.day.isoformat(), "heure": f"{one.hour:%H:%M}", "lieu": one.lieu}
    return Plan((Due(REMINDER, one.occurrence, starts, REMINDER, how, said, slots),))


def _closing(ended: date, frame: Frame) -> Plan:
    last = ended + timedelta(days=frame.values.closing_until_days)
    if frame.today > last:
        return dropped(CLOSING, ended.isoformat(), "too_late", day=last)
    taken = frame.option("option_n1")
    promises = taken is not None and taken.value is True
    code = "fin_accompagnement" if promises else "fin_accompagnement_sans_suite"
    said = Said(Text(f"planning.reason.{code}", {"day": ended}), (13, 24))
    template = CLOSING if promises else CLOSING_WITHOUT
    return Plan((Due(CLOSING, ended.isoformat(), frame.at(ended), template, PROPOSED, said),))


def _outcomes(case: CaseFile) -> Iterator[tuple[str, date]]:
    for step, kind in (("sr", SR), ("n1", N1)):
        yield from ((step, one.ended_on) for one in of_kind(case.episodes, kind) if one.ended_on is not None)
