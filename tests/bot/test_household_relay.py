"""What follows from what a household does: consent, STOP, appointments understood, all without a translator."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.followup.catalog import catalog, household_languages
from bot.followup.content import TEMPLATE, Content
from bot.followup.relay import Arrival, Sender, Sent, Standing, UnknownButtonError, answer_in_french, take, which_day
from bot.followup.templates import templates
from tests.bot.household import examples

SENDER = Sender("Amina", "Département de l'Aude", "01 23 45 67 89", "dpo@exemple.fr")


def sent(template: str, **slots: object) -> Sent:
    return Sent("m1", Content(TEMPLATE, template, {**examples(templates()[template]), **slots}))


def standing(consent: str = "given", language: str = "ar") -> Standing:
    return Standing(language, consent, SENDER)


def test_choosing_a_language_asks_for_consent_in_it() -> None:
    outcome = take(Arrival(sent("choix_langue"), button="langue.fa-AF"), standing("unasked", "fr"))
    assert outcome.language == "fa-AF"
    assert answer_in_french(sent("choix_langue").content, "langue.fa-AF") == "dari"
    assert [saying.content.subject for saying in outcome.says] == ["accord_messages"]


@pytest.mark.parametrize(("button", "consent"), [("oui", "given"), ("non", "refused"), ("ecouter", None)])
def test_consent_is_what_was_pressed(button: str, consent: str | None) -> None:
    assert take(Arrival(sent("accord_messages"), button=button), standing("unasked")).consent == consent


@pytest.mark.parametrize("language", household_languages())
def test_stop_in_each_language_ends_the_messages_and_is_heard_once(language: str) -> None:
    word = catalog(language).words_to_write("stop")[0]
    outcome = take(Arrival(text=word), standing(language=language))
    assert outcome.consent == "stopped"
    assert [saying.content.subject for saying in outcome.says] == ["arret_messages"]
    again = take(Arrival(text=word), standing("stopped", language))
    assert again.says == () and again.consent is None


@pytest.mark.parametrize("language", household_languages())
def test_yes_after_stop_begins_again(language: str) -> None:
    word = catalog(language).words_to_write("yes")[0]
    assert take(Arrival(text=word), standing("stopped", language)).consent == "given"


def test_after_stop_words_are_taken_in_and_nothing_is_said_back() -> None:
    outcome = take(Arrival(text="مرحبا"), standing("stopped"))
    assert outcome.urgent and outcome.says == ()


@pytest.mark.parametrize("start", [date(2027, 1, 4) + timedelta(days=n) for n in range(6)])
def test_an_appointment_is_understood_when_its_day_is_told_among_three(start: date) -> None:
    appointment = sent("rendez_vous_confirmation", jour=start.isoformat())
    outcome = take(Arrival(appointment, button="bon"), standing())
    asked = outcome.says[0]
    assert asked.about == "m1" and outcome.understood is None
    days = asked.content.values["days"]
    assert isinstance(days, list) and len(set(days)) == 3 and days == sorted(days) and start.isoformat() in days
    question = Sent("m2", asked.content)
    assert take(Arrival(question, button=f"jour.{start.isoformat()}"), standing()).understood == "m2"
    wrong = next(day for day in days if day != start.isoformat())
    told = take(Arrival(question, button=f"jour.{wrong}"), standing())
    assert told.understood is None and told.urgent
    assert [saying.content.subject for saying in told.says] == ["wrong_day", "rendez_vous_confirmation"]


def test_the_right_day_is_not_always_at_the_same_place() -> None:
    days = [date(2027, 1, 4) + timedelta(days=n) for n in range(3)]
    contents = [sent("rendez_vous_confirmation", jour=day.isoformat()).content for day in days]
    places = set()
    for day, content in zip(days, contents, strict=True):
        offered = which_day(content).values["days"]
        assert isinstance(offered, list)
        places.add(offered.index(day.isoformat()))
    assert places == {0, 1, 2}


def test_a_button_that_the_message_does_not_have_is_refused() -> None:
    with pytest.raises(UnknownButtonError):
        take(Arrival(sent("accord_messages"), button="jour.2027-01-06"), standing())
    with pytest.raises(UnknownButtonError):
        take(Arrival(None, button="oui"), standing())


@pytest.mark.parametrize("template", [t.id for t in templates() if t.recipient == "menage"])
def test_every_button_of_every_message_has_its_answer_in_french(template: str) -> None:
    for button in templates()[template].buttons:
        outcome = take(Arrival(sent(template), button=button.id), standing("unasked"))
        assert answer_in_french(sent(template).content, button.id) == catalog("fr").text(button.message)
        assert outcome is not None


def test_a_press_that_was_made_before_changes_nothing() -> None:
    twice = Sent("m1", sent("accord_messages").content, pressed="oui")
    assert take(Arrival(twice, button="oui"), standing()).again
    assert take(Arrival(twice, button="non"), standing()).consent == "refused"
