"""A spoken yes or no to what waits: no is taken, yes only from an engine that writes down whatever is said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.listening import Note, expected, heard
from bot.services import Services
from bot.speech.hearing import Transcript
from tests.bot.test_conversation_versions import TODAY, Talk
from tests.bot.test_telling import STORY, said, told, waiting
from tests.rules.situations import COMPILED


def services(talk: Talk) -> Services:
    return Services(
        current=COMPILED,
        compiled={COMPILED.ruleset.id.version: COMPILED}.get,
        superseded=lambda _: None,
        journal=talk.journal,
        territory=lambda _: None,
        key=lambda asker: asker,
        token=lambda: "token",
        now=lambda: datetime(2026, 11, 23, 9, tzinfo=UTC),
    )


def note(talk: Talk) -> Note:
    return Note("web:a", "web", "fr", talk.journal.dialogues["web:a"].turn)


def hear(talk: Talk, words: str, *, free: bool = False) -> None:
    talk.reply = heard(note(talk), Transcript(words, free), TODAY, services(talk))


def test_yes_and_no_can_be_said_only_while_something_waits() -> None:
    talk = Talk().say(command="start")
    assert "oui" not in expected(note(talk), TODAY, services(talk))
    talk.say(text=STORY)
    assert {"oui", "non", "je ne sais pas"} <= {*expected(note(talk), TODAY, services(talk))}


def test_a_no_is_taken() -> None:
    talk = Talk().say(command="start").say(text=STORY)
    hear(talk, "non")
    assert waiting(talk) is None and told(talk) == {}


def test_a_guessed_yes_confirms_nothing_and_shows_the_button_again() -> None:
    talk = Talk().say(command="start").say(text=STORY)
    hear(talk, "oui")
    assert waiting(talk) is not None and told(talk) == {}
    assert said("speech.press_yes") in talk.notices
    assert any(button.startswith("y:") for button in talk.buttons())


@pytest.mark.parametrize("words", ["Oui.", "oui, c'est ça"])
def test_a_yes_that_was_written_down_confirms(words: str) -> None:
    talk = Talk().say(command="start").say(text=STORY)
    hear(talk, words, free=True)
    assert told(talk)["dst"] == "fait" and waiting(talk) is None
