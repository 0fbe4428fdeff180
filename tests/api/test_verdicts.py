"""Verdicts on both databases: one counts, what follows from it stands or falls with it, and each territory its own."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, select, text

from api.access.roles import ADMINISTRATOR, COORDINATOR, NATIONAL, Account
from api.households.jobs import TELL_ASKER
from api.review.assigning import Assigning, NoColleagueError
from api.review.queue import ReviewQueue
from api.review.verdicts import (
    OtherVerdictError,
    OwnOpinionError,
    ReplacedQuestionError,
    UnknownQuestionError,
    Verdicts,
)
from api.storage.review_queue import Wanted
from api.storage.review_reading import changes_of
from api.storage.review_schema import reviews, tidings, verdicts
from api.storage.store import Store
from api.storage.verdicts import Opinion, verdict_that_counts, verdicts_on
from tests.api.examples import an_enquiry

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
RIGHT = Opinion("confirmed")
WRONG = Opinion("corrected", ("suivi_n1",), "La pause est de quatre mois.", (21, 24))


@dataclass
class Listed:
    """Jobs as they were added."""

    added: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def add(self, connection: Connection, job: str, key: str, *ids: str) -> None:
        self.added.append((job, ids))


@dataclass
class Desk:
    """A question of a territory, two of its coordinators, one of another and the national reader."""

    store: Store
    jobs: Listed
    here: Account
    beside: Account
    elsewhere: Account
    national: Account

    @property
    def verdicts(self) -> Verdicts:
        return Verdicts(self.store, self.jobs, clock=lambda: NOW)

    @property
    def assigning(self) -> Assigning:
        return Assigning(self.store, clock=lambda: NOW)

    def state(self, one: str = "a") -> str:
        with self.store.engine.connect() as connection:
            return connection.scalar(select(reviews.c.state).where(reviews.c.token == one))

    def actions(self, one: str = "a") -> list[str]:
        with self.store.engine.connect() as connection:
            return [one.action for one in changes_of(connection, "enquiry", one)]


@pytest.fixture
def desk(store: Store) -> Desk:
    with store.transaction() as journal:
        journal.log(an_enquiry(token="a", territory="aude"))
    add = store.accounts.add
    return Desk(
        store,
        Listed(),
        add("a@aude.test", COORDINATOR, "aude"),
        add("b@aude.test", ADMINISTRATOR, "aude"),
        add("c@gard.test", COORDINATOR, "gard"),
        add("d@cler.test", NATIONAL, None),
    )


def test_a_verdict_its_state_the_log_of_changes_and_the_tiding_are_one(desk: Desk) -> None:
    number = desk.verdicts.give(desk.here, "a", WRONG)
    with desk.store.engine.connect() as connection:
        found = verdict_that_counts(connection, "a")
        told = connection.execute(select(tidings)).one()
    assert found and (found.id, found.opinion, found.account, found.role) == (number, WRONG, desk.here.id, COORDINATOR)
    assert (desk.state(), desk.actions()) == ("corrected", ["verdict.given"])
    assert (told.kind, told.about, told.visitor) == ("verdict", str(number), an_enquiry().asker)
    assert desk.jobs.added == [(TELL_ASKER, (told.id,))]


def test_what_fails_after_it_undoes_it_all(desk: Desk) -> None:
    def fails(connection: Connection, number: int) -> None:
        raise RuntimeError(number)

    with pytest.raises(RuntimeError):
        Verdicts(desk.store, desk.jobs, fails).give(desk.here, "a", WRONG)
    with desk.store.engine.connect() as connection:
        assert verdicts_on(connection, ["a"]) == []
        assert connection.execute(select(tidings)).all() == []
    assert (desk.state(), desk.actions()) == ("waiting", [])


def test_changing_one_s_mind_replaces_the_verdict_and_keeps_it(desk: Desk) -> None:
    first = desk.verdicts.give(desk.here, "a", RIGHT)
    second = desk.verdicts.give(desk.here, "a", WRONG, counted=first)
    with desk.store.engine.connect() as connection:
        found = verdicts_on(connection, ["a"])
    assert [(one.id, one.counts, one.replaced_at) for one in found] == [(first, False, NOW), (second, True, None)]
    assert (desk.state(), len(desk.jobs.added)) == ("corrected", 2)


def test_who_judges_what_another_judged_meanwhile_is_told_with_the_other_s_verdict(desk: Desk) -> None:
    first = desk.verdicts.give(desk.here, "a", RIGHT)
    with pytest.raises(OtherVerdictError) as refused:
        desk.verdicts.give(desk.beside, "a", WRONG)
    assert refused.value.verdict and (refused.value.verdict.id, refused.value.verdict.opinion) == (first, RIGHT)
    assert (desk.state(), desk.actions()) == ("confirmed", ["verdict.given"])


@pytest.mark.parametrize("again", [False, True])
def test_of_two_verdicts_at_once_one_counts(desk: Desk, again: bool) -> None:
    counted = desk.verdicts.give(desk.here, "a", Opinion("to_cler", (), "À voir.")) if again else None
    refused: list[OtherVerdictError] = []

    def judge_too() -> None:
        try:
            desk.verdicts.give(desk.beside, "a", WRONG, counted=counted)
        except OtherVerdictError as error:
            refused.append(error)

    other = threading.Thread(target=judge_too)

    def meanwhile(connection: Connection, number: int) -> None:
        other.start()
        if connection.dialect.name == "postgresql":
            _until_blocked(desk.store)

    first = Verdicts(desk.store, desk.jobs, meanwhile).give(desk.here, "a", RIGHT, counted=counted)
    other.join(60)
    assert [error.verdict and error.verdict.id for error in refused] == [first]
    with desk.store.engine.connect() as connection:
        counting = verdicts.c.authoritative & verdicts.c.replaced_at.is_(None)
        assert connection.scalars(select(verdicts.c.id).where(counting)).all() == [first]


def _until_blocked(store: Store) -> None:
    """Until another connection waits for the lock of this one."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with store.engine.connect() as connection:
            if connection.scalar(waiting):
                return
        time.sleep(0.01)
    raise TimeoutError("nobody waits")


