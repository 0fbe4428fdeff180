"""An interview that is begun anew before its end is noted with the question that was on screen."""

from __future__ import annotations

from tests.bot.test_conversation_versions import SUPPORT, Talk


def test_what_is_left_is_noted_with_its_question_and_how_many_were_answered():
    talk = Talk().say(command="start").choose(*SUPPORT[:2])
    asked = talk.journal.dialogues["web:a"].asking
    talk.say(command="recommencer")
    assert asked and talk.journal.abandoned == [(asked, 2)]
    talk.say(command="recommencer")
    assert talk.journal.abandoned == [(asked, 2)], "nothing was answered since"


def test_a_finished_interview_is_not_left():
    talk = Talk().say(command="start").choose(*SUPPORT)
    assert talk.journal.enquiries
    talk.say(command="recommencer")
    assert talk.journal.abandoned == []
