"""A household case -> the steps that are due, each with its reason. Pure: the moment is given, nothing is sent.

What promises something (an N+1, an appointment) is only proposed to whoever follows the case. What a reminder says was
promised already, and leaves by itself where the household agreed to messages.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.followup.content import TEMPLATE, Content
from bot.followup.planning_n1 import plan_n1
from bot.followup.planning_support import plan_alert, plan_closing, plan_equipment, plan_reminders
from bot.followup.planning_values import planning_values
from bot.followup.relay import REFUSED, STOPPED, UNASKED
from bot.followup.slots import fill
from bot.followup.steps import REMINDER, CaseFile, Frame, Plan, note
from bot.followup.templates import templates

PARTS = (plan_n1, plan_reminders, plan_equipment, plan_closing, plan_alert)


def plan(case: CaseFile, frame: Frame) -> Plan:
    """The steps that are due for a case: none for one that is closed, or whose household stopped or refused."""
    if case.closed:
        return Plan()
    if case.consent in (STOPPED, REFUSED):
        return note(case.consent)
    whole = Plan()
    for part in PARTS:
        whole += part(case, frame)
    if whole.dues and case.consent == UNASKED:
        whole += note("unasked")
    return replace(whole, dues=tuple({(one.step, one.occurrence): one for one in whole.dues}.values()))


def still_true(content: Content, now: datetime) -> bool:
    """Whether a message that waited to be sent still says what is so: « demain » is over when the evening is."""
    if content.kind != TEMPLATE or content.subject != REMINDER:
        return True
    values = planning_values()
    local, day = now.astimezone(values.timezone), fill(templates()[REMINDER], content.values)["jour"]
    assert isinstance(day, date)  # noqa: S101  (the slot's kind)
    return local.date() == day - timedelta(days=1) and local.time() <= values.reminder_until
