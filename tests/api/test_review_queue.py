"""The queue on both databases: its order, its filters, and pages that neither lose nor double a question."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from api.access.roles import COORDINATOR
from api.review.rank import CONTESTED, NEAR, OTHER, REFERRED
from api.storage import migrate
from api.storage.review_queue import ORDER, Wanted, count_up_to, line, lines_after, lines_before
from api.storage.review_schema import reviews
from api.storage.reviews import CONFIRMED, STATES, WAITING
from api.storage.store import Store
from tests.api.examples import REFERRED as SILENT
from tests.api.examples import an_enquiry

DAY = datetime(2026, 11, 2, 8, tzinfo=UTC)
SETTLED = {"status": "settled", "missions": ["soutien_renforce"], "flips": []}
BOTH = {"status": "settled", "missions": ["suivi_n1", "evaluation"], "flips": []}
TURNING = SETTLED | {"flips": [{"change": {"accompagnement_continu": False}, "missions": ["suivi_n1"]}]}
FRAGILE = SETTLED | {"flips": [{"change": {"dst": "en_cours"}, "missions": []}]}


def log(store: Store, number: int, **changes: object) -> str:
    enquiry = an_enquiry(number, asked_at=DAY + timedelta(minutes=number), **changes)
    with store.transaction() as journal:
        journal.log(enquiry)
    return enquiry.token


def many(store: Store, count: int) -> None:
    """Questions of all sorts, some of one instant, some judged, some assigned."""
    drawn = random.Random(5)  # noqa: S311
    account = store.accounts.add("a@exemple.test", COORDINATOR, "loire").id
    for number in range(count):
        token = log(
            store,
            number // 2,
            token=f"t{number}",
            answer=drawn.choice([SILENT, SETTLED, BOTH, TURNING]),
            territory=drawn.choice(["loire", "aude", None]),
            language=drawn.choice(["fr", "fr", "en"]),
            channel=drawn.choice(["web", "telegram"]),
        )
        values = {"state": drawn.choice(STATES), "assignee": drawn.choice([None, None, account])}
        if drawn.random() < 0.3:
            values["second_wanted_at"] = DAY
        with store.engine.begin() as connection:
            connection.execute(reviews.update().where(reviews.c.token == token).values(values))


def all_pages(store: Store, wanted: Wanted, size: int = 7) -> list[str]:
    found, after = [], None
    while True:
        with store.engine.connect() as connection:
            page = lines_after(connection, wanted, size, after)
        found += [one.token for one in page]
        if len(page) < size:
            return found
        after = page[-1].place


def all_pages_back(store: Store, wanted: Wanted, size: int = 7) -> list[str]:
    with store.engine.connect() as connection:
        last = connection.execute(select(reviews.c.token)).scalars().all()
        found = [one for one in (line(connection, token) for token in last) if one and one.state in wanted.states]
    end = max(found, key=lambda one: (ORDER.index(one.state), one.rank, -one.asked_at.timestamp(), -one.enquiry))
    seen, before = [], end.place
    while True:
        with store.engine.connect() as connection:
            page = lines_before(connection, wanted, size, before)
        seen = [one.token for one in page] + seen
        if len(page) < size:
            return seen
        before = page[0].place


def test_the_order_is_referred_then_contested_then_near_another_mission_then_the_rest(store: Store) -> None:
    log(store, 1, answer=FRAGILE)
    log(store, 2, answer=SETTLED)
    log(store, 3, answer=TURNING)
    log(store, 4, answer=SILENT)
    log(store, 5, answer=SETTLED, replaces="tok-2")
    log(store, 6, answer=SILENT)
    with store.engine.connect() as connection:
        found = lines_after(connection, Wanted(), 10)
    assert [(one.token, one.rank) for one in found] == [
        ("tok-6", REFERRED),
        ("tok-4", REFERRED),
        ("tok-5", CONTESTED),
        ("tok-3", NEAR),
        ("tok-1", OTHER),
    ]


FILTERS = [
    Wanted(),
    Wanted(states=STATES),
    Wanted(territory="loire"),
    Wanted(mission="suivi_n1"),
    Wanted(mission="evaluation", territory="aude", states=STATES),
    Wanted(reason="threshold_undefined", language="en"),
    Wanted(channel="web", states=(CONFIRMED,)),
    Wanted(since=DAY + timedelta(minutes=10), until=DAY + timedelta(minutes=20), states=STATES),
    Wanted(language="fr", since=DAY + timedelta(minutes=10), until=DAY + timedelta(minutes=40), states=STATES),
    Wanted(assignee=1, states=STATES),
    Wanted(assignee=1, mission="soutien_renforce", territory="loire", states=STATES),
    Wanted(free=True, language="fr"),
    Wanted(second=True, states=STATES),
    Wanted(second=True, channel="telegram", territory="loire"),
    Wanted(mission="amont"),
    Wanted(language="xx", states=STATES),
]


def chosen(row: dict[str, object], wanted: Wanted) -> bool:
    """The same filter, said anew in Python."""
    return (
        row["state"] in wanted.states
        and wanted.territory in (None, row["territory"])
        and (wanted.mission is None or wanted.mission in (row["mission"] or "").split())
        and wanted.reason in (None, row["open_reason"])
        and wanted.language in (None, row["language"])
        and wanted.channel in (None, row["channel"])
        and (wanted.since is None or row["asked_at"] >= wanted.since)
        and (wanted.until is None or row["asked_at"] < wanted.until)
        and wanted.assignee in (None, row["assignee"])
        and (not wanted.free or row["assignee"] is None)
        and (not wanted.second or row["second_wanted_at"] is not None)
    )


def test_pages_of_every_filter_have_every_question_once_both_ways(store: Store) -> None:
    many(store, 160)
    with store.engine.connect() as connection:
        rows = [dict(row) for row in connection.execute(select(reviews)).mappings()]
    for wanted in FILTERS:
        expected = sorted(
            (row for row in rows if chosen(row, wanted)),
            key=lambda r: (ORDER.index(r["state"]), r["rank"], -r["asked_at"].timestamp(), -r["enquiry"]),
        )
        tokens = [row["token"] for row in expected]
        assert all_pages(store, wanted) == tokens, wanted
        if tokens:
            assert all_pages_back(store, wanted) in (tokens, tokens[:-1]), wanted
        with store.engine.connect() as connection:
            assert count_up_to(connection, wanted, 1000) == len(tokens), wanted
            assert count_up_to(connection, wanted, 5) == min(len(tokens), 6), wanted


def test_new_questions_and_new_verdicts_neither_lose_nor_double_a_line_of_the_pages(store: Store) -> None:
    first = [log(store, number, answer=SETTLED) for number in range(30)]
    seen, after = [], None
    for turn in range(6):
        with store.engine.connect() as connection:
            page = lines_after(connection, Wanted(), 5, after)
        seen += [one.token for one in page]
        after = page[-1].place
        log(store, 100 + turn, answer=SETTLED)
        log(store, 200 + turn, answer=SILENT)
        with store.engine.begin() as connection:
            judged = reviews.update().where(reviews.c.token == page[-1].token)
            connection.execute(judged.values(state=CONFIRMED))
    assert seen == first[::-1]


def test_a_place_that_is_gone_still_leads_on(store: Store) -> None:
    tokens = [log(store, number, answer=SETTLED) for number in range(3)]
    with store.engine.connect() as connection:
        found = line(connection, tokens[1])
        assert found and found.state == WAITING
        gone = found.place
    with store.engine.begin() as connection:
        connection.execute(reviews.update().where(reviews.c.token == tokens[1]).values(state=CONFIRMED))
    with store.engine.connect() as connection:
        assert [one.token for one in lines_after(connection, Wanted(), 5, gone)] == [tokens[0]]
        assert [one.token for one in lines_before(connection, Wanted(), 5, gone)] == [tokens[2]]


def test_questions_logged_before_there_was_a_queue_are_found_by_its_filters(store: Store) -> None:
    log(store, 1, answer=SETTLED, territory="aude")
    log(store, 2, answer=SILENT, channel="telegram")
    migrate.downgrade(store.engine, "0006")
    migrate.upgrade(store.engine)
    with store.engine.connect() as connection:
        assert [one.token for one in lines_after(connection, Wanted(), 9)] == ["tok-2", "tok-1"]
        by_reason = lines_after(connection, Wanted(reason="threshold_undefined", channel="telegram"), 9)
        by_mission = lines_after(connection, Wanted(mission="soutien_renforce", territory="aude", language="fr"), 9)
    assert [one.token for one in (*by_reason, *by_mission)] == ["tok-2", "tok-1"]
