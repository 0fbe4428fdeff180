"""What a household answers -> what follows: a fact in French, what is said back, consent, what is understood.

Pure: nothing is sent or kept here. A button is a fact and needs no translation. STOP ends the messages at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from bot.followup.catalog import catalog, language_name
from bot.followup.content import DAY, DAY_BUTTON, QUESTION, TEMPLATE, WHICH_DAY, WORDS, Content
from bot.followup.message import LANGUAGE_BUTTON, offered_languages
from bot.followup.questions import household_questions
from bot.followup.slot_words import written
from bot.followup.slots import fill
from bot.followup.stop_words import meaning
from bot.followup.templates import templates
from bot.wording import SOURCE_LANGUAGE

UNASKED, GIVEN, REFUSED, STOPPED = "unasked", "given", "refused", "stopped"
LANGUAGE, CONSENT, OPT_OUT, APPOINTMENT = (
    "choix_langue",
    "accord_messages",
    "arret_messages",
    "rendez_vous_confirmation",
)
APPOINTMENTS = (APPOINTMENT, "rendez_vous_rappel", "rendez_vous_report")
TO_ACT_ON = frozenset(
    {"changer_jour", "annuler", "autre_jour", "appelez_moi", "personne_appele", "pas_appele", "erreur"}
)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes, as the messages say it: first name, organisation, phone, and whom to ask about one's data."""

    prenom: str
    structure: str
    telephone: str
    contact: str

    def slots(self, template: str) -> dict[str, object]:
        """The slots of a template that the sender fills."""
        ours = {
            "prenom": self.prenom,
            "structure": self.structure,
            "telephone": self.telephone,
            "contact": self.contact,
        }
        return {name: ours[name] for name in templates()[template].slots if name in ours}


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that the household has, and the button it pressed under it before, if any."""

    id: str
    content: Content
    pressed: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a household stands: its language, its consent to messages, who writes to it."""

    language: str
    consent: str
    sender: Sender


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a household did: pressed ``button`` under the message ``on``, wrote ``text``, or spoke."""

    on: Sent | None = None
    button: str | None = None
    text: str | None = None
    voice: bool = False


@dataclass(frozen=True, slots=True)
class Saying:
    """What is said back. ``about``: the message that it goes on from."""

    content: Content
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows. ``consent`` and ``language``: the new ones; ``understood``: the message whose day was told rightly;
    ``urgent``: somebody has to act; ``again``: a press that changes nothing."""

    says: tuple[Saying, ...] = ()
    consent: str | None = None
    language: str | None = None
    understood: str | None = None
    urgent: bool = False
    again: bool = False


class UnknownButtonError(ValueError):
    """A button that the message does not have: it was forged, or is of another version."""


def take(arrival: Arrival, standing: Standing) -> Outcome:
    """What follows from what a household did. Raises UnknownButtonError."""
    if arrival.button is not None:
        outcome = _pressed(arrival, standing)
    elif (meant := meaning(arrival.text or "", standing.language)) == "stop":
        outcome = _stop(standing)
    elif meant == "yes" and standing.consent == STOPPED:
        outcome = _said("restarted", consent=GIVEN)
    elif meant == "yes" and arrival.on and arrival.on.content.subject == CONSENT:
        outcome = _pressed(replace(arrival, button="oui", text=None), standing)
    else:
        outcome = _said("received", urgent=True)
    return outcome if _may_say(standing, outcome) else replace(outcome, says=())


def unheard(consent: str) -> Outcome:
    """What follows from a voice message in which nobody would hear anything."""
    return Outcome() if consent in (STOPPED, REFUSED) else _said("not_heard")


def may_send(template: str | None, consent: str) -> bool:
    """Whether something may be sent to a household as it consented; ``template``: None for what is no template."""
    if consent in (REFUSED, STOPPED):
        return template in (LANGUAGE, CONSENT) and consent == REFUSED
    return consent == GIVEN or template in (LANGUAGE, CONSENT)


def answer_in_french(content: Content, button: str) -> str:
    """The words of a pressed button in French, from the catalogs: never through a translator."""
    french = catalog(SOURCE_LANGUAGE)
    if content.kind == WHICH_DAY:
        return written(DAY, date.fromisoformat(button.removeprefix(DAY_BUTTON)), french)
    if content.kind == QUESTION:
        return french.text(household_questions()[content.subject].choice_message(button))
    if button.startswith(LANGUAGE_BUTTON):
        return language_name(button.removeprefix(LANGUAGE_BUTTON))
    return french.text(f"household.{content.subject}.button.{button}")


