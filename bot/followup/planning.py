"""A household case -> the steps that are due, each with its reason. Pure: the moment is given, nothing is sent.

What promises something (an N+1, an appointment) is only proposed to whoever follows the case. What a reminder says was
promised already, and leaves by itself where the household agreed to messages.
"""

from __future__ import annotations

from dataclasses import replace

from bot.followup.planning_n1 import plan_n1
from bot.followup.planning_support import plan_alert, plan_closing, plan_equipment, plan_reminders
from bot.followup.relay import REFUSED, STOPPED, UNASKED
from bot.followup.steps import CaseFile, Frame, Plan, note

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
