"""The figures: counted by the database as by hand, each territory its own, drawn so that they can be read."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from api.access.roles import COORDINATOR, NATIONAL
from api.pages.statistics.charts import columns, ticks, widths
from api.pages.statistics.figures import ratio
from api.statistics.agreement import agreement, disagreement_of_rules
from api.statistics.period import Period, PeriodError, read_period
from api.storage import statistics
from api.storage.household_schema import cases, dues, episodes
from api.storage.question_days import local_day
from api.storage.review_schema import abandoned, question_days, reviews
from api.storage.schema import enquiries
from api.storage.store import Store
from bot.wording import wording
from tests.api.coordination import TERRITORY, log_questions, signed_in
from tests.api.examples import ANSWER, REFERRED, a_dialogue, an_enquiry
from tests.api.serving import serving

NOON = datetime(2026, 11, 25, 11, tzinfo=UTC)
BOTH = {**ANSWER, "missions": ["suivi_n1", "evaluation"]}
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
ANSWERS = st.sampled_from([ANSWER, REFERRED, BOTH])
ASKED = st.tuples(ANSWERS, st.sampled_from(["a", "b", None]), st.integers(0, 60 * 24 * 40))


def log(store: Store, rows: list[tuple[dict[str, object], str | None, int]]) -> None:
    with store.transaction() as journal:
        for number, (answer, territory, minutes) in enumerate(rows):
            asked_at = NOON - timedelta(minutes=minutes)
            journal.log(an_enquiry(token=f"t{number}", answer=answer, territory=territory, asked_at=asked_at))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ASKED, max_size=12), st.sampled_from(["a", "b", None]))
def test_the_sums_are_what_a_plain_count_of_the_log_gives(store: Store, rows, territory) -> None:
    with store.engine.begin() as connection:
        for table in (reviews, enquiries, question_days):
            connection.execute(delete(table))
    log(store, rows)
    days, answers = Counter(), Counter()
    for answer, where, minutes in rows:
        day = local_day(NOON - timedelta(minutes=minutes))
        if territory in (None, where) and NOVEMBER.first <= day <= NOVEMBER.last:
            days[day] += 1
            answers[" ".join(answer["missions"]), (answer["open"] or {}).get("reason", "")] += 1
    span = (NOVEMBER.first, NOVEMBER.last)
    with store.reading() as connection:
        assert statistics.questions_by_day(connection, territory, *span) == days
        found = statistics.questions(connection, territory, *span)
    assert {(row.missions, row.open_reason): row.questions for row in found} == answers


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_question_that_is_being_logged_keeps_no_other_one_waiting(store: Store) -> None:
    log(store, [(ANSWER, "a", 0)])
    with store.transaction() as slow:
        slow.log(an_enquiry(token="slow", answer=ANSWER, territory="a", asked_at=NOON))
        with store.transaction() as quick:
            quick.connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
            quick.log(an_enquiry(token="quick", answer=ANSWER, territory="a", asked_at=NOON))
    with store.reading() as connection:
        found = statistics.questions_by_day(connection, "a", NOVEMBER.first, NOVEMBER.last)
    assert found == {local_day(NOON): 3}


def test_a_question_of_sunday_night_is_of_the_week_that_ends_in_paris(store: Store) -> None:
    with store.transaction() as journal:
        journal.log(an_enquiry(token="a", asked_at=datetime(2026, 11, 22, 22, 59, tzinfo=UTC)))
        journal.log(an_enquiry(token="b", asked_at=datetime(2026, 11, 22, 23, 1, tzinfo=UTC)))
    with store.reading() as connection:
        found = statistics.questions_by_day(connection, None, NOVEMBER.first, NOVEMBER.last)
    assert found == {date(2026, 11, 22): 1, date(2026, 11, 23): 1}


def test_corrected_answers_are_counted_by_rule_among_the_reviewed(store: Store) -> None:
    with store.transaction() as journal:
        for number in range(6):
            rules = ("sr_en_continu",) if number < 4 else ("evaluation",)
            journal.log(an_enquiry(number, rules=rules, territory="a", asked_at=NOON))
    with store.engine.begin() as connection:
        for token, state in (
            ("tok-0", "confirmed"),
            ("tok-1", "corrected"),
            ("tok-2", "corrected"),
            ("tok-4", "to_cler"),
        ):
            connection.execute(update(reviews).where(reviews.c.token == token).values(state=state))
    with store.reading() as connection:
        moments = (NOVEMBER.begins, NOVEMBER.ends)
        assert statistics.reviewed(connection, "a", *moments) == {"sr_en_continu": (1, 2)}
        assert statistics.reviewed(connection, "b", *moments) == {}


def test_interviews_that_stopped_are_those_begun_anew_and_those_idle_for_a_day(store: Store) -> None:
    begun = {"answers": [["action", "bilan"], ["dst", "fait"]]}
    kept = {
        "idle": NOON - timedelta(days=3),
        "lately": NOON - timedelta(hours=3),
        "unanswered": NOON - timedelta(days=3),
    }
    for key, moment in kept.items():
        interview = {"answers": []} if key == "unanswered" else begun
        with Store(store.engine, lambda at=moment: at).transaction() as journal:
            journal.keep(a_dialogue(key=key, territory="a", asking="but", interview=interview))
    with store.transaction() as journal:
        journal.abandon("idle", "dst", 1)
        journal.abandon("nobody", "dst", 1)
    with store.reading() as connection:
        moments = (NOVEMBER.begins, NOVEMBER.ends)
        assert statistics.left_at(connection, "a", *moments, NOON) == {"dst": (1, 1), "but": (1, 2)}
        assert statistics.left_at(connection, "b", *moments, NOON) == {}
        row = connection.execute(abandoned.select()).one()
        assert (row.territory, row.channel, row.left_at) == ("a", "telegram", kept["idle"])


def test_households_are_counted_by_the_year_of_their_first_dst_and_what_is_due_by_week(store: Store) -> None:
    with store.engine.begin() as connection:
        for number, (territory, year) in enumerate([("a", 2026), ("a", 2025), ("b", 2026)]):
            reference = f"M-{number}"
            case = {"reference": reference, "territory": territory, "language": "fr", "consent": "given"}
            connection.execute(cases.insert().values(case | {"opened_at": NOON}))
            kinds = [("dst", date(year, 3, 1)), ("dst", date(2026, 9, 1)), ("soutien_renforce", date(2026, 4, 1))]
            kinds += [("soutien_renforce", date(2026, 8, 1)), ("suivi_n1", date(2026, 10, 1))]
            for kind, day in kinds:
                connection.execute(episodes.insert().values(case_ref=reference, kind=kind, began_on=day))
            due = {"case_ref": reference, "step": "n1_proposition", "occurrence": "x", "state": "proposed"}
            connection.execute(dues.insert().values(due | {"due_at": NOON + timedelta(days=7 * number)}))
    bounds = [NOON + timedelta(days=days) for days in (0, 7, 14)]
    with store.reading() as connection:
        assert statistics.followed(connection, "a", 2026) == statistics.Followed(1, 1, 2, 1, 2)
        assert statistics.followed(connection, None, 2026) == statistics.Followed(2, 2, 4, 1, 3)
        assert statistics.due(connection, "a", bounds) == [0, 1, 1]
        assert statistics.due(connection, None, [bounds[1], bounds[2]]) == [1, 1]


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(1, 30), min_size=1))
def test_agreement_is_what_counting_every_pair_gives(counts) -> None:
    people = [mission for mission, number in counts.items() for _ in range(number)]
    found = agreement(counts, "a")
    if len(people) < 3:
        assert found is None
        return
    pairs = [(one, other) for at, one in enumerate(people) for other in people[at + 1 :]]
    assert found is not None
    assert found.pairs == Fraction(sum(one == other for one, other in pairs), len(pairs))
    assert found.commonest == Fraction(max(counts.values()), len(people))
    assert found.with_rules == people.count("a")


def test_rules_are_ranked_by_the_pairs_that_differ() -> None:
    calm, torn = agreement({"a": 4}, "a"), agreement({"a": 2, "b": 2}, None)
    assert calm and torn
    ranked = disagreement_of_rules([(("x", "y"), calm), (("y",), torn)])
    assert ranked == [("y", 2, Fraction(1, 3)), ("x", 1, Fraction(0))]


@pytest.mark.parametrize("most", [0, 1, 2, 3, 7, 10, 99, 100_000, 123_456])
def test_the_lines_behind_a_chart_are_few_and_reach_its_top(most) -> None:
    marks = ticks(most)
    assert marks[0] == 0 and marks[-1] >= max(most, 1) and 2 <= len(marks) <= 6
    drawn, _ = columns([0, most], ["a", "b"])
    assert drawn[0].height == 0 and all(0 <= one.y <= 100 and one.x + one.width <= 100 for one in drawn)
    assert widths([0, 1, 100_000]) == [0, 0.5, 100]


def test_a_share_that_is_not_quite_nought_or_all_does_not_look_like_it() -> None:
    said = [ratio(Fraction(n, 100_000), wording("fr")) for n in (0, 1, 50_000, 99_999, 100_000)]
    assert said == ["0\u202f%", "< 0,1\u202f%", "50\u202f%", "> 99,9\u202f%", "100\u202f%"]


def test_a_period_that_cannot_be_is_refused_and_nothing_asked_is_a_quarter() -> None:
    today = date(2026, 11, 26)
    assert read_period("", "", "", today) == Period(date(2026, 8, 28), today)
    for first, last in (("2026-13-01", ""), ("2026-11-27", "2026-11-26"), ("1999-01-01", "2026-01-01")):
        with pytest.raises(PeriodError):
            read_period(first, last, "", today)
    assert read_period("2026-11-22", "2026-11-23", "", today).weeks == [date(2026, 11, 16), date(2026, 11, 23)]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("statistics")) as (address, told), Store.open(told.database_url) as store:
        log_questions(store, 3)
        log_questions(store, 2, territory="ailleurs")
        yield address, store


def test_a_coordinator_counts_their_territory_alone_whatever_the_address_says(site) -> None:
    asked = "/chiffres/missions.csv?du=2026-11-01&au=2026-11-30&territoire=ailleurs"
    with signed_in(*site, COORDINATOR) as client:
        told = client.get(asked)
        assert told.content.startswith(b"\xef\xbb\xbf") and "Suivi à N+1;3;100,0" in told.text
        assert "ailleurs" not in client.get("/chiffres").text
        assert client.get("/chiffres/nothing.csv").status_code == 404
        assert client.get("/chiffres?du=2026-11-30&au=2026-11-01").status_code == 422
    with signed_in(*site, NATIONAL) as client:
        assert "Suivi à N+1;2;100,0" in client.get(asked).text
        assert "Suivi à N+1;5;100,0" in client.get(asked.split("&terr")[0]).text
    assert TERRITORY != "ailleurs"
