"""What planning has to know of many cases at once, read in few queries. Only appointments are unsealed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from api.storage.household_schema import cases, episodes, household_messages
from api.storage.households import CANCELLED, FAILED, IN, OUT, QUEUED, READ, SENT
from api.storage.vault import Box, Vault
from bot.followup import steps
from bot.followup.content import TEMPLATE
from bot.followup.relay import APPOINTMENT, APPOINTMENTS, GIVEN
from bot.followup.slots import fill
from bot.followup.steps import ASKED, CALLED_OFF, CONTESTED, NOTED, Appointment, Attempt, CaseFile
from bot.followup.templates import templates
from bot.followup.timeline import Episode

MOVED, CALLED = "rendez_vous_report", "rendez_vous_annulation"
OF_APPOINTMENTS = (*APPOINTMENTS, CALLED)
ATTEMPTS = (
    steps.PROPOSITION,
    steps.CONTACT,
    steps.LAST,
    steps.EQUIPMENT,
    steps.CLOSING,
    steps.CLOSING_WITHOUT,
)
AGAINST = frozenset({"changer_jour", "annuler", "autre_jour"})


@dataclass(frozen=True, slots=True)
class Planned:
    """A case as planning reads it."""

    reference: str
    territory: str | None
    file: CaseFile


def open_references(connection: Connection, after: str, most: int, territory: str | None = None) -> list[str]:
    """The references of open cases, in order, from the one after ``after``."""
    wanted = select(cases.c.reference).where(cases.c.closed_at.is_(None), cases.c.reference > after)
    if territory is not None:
        wanted = wanted.where(cases.c.territory == territory)
    return list(connection.scalars(wanted.order_by(cases.c.reference).limit(most)))


def case_files(connection: Connection, vault: Vault, references: Sequence[str]) -> Iterator[Planned]:
    """These cases, in order; each is this transaction's alone until it ends. Erased ones have no open secret left."""
    wanted = select(cases).where(cases.c.reference.in_(references)).order_by(cases.c.reference)
    rows = connection.execute(wanted.with_for_update()).mappings().all()
    lived = _by_case(connection, select(episodes).where(episodes.c.case_ref.in_(references)).order_by(episodes.c.id))
    sent = _by_case(connection, _out(references))
    answered: dict[str, Any] = dict(connection.execute(_answers(references)).all())
    for row in rows:
        reference = row["reference"]
        messages = sent.get(reference, ())
        box = vault.box(row["sealing"]) if row["sealing"] and _any_appointment(messages) else None
        file = CaseFile(
            consent=row["consent"],
            channel=row["channel"] if row["consent"] == GIVEN else None,
            closed=row["closed_at"] is not None,
            episodes=tuple(Episode(e["kind"], e["began_on"], e["ended_on"]) for e in lived.get(reference, ())),
            appointments=tuple(appointments(messages, box).values()) if box else (),
            attempts=tuple(map(_attempt, (m for m in messages if _is_attempt(m)))),
            answered_at=answered.get(reference),
            alert_agreed_on=row["alert_agreed_on"],
        )
        yield Planned(reference, row["territory"], file)


def appointments(messages: Sequence[RowMapping], box: Box) -> dict[tuple[Any, Any], Appointment]:
    """The appointments that a household was told of, by day and hour, as its last word or ours left them."""
    known: dict[tuple[Any, Any], Appointment] = {}
    for row in messages:
        if row["subject"] not in OF_APPOINTMENTS or row["state"] == CANCELLED:
            continue
        values = _values(box.open(row["content"]))
        slots = fill(templates()[row["subject"]], values)
        if row["subject"] == MOVED:
            old = (slots["ancien_jour"], slots["ancienne_heure"])
            if old in known:
                known[old] = replace(known[old], state=CALLED_OFF)
        key = (slots["jour"], slots["heure"])
        if row["subject"] in (APPOINTMENT, MOVED):
            known[key] = Appointment(*key, lieu=str(values["lieu"]), said_at=row["made_at"], state=_state(row))
        elif key in known and (row["subject"] == CALLED or row["pressed"] in AGAINST):
            known[key] = replace(known[key], state=CALLED_OFF if row["subject"] == CALLED else CONTESTED)
    return known


def _state(row: RowMapping) -> str:
    if row["pressed"] in AGAINST:
        return CONTESTED
    if row["state"] == FAILED or (row["subject"] == MOVED and row["pressed"] != "oui"):
        return ASKED
    return NOTED


def _values(content: object) -> Mapping[str, object]:
    assert isinstance(content, dict)  # noqa: S101  (ours)
    values: Mapping[str, object] = content["values"]
    return values


def _out(references: Sequence[str]) -> Any:
    table = household_messages
    wanted = table.c.case_ref.in_(references) & (table.c.direction == OUT) & (table.c.kind == TEMPLATE)
    named = table.c.subject.in_((*OF_APPOINTMENTS, *ATTEMPTS))
    return select(table).where(wanted & named).order_by(table.c.case_ref, table.c.number)


def _answers(references: Sequence[str]) -> Any:
    table = household_messages
    wanted = table.c.case_ref.in_(references) & (table.c.direction == IN)
    return select(table.c.case_ref, func.max(table.c.made_at)).where(wanted).group_by(table.c.case_ref)


def _by_case(connection: Connection, wanted: Any) -> dict[str, list[RowMapping]]:
    found: dict[str, list[RowMapping]] = {}
    for row in connection.execute(wanted).mappings():
        found.setdefault(row["case_ref"], []).append(row)
    return found


def _any_appointment(messages: Sequence[RowMapping]) -> bool:
    return any(row["subject"] in OF_APPOINTMENTS for row in messages)


def _is_attempt(row: RowMapping) -> bool:
    return row["subject"] in ATTEMPTS and row["state"] not in (FAILED, CANCELLED)


def _attempt(row: RowMapping) -> Attempt:
    return Attempt(row["subject"], row["sent_at"] or row["made_at"], row["state"] in (SENT, READ, QUEUED))
