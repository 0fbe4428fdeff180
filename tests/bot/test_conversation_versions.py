"""A conversation when the rules change under it: it ends under its own, or begins anew where they are gone."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime

import pytest

from bot.conversation import respond
from bot.journal import MemoryJournal
from bot.messages import Incoming, Text
from bot.services import Services
from rules.compile import compile_ruleset
from rules.load import ruleset_of
from tests.rules.situations import COMPILED
from tests.rulesets import less_sure

TODAY, SINCE = date(2026, 11, 23), date(2026, 11, 3)
OLD = COMPILED.ruleset.id.version
SUPPORT = ["mediation_bailleur", "sr_en_cours", "sans_interruption"]


@pytest.fixture(scope="module")
def changed():
    return compile_ruleset(ruleset_of(less_sure()))


class Talk:
    """One visitor, and rules that may change between two presses."""

    def __init__(self):
        self.journal, self.events = MemoryJournal(), itertools.count()
        self.current, self.kept = COMPILED, {OLD: COMPILED}

    def publish(self, compiled):
        self.current = compiled
        self.kept[compiled.ruleset.id.version] = compiled

    def say(self, today=TODAY, **what):
        services = Services(
            current=self.current,
            compiled=self.kept.get,
            superseded=lambda version: None if version == self.current.ruleset.id.version else SINCE,
            journal=self.journal,
            territory=lambda _: None,
            key=lambda asker: asker,
            token=lambda: f"token-{len(self.journal.enquiries)}",
            now=lambda: datetime(2026, 11, 23, 9, tzinfo=UTC),
        )
        incoming = Incoming(channel="web", event=str(next(self.events)), asker="a", today=today, **what)
        self.reply = respond(incoming, services)
        return self

    def choose(self, *choices):
        for choice in choices:
            if self.button(choice) is None:
                self.say(button=next(b for b in self.buttons() if b.startswith("m:")))
            self.say(button=self.button(choice))
        return self

    def buttons(self):
        return [button.data for row in self.reply.buttons for button in row]

    def button(self, choice):
        return next((b for b in self.buttons() if b.startswith("a:") and b.endswith(f":{choice}")), None)

    @property
    def notices(self):
        return [line for section in self.reply.sections if section.kind == "notice" for line in section.lines]

    @property
    def versions(self):
        return [enquiry.ruleset_version for enquiry in self.journal.enquiries]


def said(message, **params):
    return Text(message, params)


def test_what_began_under_one_version_ends_under_it_and_says_so(changed):
    talk = Talk().say(command="start").choose(*SUPPORT[:2])
    talk.publish(changed)
    talk.choose(*SUPPORT[2:])
    assert talk.notices == [said("versions.began_under", since=SINCE, version=OLD)]
    assert talk.versions == [OLD]
    assert talk.journal.enquiries[0].answer["certainty"] == "stated"
    assert talk.journal.enquiries[0].answer["ruleset"]["version"] == OLD


def test_a_new_question_is_asked_under_the_rules_in_force(changed):
    talk = Talk().say(command="start").choose(*SUPPORT[:2])
    talk.publish(changed)
    talk.choose(*SUPPORT[2:]).say(command="recommencer").choose(*SUPPORT)
    assert talk.versions == [OLD, changed.ruleset.id.version]
    assert talk.notices == []
    assert talk.journal.enquiries[1].replaces is None


def test_a_correction_stays_under_the_version_of_the_answer(changed):
    talk = Talk().say(command="start").choose(*SUPPORT)
    talk.publish(changed)
    talk.say(button=next(b for b in talk.buttons() if b.startswith("c:")))
    talk.choose("maintien_contact")
    assert talk.versions == [OLD, OLD]
    assert talk.journal.enquiries[1].replaces == "token-0"


def test_a_first_question_that_was_shown_is_answered_under_the_version_that_showed_it(changed):
    talk = Talk().say()
    talk.publish(changed)
    talk.choose(*SUPPORT)
    assert talk.versions == [OLD]


def test_whoever_has_answered_nothing_yet_is_asked_under_the_rules_in_force(changed):
    talk = Talk().say()
    late = talk.button(SUPPORT[0]) or "a:0:mediation_bailleur"
    talk.publish(changed)
    talk.say()
    assert talk.notices == []
    assert talk.say(button=late).notices == [said("chat.out_of_date")]
    talk.choose(*SUPPORT)
    assert talk.versions == [changed.ruleset.id.version]


@pytest.mark.parametrize("what", [{}, {"button": "a:2:sr_en_cours"}, {"text": "1"}], ids=["look", "press", "text"])
def test_where_the_version_is_gone_the_question_begins_anew_and_nothing_is_taken_for_an_answer(changed, what):
    talk = Talk().say(command="start").choose(*SUPPORT[:2])
    talk.publish(changed)
    del talk.kept[OLD]
    talk.say(**what)
    assert talk.notices == [said("chat.rules_changed")]
    record = talk.journal.dialogue("web:a").interview
    assert (record["answers"], record["ruleset_version"]) == ([], changed.ruleset.id.version)
    talk.choose(*SUPPORT)
    assert talk.versions == [changed.ruleset.id.version]


def test_where_the_version_is_gone_after_an_answer_the_next_one_replaces_nothing(changed):
    talk = Talk().say(command="start").choose(*SUPPORT)
    talk.publish(changed)
    del talk.kept[OLD]
    talk.say().choose(*SUPPORT)
    assert [enquiry.replaces for enquiry in talk.journal.enquiries] == [None, None]


def test_a_question_that_nobody_has_answered_yet_counts_from_the_day_it_is_answered():
    talk = Talk().say(today=date(2026, 11, 2))
    talk.choose(SUPPORT[0])
    assert talk.journal.dialogue("web:a").interview["started"] == TODAY.isoformat()
