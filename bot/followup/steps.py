"""What planning knows of a household case, and the steps that it finds due. All frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType

from bot.followup.planning_values import PlanningValues
from bot.followup.relay import GIVEN, UNASKED
from bot.followup.timeline import Episode, Said
from bot.messages import Text
from rules.model import Convention, Territory
from rules.vocabulary import Delays

PROPOSITION, CONTACT, LAST = "n1_proposition", "reprise_de_contact", "dernier_message"
REMINDER, EQUIPMENT = "rendez_vous_rappel", "materiel_pose"
CLOSING, CLOSING_WITHOUT, ALERT = "fin_accompagnement", "fin_accompagnement_sans_suite", "donneur_alerte_information"
STEPS = (PROPOSITION, CONTACT, LAST, REMINDER, EQUIPMENT, CLOSING, ALERT)
ALONE, PROPOSED = "alone", "proposed"
NOTED, ASKED, CONTESTED, CALLED_OFF = "noted", "asked", "contested", "called_off"
NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Appointment:
    """``state``: noted (the household was told), asked (another day was proposed, it did not say yes), contested (it
    wants another day, or none) or called_off. ``said_at``: when it was last told. ``lieu``: as the slot has it."""

    day: date
    hour: time
    lieu: str
    said_at: datetime
    state: str = NOTED

    @property
    def occurrence(self) -> str:
        return f"{self.day.isoformat()}T{self.hour:%H:%M}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A message that was sent to the household. ``arrived``: it left by a channel, or its page was opened."""

    template: str
    made_at: datetime
    arrived: bool = True


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What is known of a case. ``channel``: what messages leave by without anybody's hand, if any; ``answered_at``: the
    household's last word."""

    consent: str = UNASKED
    channel: str | None = None
    closed: bool = False
    episodes: tuple[Episode, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    answered_at: datetime | None = None
    alert_agreed_on: date | None = None

    def sent_since(self, day: date, *wanted: str) -> list[Attempt]:
        """The messages of these templates since a day, first to last."""
        found = (one for one in self.attempts if one.template in wanted and one.made_at.date() >= day)
        return sorted(found, key=lambda one: one.made_at)


@dataclass(frozen=True, slots=True)
class Due:
    """A step that is due, once a case and occurrence. ``how``: alone or proposed; ``slots``: those already known."""

    step: str
    occurrence: str
    due_at: datetime
    template: str
    how: str
    said: Said
    slots: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A step that is due no longer, and why."""

    step: str
    occurrence: str
    said: Said


@dataclass(frozen=True, slots=True)
class Plan:
    """``notes``: what whoever follows the case has to know or decide, also why nothing is planned."""

    dues: tuple[Due, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    notes: tuple[Said, ...] = ()

    def __add__(self, other: Plan) -> Plan:
        return Plan(self.dues + other.dues, self.dropped + other.dropped, self.notes + other.notes)


@dataclass(frozen=True, slots=True)
class Frame:
    """What planning goes by beside the case: the moment (aware), the rules' delays, the territory, our values."""

    now: datetime
    delays: Delays
    values: PlanningValues
    territory: Territory | None = None

    @property
    def today(self) -> date:
        return self.now.astimezone(self.values.timezone).date()

    def at(self, day: date, hour: time | None = None) -> datetime:
        """The moment of a civil hour on a day, in UTC."""
        local = datetime.combine(day, hour or self.values.proposal_hour, self.values.timezone)
        return local.astimezone(UTC)

    def local_day(self, moment: datetime) -> date:
        return moment.astimezone(self.values.timezone).date()

    def option(self, name: str) -> Convention | None:
        """What the territory decided about an option; None where that is not known."""
        return self.territory.options.get(name) if self.territory else None


def how_to_send(case: CaseFile) -> str:
    """How what was promised already leaves: by itself where the household agreed and there is a channel."""
    return ALONE if case.consent == GIVEN and case.channel is not None else PROPOSED


def dropped(step: str, occurrence: str, why: str, **params: object) -> Plan:
    return Plan(dropped=(Dropped(step, occurrence, Said(Text(f"planning.dropped.{why}", params))),))


def note(why: str, *statements: int, **params: object) -> Plan:
    return Plan(notes=(Said(Text(f"planning.note.{why}", params), statements),))


def days_after(moment: datetime, days: int, frame: Frame) -> datetime:
    """That many days after, at the hour when proposals are made."""
    return frame.at(frame.local_day(moment) + timedelta(days=days))
