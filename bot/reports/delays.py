"""How long before the contact a day was, in calendar months and days, as the rules measure it."""

from __future__ import annotations

from datetime import date

from bot.messages import Text
from bot.reports.model import Known
from rules.situation import Situation, Value, bounds
from rules.vocabulary import months_before

SUPPORT = "date_dernier_accompagnement"


def since(value: Value, contact: date) -> Text:
    """« 12 mois et 3 jours avant le contact »; where the day is a range, both bounds or the one that is known."""
    shortest, longest = _interval(value, contact)
    if shortest is None:
        return Text("report.delay.at_most", {"delay": longest})
    if longest is None:
        return Text("report.delay.at_least", {"delay": shortest})
    if shortest == longest:
        return Text("report.delay.exact", {"delay": shortest})
    return Text("report.delay.between", {"shortest": shortest, "longest": longest})


def pause(situation: Situation) -> Known:
    """The time without support before the contact. Whether it is a break is only filled where that was said.

    With a support that went on there is none; where a break was not said, the time is a note, to be established.
    """
    continued, last = situation.get("accompagnement_continu"), situation.get(SUPPORT)
    contact = situation.get("date_contact")
    known = last is not None and isinstance(contact, date) and _interval(last, contact) != (None, None)
    elapsed = (since(last, contact),) if known else ()  # type: ignore[arg-type]
    if continued is True:
        return Known(Text("report.pause.none"), elapsed)
    if not elapsed:
        return Known()
    if continued is False:
        return Known(elapsed[0])
    return Known(notes=(*elapsed, Text("report.pause.to_establish")))


def _interval(value: Value, contact: date) -> tuple[Text | None, Text | None]:
    earliest, latest = bounds(value)
    shortest = _length(latest, contact) if isinstance(latest, date) else None
    longest = _length(earliest, contact) if isinstance(earliest, date) else None
    return shortest, longest


def _length(day: date, contact: date) -> Text:
    """Whole months, and the days beyond them. Never negative: a day after the contact is at no distance."""
    day = min(day, contact)
    months = max((contact.year - day.year) * 12 + contact.month - day.month, 0)
    while months and months_before(contact, months) < day:
        months -= 1
    days = (months_before(contact, months) - day).days
    parts = [Text("report.delay.months", {"n": months})] if months else []
    if days or not months:
        parts.append(Text("report.delay.days", {"n": days}))
    return parts[0] if len(parts) == 1 else Text("report.delay.both", {"months": parts[0], "days": parts[1]})
