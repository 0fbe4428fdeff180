"""A question of the log is taken up with its answers, under its own rules; where that cannot be, it begins again."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from itertools import islice

from bot.journal import Enquiry
from bot.resuming import restored
from rules.compile import compile_ruleset
from rules.interview import Interviewer, Step
from rules.load import ruleset_of
from tests.bot.offline_ways import Ways, days_to_type
from tests.bot.test_conversation_versions import OLD, SUPPORT, Talk
from tests.rules.situations import COMPILED
from tests.rulesets import less_sure

TODAY = date(2026, 11, 24)


def logged(step: Step, **changes: object) -> Enquiry:
    values = {
        "token": "token",
        "interview": "interview",
        "asked_at": datetime(2026, 11, 24, 9, tzinfo=UTC),
        "channel": "web",
        "language": "fr",
        "territory": None,
        "asker": "asker",
        "ruleset_version": OLD,
        "facts": json.loads(json.dumps(step.situation.record())),
        "answer": {"missions": list(step.finding.missions)},
    }
    return Enquiry(**(values | changes))


def test_the_answers_come_back_as_they_were_given_typed_days_too() -> None:
    interviewer = Interviewer(COMPILED)
    ways = Ways(interviewer, TODAY, days_to_type(interviewer, TODAY)[:1])
    ends = [(interview, step) for interview, step in ways.walk() if step.finding]
    assert len(ends) > 4000
    for interview, step in islice(ends, 0, None, 31):
        assert restored(logged(step), interviewer) == interview


def test_facts_that_were_told_without_a_question_are_taken_up_with_the_answers() -> None:
    interviewer = Interviewer(COMPILED)
    told = {
        "dst": "fait",
        "date_dst": {"from": "2026-10-01", "to": "2026-10-31"},
        "accompagnement_continu": False,
        "date_dernier_accompagnement": {"from": "2026-10-05", "to": "2026-10-20"},
        "date_contact": "2026-12-03",
    }
    interview = interviewer.tell(interviewer.start(TODAY), told)
    while (step := interviewer.step(interview)).question is not None:
        interview = interviewer.answer(interview, step.choices[0].id)
    again = restored(logged(step), interviewer)
    assert again is not None and {**again.told} == {**interview.told}
    assert interviewer.step(again) == step


def test_facts_that_do_not_lead_there_any_more_are_not_taken_up() -> None:
    interviewer = Interviewer(COMPILED)
    _, step = next((i, s) for i, s in Ways(interviewer, TODAY).walk() if s.finding)
    facts = dict(step.situation.record())
    assert restored(logged(step, facts={**facts, "action": "danse"}), interviewer) is None
    assert restored(logged(step, facts={k: v for k, v in facts.items() if k != "aujourdhui"}), interviewer) is None
    assert restored(logged(step, answer={"missions": ["amont", "evaluation"]}), interviewer) is None


def test_a_question_under_rules_that_changed_is_taken_up_under_its_own() -> None:
    talk = Talk().say().choose(*SUPPORT)
    token = talk.journal.enquiries[0].token
    talk.say(command="recommencer")
    talk.publish(compile_ruleset(ruleset_of(less_sure())))
    talk.say(button=f"t:0:{token}")
    assert "coordination.resumed" in messages(talk)
    assert any(section.kind == "answer" for section in talk.reply.sections)
    talk.say(button=next(b for b in talk.buttons() if b.endswith(":accompagnement_continu")))
    talk.choose("m4_12")
    last = talk.journal.enquiries[-1]
    assert (last.replaces, last.ruleset_version) == (token, OLD)


def test_where_its_rules_are_gone_it_begins_again_and_still_replaces_the_old() -> None:
    talk = Talk().say().choose(*SUPPORT)
    token = talk.journal.enquiries[0].token
    talk.say(command="recommencer")
    talk.publish(compile_ruleset(ruleset_of(less_sure())))
    del talk.kept[OLD]
    talk.say(command="recommencer").say(button=f"t:0:{token}")
    assert "coordination.again" in messages(talk)
    talk.choose(*SUPPORT)
    assert talk.journal.enquiries[-1].replaces == token


def test_a_question_under_way_is_left_only_once_the_visitor_says_so() -> None:
    talk = Talk().say().choose(*SUPPORT)
    token = talk.journal.enquiries[0].token
    talk.say(command="recommencer").choose("bilan")
    talk.say(button=f"t:0:{token}")
    assert "coordination.moved_on" in messages(talk)
    assert any(section.kind == "question" for section in talk.reply.sections)
    talk.choose("accompagner")
    assert len(talk.journal.enquiries) == 1
    talk.say(button=f"t:0:{token}")
    talk.say(button=next(b for b in talk.buttons() if b.startswith("t:")))
    assert "coordination.resumed" in messages(talk)


def test_the_question_that_is_shown_is_shown_again() -> None:
    talk = Talk().say().choose(*SUPPORT)
    talk.say(button=f"t:0:{talk.journal.enquiries[0].token}")
    assert not [m for m in messages(talk) if m.startswith("coordination.")]
    assert any(section.kind == "answer" for section in talk.reply.sections)


def test_a_question_that_is_not_there_is_out_of_date() -> None:
    talk = Talk().say().choose("bilan")
    talk.say(button="t:0:no-such-token")
    assert "chat.out_of_date" in messages(talk)


def messages(talk: Talk) -> list[str]:
    return [line.message for section in talk.reply.sections for line in section.lines]
