"""A message to a household as Matrix shows it: both languages, direction, choices with their numbers."""

from __future__ import annotations

import pytest

from bot.channels.household_chats import button_of
from bot.channels.matrix_household import meant
from bot.channels.matrix_household_view import RIGHT_TO_LEFT, household_screen
from bot.followup.catalog import catalog
from bot.followup.catalog_text import LISTEN
from bot.followup.content import FREE, TEMPLATE, Content, Shown, show
from bot.followup.hearing import EAR, LISTEN_BUTTON, with_listening
from bot.followup.templates import templates
from tests.bot.household import examples


def shown(template: str, language: str) -> Shown:
    return with_listening(show(Content(TEMPLATE, template, examples(templates()[template])), language), None)


@pytest.mark.parametrize("language", ["ar", "fa-AF", "ps"])
def test_right_to_left_lines_say_so_in_words_and_in_html_and_other_lines_do_not(language: str) -> None:
    (page,) = household_screen(shown("rendez_vous_confirmation", language), "m").pages
    arabic = [line for line in page.body.split("\n") if any("\u0600" <= letter <= "\u06ff" for letter in line)]
    assert len(arabic) > 5 and all(line.startswith(RIGHT_TO_LEFT) for line in arabic)
    assert (
        page.html.count(f'<p dir="rtl">{RIGHT_TO_LEFT}') + page.html.count(f'<p dir="rtl"><strong>{RIGHT_TO_LEFT}') > 3
    )
    assert f'<ol dir="rtl"><li>{RIGHT_TO_LEFT}' in page.html
    (french,) = household_screen(shown("rendez_vous_confirmation", "fr"), "m").pages
    assert RIGHT_TO_LEFT not in french.body and "dir=" not in french.html


def test_choices_are_numbered_in_the_words_of_the_household_and_name_their_message() -> None:
    message = shown("rendez_vous_confirmation", "uk")
    screen = household_screen(message, "m-1")
    assert [button_of(choice.data) for choice in screen.choices] == [("m-1", one.id) for one in message.buttons]
    numbered = "\n".join(f"{number}. {one.text}" for number, one in enumerate(message.buttons, 1))
    assert screen.pages[-1].body.endswith(numbered)
    assert screen.choices[-1].label == f"{EAR} {catalog('uk').text(LISTEN)}"


def test_what_was_pressed_is_marked_and_only_listening_is_left() -> None:
    message = shown("rendez_vous_confirmation", "ar")
    screen = household_screen(message, "m", pressed="bon")
    said = next(one.text for one in message.buttons if one.id == "bon")
    assert f"{RIGHT_TO_LEFT}✓ {said}" in screen.pages[-1].body
    assert [(choice.number, choice.data) for choice in screen.choices] == [(4, f"h:m:{LISTEN_BUTTON}")]
    assert '<ol start="4" dir="rtl"><li>' in screen.pages[-1].html
    assert household_screen(shown("rendez_vous_confirmation", "ps"), "m", pressed="bon").choices == ()


def test_a_machine_is_named_under_its_own_words_before_the_french_ones() -> None:
    content = Content(FREE, "", {"french": "Bonjour <b>Amina</b>", "translated": "سلام"})
    (page,) = household_screen(show(content, "fa-AF"), "m").pages
    machine = catalog("fa-AF").text("household.page.machine").split("\n")[0]
    assert page.body.index("سلام") < page.body.index(machine) < page.body.index("Bonjour")
    assert f'<p dir="rtl"><em>{RIGHT_TO_LEFT}{machine}' in page.html
    assert "<p><strong>Bonjour &lt;b&gt;Amina&lt;/b&gt;</strong></p>" in page.html


@pytest.mark.parametrize(
    ("typed", "means"),
    [("STOP", "STOP"), ("!stop", "STOP"), ("/Stop merci", "STOP"), ("!sr_ou_n1", None), ("/aide", None), ("/x", None)]
    + [(words, words) for words in ("! urgent", "!!! aidez-moi", "!نعم", "!", "3", "")],
)
def test_a_visitors_command_is_no_answer_and_an_exclamation_is_none(typed: str, means: str | None) -> None:
    assert meant(typed) == means
