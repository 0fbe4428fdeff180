"""The lists of cases and of replies, on both databases: paged without a gap, in as few queries however long."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from api.access.roles import COORDINATOR, Account
from api.households.desk import Desk, Event
from api.households.replies import ReplyDesk
from api.storage.campaign_lists import CampaignLists
from api.storage.case_lists import CLOSED, ERASED, CaseLists, Wanted
from api.storage.replies import Replies
from api.storage.store import Store
from api.storage.vault import Vault
from tests.api.household_site import SENDER, Listed, template

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
VAULT = Vault(["k" * 40])


class Clock:
    """A minute passes at each look."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture
def desk(store: Store) -> Desk:
    store._clock = Clock()
    return Desk(store, VAULT, Listed(), lambda _: None, store._clock)


def opened(desk, count=1, territory="aude", language="ar"):
    references = []
    for _ in range(count):
        with desk.store.households(VAULT) as households:
            references.append(households.open_case(language, SENDER, territory).reference)
    return references


def says(desk, reference, words="متى؟", number=1):
    return desk.take(Event("telegram", f"{reference}-{number}", reference, text=words)).received


@contextlib.contextmanager
def queries(store):
    """The statements that are run meanwhile."""
    seen = []

    def keep(_connection, _cursor, statement, *_):
        seen.append(statement)

    event.listen(store.engine, "before_cursor_execute", keep)
    yield seen
    event.remove(store.engine, "before_cursor_execute", keep)


def test_pages_follow_each_other_without_a_gap_also_among_cases_of_one_instant(desk):
    references = opened(desk, 7)
    with desk.store.households(VAULT) as households:
        for reference in references[2:5]:
            households.change(reference, opened_at=NOW)
    opened(desk, 2, "lot")
    lists, found, after = CaseLists(desk.store.engine), [], ""
    while after is not None:
        lines, after = lists.page(Wanted("aude"), after, most=2)
        found += [line.reference for line in lines]
    assert len(found) == 7 and set(found) == set(references)
    assert found[:4] == [references[6], references[5], references[1], references[0]]


def test_a_page_takes_as_many_queries_for_one_case_as_for_fifty(desk):
    lists = CaseLists(desk.store.engine)
    [first] = opened(desk)
    says(desk, first)
    with queries(desk.store) as few:
        lists.page(Wanted("aude"))
    for reference in opened(desk, 49):
        says(desk, reference)
    with queries(desk.store) as many:
        lines, _ = lists.page(Wanted("aude"))
    assert len(lines) == 50 and len(few) == len(many) <= 6


def test_a_line_says_the_last_words_of_both_and_what_waits(desk):
    [reference] = opened(desk)
    desk.send(reference, template("accord_messages"), channel="link")
    received = says(desk, reference)
    [line], _ = CaseLists(desk.store.engine).page(Wanted("aude", waiting=True))
    assert (line.said, line.waiting, line.urgent) == (received.made_at, 1, True)
    assert line.told is not None and line.due is None
    assert CaseLists(desk.store.engine).waiting("aude") == 1 and CaseLists(desk.store.engine).waiting("lot") == 0


def test_cases_are_open_closed_or_erased(desk):
    open_, closed, erased = opened(desk, 3)
    with desk.store.households(VAULT) as households:
        households.change(closed, closed_at=NOW)
        households.erase(erased)
    lists = CaseLists(desk.store.engine)
    found = [[one.reference for one in lists.page(Wanted("aude", state))[0]] for state in ("open", CLOSED, ERASED)]
    assert found == [[open_], [closed], [erased]]
    assert lists.case_of(erased, "aude").reference == erased and lists.case_of(open_, "lot") is None


def test_the_languages_of_a_territory_are_told_once_each(desk):
    for language in ("tr", "ar", "ar", "bn"):
        opened(desk, language=language)
    opened(desk, territory="lot", language="ru")
    assert CaseLists(desk.store.engine).languages("aude") == ["ar", "bn", "tr"]
    assert CaseLists(desk.store.engine).languages("gers") == []


def test_replies_wait_oldest_first_until_somebody_of_the_territory_deals_with_them(desk):
    first, second = opened(desk, 2)
    ids = [says(desk, first).id, says(desk, second).id, says(desk, first, number=2).id]
    replies, deals = Replies(desk.store.engine, VAULT), ReplyDesk(desk.store, VAULT, desk.store._clock)
    account = desk.store.accounts.add("c@exemple.test", COORDINATOR, "aude")
    assert [one.id for one in replies.waiting("aude")[0]] == ids
    assert [one.id for one in replies.waiting("aude", after=ids[0])[0]] == ids[1:]
    other = Account(99, "autre", COORDINATOR, "lot")
    assert deals.handle(ids[1], other) is None and deals.handle("x", account) is None
    assert deals.handle(ids[1], account) == second == deals.handle(ids[1], account)
    assert [one.id for one in replies.waiting("aude")[0]] == [ids[0], ids[2]]
    assert [one.id for one in replies.handled("aude")] == [ids[1]] and replies.handled("lot") == []
    assert deals.take_back(ids[1], account) == second
    assert [one.id for one in replies.waiting("aude")[0]] == ids
    with desk.store.households(VAULT) as households:
        households.erase(first)
    assert [one.id for one in replies.waiting("aude")[0]] == [ids[1]]


def test_a_button_that_asks_for_nothing_waits_for_nobody(desk):
    [reference] = opened(desk)
    sent = desk.send(reference, template("accord_messages"), channel="link")
    desk.take(Event("link", "yes", reference, sent.link, sent.id, "oui"))
    assert CaseLists(desk.store.engine).waiting("aude") == 0


def test_campaigns_are_counted_in_two_queries(desk):
    with desk.store.campaigns(VAULT) as campaigns:
        made = [campaigns.begin("materiel_pose", {}, "aude", "coordination").id for _ in range(3)]
        campaigns.begin("materiel_pose", {}, "lot", "coordination")
    lists = CampaignLists(desk.store.engine)
    with queries(desk.store) as seen:
        lines, after = lists.page("aude", most=2)
    assert [line.id for line in lines] == [made[2], made[1]] and after == made[1]
    assert [line.id for line in lists.page("aude", after)[0]] == [made[0]]
    assert len([one for one in seen if one.startswith("SELECT")]) == 2


def test_a_case_s_key_is_read_once_in_a_transaction(desk):
    [reference] = opened(desk)
    with desk.store.households(VAULT) as households:
        households.change(reference, consent="given")
    with queries(desk.store) as seen:
        desk.send(reference, template("materiel_pose"), channel="link")
    assert len([one for one in seen if "FROM cases" in one or "JOIN cases" in one]) == 1