def test_a_second_opinion_is_another_account_s_counts_for_nothing_and_is_told_to_nobody(desk: Desk) -> None:
    with pytest.raises(OwnOpinionError):
        desk.verdicts.second(desk.beside, "a", WRONG)
    desk.assigning.ask_second(desk.here, "a")
    with pytest.raises(OwnOpinionError):
        desk.verdicts.second(desk.here, "a", WRONG)
    desk.verdicts.second(desk.beside, "a", WRONG)
    assert (desk.state(), desk.jobs.added) == ("waiting", [])
    desk.verdicts.give(desk.here, "a", WRONG)
    with desk.store.engine.connect() as connection:
        assert [(one.account, one.counts) for one in verdicts_on(connection, ["a"])] == [
            (desk.beside.id, False),
            (desk.here.id, True),
        ]
    assert desk.actions() == ["opinion.wanted", "opinion.given", "verdict.given"]


def test_a_question_that_the_visitor_corrected_is_not_judged(desk: Desk) -> None:
    with desk.store.transaction() as journal:
        journal.log(an_enquiry(token="b", territory="aude", replaces="a"))
    with pytest.raises(ReplacedQuestionError):
        desk.verdicts.give(desk.here, "a", RIGHT)
    seen = ReviewQueue(desk.store.engine).question(desk.here, "a", Wanted())
    assert seen.newer == "b"


def test_a_question_is_taken_given_and_released_within_its_territory(desk: Desk) -> None:
    desk.assigning.give(desk.here, "a", desk.here.id)
    desk.assigning.give(desk.here, "a", desk.here.id)
    desk.assigning.give(desk.here, "a", desk.beside.id)
    desk.assigning.give(desk.beside, "a", None)
    assert desk.actions() == ["question.assigned", "question.assigned", "question.released"]
    for stranger in (desk.elsewhere.id, desk.national.id, 999):
        with pytest.raises(NoColleagueError):
            desk.assigning.give(desk.here, "a", stranger)


def test_another_territory_sees_and_changes_nothing_and_the_national_reader_changes_nothing(desk: Desk) -> None:
    queue = ReviewQueue(desk.store.engine)
    for stranger in (desk.elsewhere, desk.national):
        for act in (
            lambda who=stranger: desk.verdicts.give(who, "a", RIGHT),
            lambda who=stranger: desk.verdicts.second(who, "a", RIGHT),
            lambda who=stranger: desk.assigning.give(who, "a", who.id),
            lambda who=stranger: desk.assigning.ask_second(who, "a"),
        ):
            with pytest.raises(UnknownQuestionError):
                act()
    with pytest.raises(UnknownQuestionError):
        queue.question(desk.elsewhere, "a", Wanted())
    assert [one.line.token for one in queue.page(desk.elsewhere, Wanted(territory="aude")).lines] == []
    assert (desk.state(), desk.actions()) == ("waiting", [])


def test_the_national_reader_is_given_no_name(desk: Desk) -> None:
    desk.assigning.give(desk.here, "a", desk.here.id)
    desk.verdicts.give(desk.here, "a", WRONG)
    queue = ReviewQueue(desk.store.engine)
    seen = queue.question(desk.national, "a", Wanted())
    assert (dict(seen.names), dict(seen.colleagues)) == ({}, {})
    assert dict(queue.page(desk.national, Wanted(states=("corrected",))).names) == {}
    assert queue.question(desk.here, "a", Wanted()).names == {desk.here.id: "a@aude.test"}


def test_what_is_like_it_has_the_same_rule_and_a_verdict_and_the_nearest_facts_come_first(desk: Desk) -> None:
    facts = {"dst": "fait", "action": "bilan", "sr": "aucun"}
    for token, changes in {
        "same": {},
        "near": {"sr": "termine"},
        "far": {"sr": "termine", "action": "conseil"},
        "unjudged": {},
    }.items():
        with desk.store.transaction() as journal:
            journal.log(an_enquiry(token=token, territory="aude", facts=facts | changes, rules=("r",)))
    with desk.store.transaction() as journal:
        journal.log(an_enquiry(token="other_rule", territory="aude", facts=facts, rules=("s",)))
        journal.log(an_enquiry(token="elsewhere", territory="gard", facts=facts, rules=("r",)))
        journal.log(an_enquiry(token="now", territory="aude", facts=facts, rules=("r",)))
    for token in ("far", "near", "same", "other_rule"):
        desk.verdicts.give(desk.here, token, RIGHT)
    desk.verdicts.give(desk.elsewhere, "elsewhere", RIGHT)
    queue = ReviewQueue(desk.store.engine)
    seen = queue.question(desk.here, "now", Wanted())
    assert [(one.token, differing) for one, differing in seen.alike] == [
        ("same", ()),
        ("near", ("sr",)),
        ("far", ("action", "sr")),
    ]
    assert "elsewhere" in [one.token for one, _ in queue.question(desk.national, "now", Wanted()).alike]
