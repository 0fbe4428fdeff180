"""What is kept of the rulesets and of who published them, on both databases."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from api.storage import Kept, Store, migrate
from api.storage.schema import rulesets
from tests.api.examples import MORNING, an_enquiry

ONE = Kept("v1", "slime-plus", {"facts.yaml": "name: é\n", "missions/a.yaml": "id: a\n"})
TWO = Kept("v2", "slime-plus", {"facts.yaml": "name: b\n"})
THREE = Kept("v3", "slime-plus", {"facts.yaml": "name: c\n"})


@pytest.fixture
def ticking(database_url):
    """A store whose clock goes on by a minute at each reading."""
    times = (MORNING + timedelta(minutes=n) for n in range(1000))
    with Store.open(database_url, clock=lambda: next(times)) as opened:
        yield opened


def versions(store):
    return [one.version for one in store.publications.all()]


def test_nothing_is_in_force_at_first(store):
    assert store.publications.newest() is None
    assert store.publications.all() == store.publications.versions() == []
    assert store.publications.files("v1") is None
    assert store.publications.since("v1") is None


def test_a_published_ruleset_comes_back_with_its_files_and_who_published_it(ticking):
    published = ticking.publications.publish(ONE, "coordination nationale", "premiers retours")
    assert ticking.publications.newest() == published
    assert (published.version, published.published_by, published.note) == (
        "v1",
        "coordination nationale",
        "premiers retours",
    )
    assert not published.packaged
    assert ticking.publications.files("v1") == ONE.files
    assert ticking.publications.since("v1") == published.published_at


def test_the_last_published_is_in_force_and_an_older_one_may_be_again(ticking):
    for kept in (ONE, TWO, ONE):
        ticking.publications.publish(kept, "coordination")
    assert versions(ticking) == ["v1", "v2", "v1"]
    assert ticking.publications.versions() == ["v1", "v2"]
    assert ticking.publications.since("v1") == ticking.publications.all()[0].published_at


def test_a_clock_that_goes_back_does_not_bring_an_old_version_back(database_url):
    times = iter([MORNING + timedelta(hours=2)] * 2 + [MORNING] * 2)
    with Store.open(database_url, clock=lambda: next(times)) as store:
        store.publications.publish(ONE, "coordination")
        store.publications.publish(TWO, "coordination")
        assert store.publications.newest().version == "v2"


def test_the_packaged_ruleset_comes_in_when_nothing_was_published(ticking):
    published = ticking.publications.take_packaged(ONE, "aiguillage 0.1.0")
    assert (published.version, published.published_by, published.packaged) == ("v1", "aiguillage 0.1.0", True)
    assert ticking.publications.take_packaged(ONE, "aiguillage 0.1.0") is None
    assert versions(ticking) == ["v1"]


def test_a_newer_packaged_ruleset_takes_the_place_of_the_packaged_one(ticking):
    ticking.publications.take_packaged(ONE, "aiguillage 0.1.0")
    assert ticking.publications.take_packaged(TWO, "aiguillage 0.2.0").version == "v2"
    assert versions(ticking) == ["v2", "v1"]


def test_an_older_program_does_not_bring_its_ruleset_back(ticking):
    ticking.publications.take_packaged(ONE, "aiguillage 0.1.0")
    ticking.publications.take_packaged(TWO, "aiguillage 0.2.0")
    assert ticking.publications.take_packaged(ONE, "aiguillage 0.1.0") is None
    assert ticking.publications.newest().version == "v2"


def test_a_version_that_someone_published_is_not_displaced_by_the_package(ticking):
    ticking.publications.take_packaged(ONE, "aiguillage 0.1.0")
    ticking.publications.publish(TWO, "coordination")
    assert ticking.publications.take_packaged(THREE, "aiguillage 0.2.0") is None
    assert ticking.publications.newest().version == "v2"
    assert ticking.publications.files("v3") == THREE.files
    assert ticking.publications.versions() == ["v2", "v1", "v3"]


def test_content_that_was_changed_is_put_right_by_keeping_the_version_again(ticking):
    ticking.publications.take_packaged(ONE, "aiguillage 0.1.0")
    with ticking.engine.begin() as connection:
        connection.execute(rulesets.update().values(content={"facts.yaml": "name: autre\n"}))
    ticking.publications.take_packaged(ONE, "aiguillage 0.1.0")
    assert ticking.publications.files("v1") == ONE.files
    assert versions(ticking) == ["v1"]


@pytest.mark.parametrize("content", ['["a"]', '{"facts.yaml": 1}', "null", '"text"'])
def test_content_that_is_no_files_is_given_as_no_files(ticking, content):
    ticking.publications.publish(ONE, "coordination")
    with ticking.engine.begin() as connection:
        json = ":content" if ticking.engine.dialect.name == "sqlite" else "CAST(:content AS json)"
        connection.execute(text(f"UPDATE rulesets SET content = {json}"), {"content": content})  # noqa: S608
    assert ticking.publications.files("v1") == {}


def test_of_many_that_bring_the_packaged_ruleset_exactly_one_publishes_it(store):
    start = threading.Barrier(5)

    def bring(_):
        start.wait()
        return store.publications.take_packaged(ONE, "aiguillage 0.1.0") is not None

    with ThreadPoolExecutor(5) as threads:
        assert sorted(threads.map(bring, range(5))) == [False] * 4 + [True]
    assert versions(store) == ["v1"]


def test_the_log_counts_what_its_filters_choose(store):
    with store.transaction() as journal:
        for number in range(5):
            journal.log(an_enquiry(number, territory="loire" if number % 2 else None))
    assert store.count() == 5
    assert store.count(territory="loire") == len(store.enquiries(territory="loire")) == 2
    assert store.count(since=MORNING + timedelta(minutes=4)) == 1


def test_going_back_before_the_versions_keeps_the_log(store):
    with store.transaction() as journal:
        journal.log(an_enquiry())
    store.publications.publish(ONE, "coordination")
    migrate.downgrade(store.engine, "0001")
    migrate.upgrade(store.engine)
    store.ping()
    assert store.enquiry("tok-1") == an_enquiry()
    assert store.publications.newest() is None
