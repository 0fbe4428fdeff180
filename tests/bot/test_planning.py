"""What a household case is due: the situations of tests/followup_plans, and what holds whatever the case."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.followup.planning import plan
from bot.followup.planning_n1 import months_after
from bot.followup.planning_values import load_planning_values
from bot.followup.relay import GIVEN, REFUSED, STOPPED, UNASKED
from bot.followup.steps import (
    ALONE,
    CLOSING,
    CONTACT,
    EQUIPMENT,
    LAST,
    PROPOSITION,
    REMINDER,
    Appointment,
    Attempt,
    CaseFile,
)
from bot.followup.timeline import KINDS, Episode
from bot.wording import languages, wording
from rules.engine import examine
from rules.errors import RulesetError
from rules.situation import parse
from rules.vocabulary import months_before
from tests.bot.followup_plans import FOLDER, VALUES, frame, moment, said, situations, territory
from tests.rules.situations import COMPILED

SITUATIONS = list(situations())
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))


@pytest.mark.parametrize("one", SITUATIONS, ids=lambda one: one.title)
def test_a_case_is_due_what_the_situation_says(one):
    made = plan(one.case, one.frame)
    found, expect = said(made), one.expect
    assert found["due"] == Counter(expect.get("due", ()))
    assert found["notes"] == Counter(expect.get("notes", ()))
    assert found["dropped"] == Counter(expect.get("dropped", ()))
    for due in made.dues:
        assert list(due.said.statements) == expect.get("statements", {}).get(due.step, list(due.said.statements))
        assert due.template == expect.get("templates", {}).get(due.step, due.template)


def test_six_weeks_after_the_visit_it_is_too_late_for_news_of_the_equipment():
    dst = date(2026, 11, 25)
    case = CaseFile(consent=GIVEN, episodes=(Episode("dst", dst, dst),))
    last, late = (plan(case, frame(moment(dst + timedelta(days=n)))) for n in (42, 43))
    assert [one.step for one in last.dues] == [EQUIPMENT] and not last.dropped
    assert not late.dues and [(one.step, one.said.text.message) for one in late.dropped] == [
        (EQUIPMENT, "planning.dropped.too_late")
    ]


def test_the_situations_are_many_and_each_has_its_own_title():
    titles = [one.title for one in SITUATIONS]
    assert len(titles) >= 40 and len(set(titles)) == len(titles)


def test_every_sentence_of_every_situation_has_words_in_every_language():
    for one in SITUATIONS:
        made = plan(one.case, one.frame)
        spoken = [*(d.said for d in made.dues), *made.notes, *(d.said for d in made.dropped)]
        for language in languages():
            assert all(wording(language).say(sentence.text) for sentence in spoken)


@st.composite
def episodes(draw):
    began = draw(DAYS)
    length = draw(st.none() | st.integers(0, 500))
    return Episode(draw(st.sampled_from(KINDS)), began, None if length is None else began + timedelta(days=length))


@st.composite
def case_files(draw, consents=(UNASKED, GIVEN, REFUSED, STOPPED)):
    told = st.builds(
        Appointment,
        DAYS,
        st.times(time(8), time(19)).map(lambda t: t.replace(second=0, microsecond=0)),
        st.just("chez_vous"),
        MOMENTS,
        st.sampled_from(["noted", "asked", "contested", "called_off"]),
    )
    sent = st.builds(Attempt, st.sampled_from([PROPOSITION, CONTACT, LAST, CLOSING]), MOMENTS, st.booleans())
    return CaseFile(
        consent=draw(st.sampled_from(consents)),
        channel=draw(st.sampled_from([None, "telegram"])),
        closed=draw(st.booleans()),
        episodes=tuple(draw(st.lists(episodes(), max_size=5))),
        appointments=tuple(draw(st.lists(told, max_size=3))),
        attempts=tuple(draw(st.lists(sent, max_size=4))),
        answered_at=draw(st.none() | MOMENTS),
        alert_agreed_on=draw(st.none() | DAYS),
    )


TERRITORIES = st.builds(territory, st.sampled_from([None, True, False]), st.none() | st.integers(2, 12))


@given(case_files(), TERRITORIES, MOMENTS)
def test_no_step_is_due_twice(case, there, now):
    keys = [(one.step, one.occurrence) for one in plan(case, frame(now, there)).dues]
    assert len(set(keys)) == len(keys)


@given(case_files((REFUSED, STOPPED)), TERRITORIES, MOMENTS)
def test_a_household_that_stopped_or_refused_is_due_nothing(case, there, now):
    assert plan(case, frame(now, there)).dues == ()


@given(case_files(), TERRITORIES, MOMENTS)
def test_only_a_reminder_leaves_by_itself_and_never_before_consent(case, there, now):
    alone = [one for one in plan(case, frame(now, there)).dues if one.how == ALONE]
    assert all(one.step == REMINDER for one in alone)
    assert not alone or (case.consent == GIVEN and case.channel is not None)


@given(case_files(), TERRITORIES, MOMENTS)
def test_a_reminder_is_due_on_the_evening_before_in_paris(case, there, now):
    for one in plan(case, frame(now, there)).dues:
        local = one.due_at.astimezone(VALUES.timezone)
        assert time(8) <= local.time() <= time(20)
        if one.step == REMINDER:
            day = date.fromisoformat(one.occurrence[:10])
            assert (local.date(), local.time()) == (day - timedelta(days=1), time(18))
            assert now <= frame(now).at(local.date(), VALUES.reminder_until)


@given(case_files(), TERRITORIES, MOMENTS, st.integers(0, 800))
def test_as_time_goes_by_nothing_moves_and_nothing_appears_in_the_past(case, there, now, days):
    later = now + timedelta(days=days)
    before = {(one.step, one.occurrence): one for one in plan(case, frame(now, there)).dues}
    for one in plan(case, frame(later, there)).dues:
        earlier = before.get((one.step, one.occurrence))
        if earlier is not None:
            assert (earlier.due_at, earlier.how) == (one.due_at, one.how)
        else:
            assert one.due_at > now


@given(case_files((GIVEN,)), MOMENTS)
def test_without_the_option_no_n1_is_ever_proposed(case, now):
    for there in (None, territory(), territory(False)):
        assert PROPOSITION not in {one.step for one in plan(case, frame(now, there)).dues}


@given(DAYS, st.integers(1, 24))
def test_months_after_is_the_first_day_that_the_rules_count_as_that_many_months(day, months):
    reached = months_after(day, months)
    assert months_before(reached, months) >= day > months_before(reached - timedelta(days=1), months)


@pytest.mark.parametrize("pause", [None, 2, 3, 6])
@pytest.mark.parametrize("support", [30, 120, 250, 330])
def test_what_is_proposed_as_an_n1_the_rules_call_an_n1_on_that_day(pause, support):
    dst = date(2025, 11, 3)
    end = dst + timedelta(days=support)
    lived = (Episode("dst", dst, dst), Episode("soutien_renforce", dst + timedelta(days=10), end))
    there = territory(True, pause)
    made = plan(CaseFile(consent=GIVEN, episodes=lived), frame(moment(date(2027, 3, 1)), there))
    due = next(one for one in made.dues if one.step == PROPOSITION)
    facts = {
        "dst": "fait", "date_dst": dst, "sr": "termine", "date_fin_sr": end, "date_dernier_accompagnement": end,
        "accompagnement_continu": False, "but": "accompagner", "cadre_contact": "suivi", "action": "bilan",
        "option_n1": True, "issue_contact": "joint", "date_contact": due.due_at.date(), "orientations_donnees": 1,
    }  # fmt: skip
    situation = parse(COMPILED.ruleset.vocabulary, facts, facts["date_contact"])
    assert examine(COMPILED, situation, there).missions == ("suivi_n1",)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("value: 12", "value: 0"), "n1_months › value"),
        (("origin: text, statements: [14]", "origin: text"), "n1_months › statements"),
        (("origin: messages", "origin: nobody"), "unknown origin"),
        (('value: "20:30"', 'value: "17:00"'), "reminder_until"),
        (("Europe/Paris", "Europe/Nowhere"), "timezone › value"),
        (("proposal_hour", "proposal_our"), "did you mean"),
    ],
)
def test_a_wrong_value_is_named_with_its_path(tmp_path, change, said):
    whole = (FOLDER.parent.parent / "bot" / "followup" / "planning.yaml").read_text("utf-8")
    assert change[0] in whole
    (tmp_path / "planning.yaml").write_text(whole.replace(change[0], change[1], 1), "utf-8")
    with pytest.raises(RulesetError) as refused:
        load_planning_values(tmp_path)
    assert said in str(refused.value)


def test_a_closed_case_is_due_nothing():
    one = next(one for one in SITUATIONS if plan(one.case, one.frame).dues)
    assert plan(replace(one.case, closed=True), one.frame).dues == ()