def _may_say(standing: Standing, outcome: Outcome) -> bool:
    """After STOP nothing is said but that it was heard, once."""
    return outcome.consent is not None or standing.consent not in (STOPPED, REFUSED)


def _pressed(arrival: Arrival, standing: Standing) -> Outcome:
    if arrival.on is None or arrival.button not in buttons_of(arrival.on.content):
        raise UnknownButtonError(f"no button {arrival.button!r} under this message")
    if arrival.on.pressed == arrival.button:
        return Outcome(again=True)
    if arrival.on.content.kind == WHICH_DAY:
        return _day_told(arrival.on, arrival.button)
    follow = _FOLLOWS.get(arrival.on.content.subject)
    if follow is not None and (outcome := follow(arrival.on, arrival.button, standing)) is not None:
        return outcome
    return _said("noted", urgent=arrival.button in TO_ACT_ON)


def buttons_of(content: Content) -> tuple[str, ...]:
    """The ids of a message's buttons, but for the languages, which are as many as there are catalogs."""
    if content.kind == WHICH_DAY:
        days = content.values["days"]
        assert isinstance(days, list | tuple)  # noqa: S101  (ours)
        return tuple(DAY_BUTTON + str(day) for day in days)
    if content.kind == QUESTION:
        return tuple(household_questions()[content.subject].choices)
    if content.kind != TEMPLATE:
        return ()
    template = templates()[content.subject]
    languages = (LANGUAGE_BUTTON + code for code in offered_languages()) if template.languages else ()
    return (*languages, *(button.id for button in template.buttons))


def _language(sent: Sent, button: str, standing: Standing) -> Outcome | None:
    if not button.startswith(LANGUAGE_BUTTON):
        return Outcome()
    chosen = button.removeprefix(LANGUAGE_BUTTON)
    if standing.consent != UNASKED:
        return _said("noted", language=chosen)
    consent = Content(TEMPLATE, CONSENT, MappingProxyType(standing.sender.slots(CONSENT)))
    return Outcome((Saying(consent),), language=chosen)


def _consent(_sent: Sent, button: str, standing: Standing) -> Outcome | None:
    if button == "oui":
        return _said("consented", consent=GIVEN)
    if button == "non":
        return _said("refused", consent=REFUSED, urgent=True)
    return Outcome()


def _opt_out(_sent: Sent, _button: str, standing: Standing) -> Outcome | None:
    return _said("restarted", consent=GIVEN) if standing.consent == STOPPED else Outcome()


def _appointment(sent: Sent, button: str, _standing: Standing) -> Outcome | None:
    """« C'est bon » is read, not understood: one question tells the two apart."""
    if button not in ("bon", "oui", "je_serai_la"):
        return None
    return Outcome((Saying(which_day(sent.content), sent.id),))


def which_day(appointment: Content) -> Content:
    """The question after an appointment: its day among three, in the order of the calendar."""
    day = fill(templates()[appointment.subject], appointment.values)["jour"]
    assert isinstance(day, date)  # noqa: S101  (the slot's kind)
    others = {1: (-1, 7), 2: (1, 7), 0: (-7, -1)}[day.toordinal() % 3]
    days = sorted([day, *(day + timedelta(days=n) for n in others)])
    values = {"days": [one.isoformat() for one in days], "right": day.isoformat(), "appointment": appointment.record()}
    return Content(WHICH_DAY, "which_day", MappingProxyType(values))


def _day_told(sent: Sent, button: str) -> Outcome:
    if button == f"{DAY_BUTTON}{sent.content.values['right']}":
        return replace(_said("right_day"), understood=sent.id)
    appointment = sent.content.values["appointment"]
    assert isinstance(appointment, Mapping)  # noqa: S101  (ours)
    wrong = Content(WORDS, "wrong_day")
    return Outcome((Saying(wrong), Saying(Content.from_record(appointment))), urgent=True)


def _stop(standing: Standing) -> Outcome:
    if standing.consent == STOPPED:
        return Outcome(again=True)
    heard = Content(TEMPLATE, OPT_OUT, MappingProxyType(standing.sender.slots(OPT_OUT)))
    return Outcome((Saying(heard),), consent=STOPPED, urgent=True)


def _said(subject: str, *, consent: str | None = None, language: str | None = None, urgent: bool = False) -> Outcome:
    return Outcome((Saying(Content(WORDS, subject)),), consent=consent, language=language, urgent=urgent)


_Follow = Callable[[Sent, str, Standing], Outcome | None]
_FOLLOWS: Mapping[str, _Follow] = {
    LANGUAGE: _language,
    CONSENT: _consent,
    OPT_OUT: _opt_out,
    **dict.fromkeys(APPOINTMENTS, _appointment),
}
