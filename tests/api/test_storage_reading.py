"""The log as it is read back: order, pages, filters, streaming."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.storage import Store, UnknownEnquiryError
from bot.journal import Enquiry
from tests.api.examples import ANSWER, MORNING, REFERRED, an_enquiry


def tokens(enquiries: list[Enquiry]) -> list[str]:
    return [enquiry.token for enquiry in enquiries]


def log(store: Store, *enquiries: Enquiry) -> None:
    with store.transaction() as journal:
        for enquiry in enquiries:
            journal.log(enquiry)


def test_the_newest_come_first_whatever_the_order_they_were_logged_in(store: Store) -> None:
    log(store, an_enquiry(2), an_enquiry(3), an_enquiry(1))
    assert tokens(store.enquiries()) == ["tok-3", "tok-2", "tok-1"]
    assert tokens(store.enquiries(limit=2)) == ["tok-3", "tok-2"]


def test_pages_neither_repeat_nor_skip_while_new_enquiries_come_in(store: Store) -> None:
    log(store, *(an_enquiry(n, asked_at=MORNING + timedelta(minutes=n // 4)) for n in range(20)))
    expected = tokens(store.enquiries())
    read: list[str] = []
    page = store.enquiries(limit=3)
    while page:
        read += tokens(page)
        log(store, an_enquiry(100 + len(read)))
        page = store.enquiries(limit=3, after=read[-1])
    assert read == expected
    assert len(read) == 20


def test_a_page_after_an_unknown_enquiry_is_refused(store: Store) -> None:
    with pytest.raises(UnknownEnquiryError, match="no enquiry 'lost' to go on after"):
        store.enquiries(after="lost")


def test_since_is_included_and_until_is_not(store: Store) -> None:
    log(store, *(an_enquiry(n) for n in range(1, 5)))
    found = store.enquiries(since=MORNING + timedelta(minutes=2), until=MORNING + timedelta(minutes=4))
    assert tokens(found) == ["tok-3", "tok-2"]


def test_filters_take_a_whole_value_and_add_up(store: Store) -> None:
    both = {**ANSWER, "missions": ["suivi_n1", "evaluation"]}
    log(
        store,
        an_enquiry(1, territory="loire"),
        an_enquiry(2, territory="loire", answer=both),
        an_enquiry(3, territory="rhone", answer=both),
        an_enquiry(4, territory="loire", answer=REFERRED),
    )
    assert tokens(store.enquiries(territory="loire")) == ["tok-4", "tok-2", "tok-1"]
    assert tokens(store.enquiries(mission="suivi_n1")) == ["tok-3", "tok-2", "tok-1"]
    assert tokens(store.enquiries(mission="evaluation", territory="loire")) == ["tok-2"]
    assert tokens(store.enquiries(status="referred")) == ["tok-4"]
    assert store.enquiries(mission="suivi") == store.enquiries(mission="suivi%n1") == []
    assert store.enquiries(mission="suivi-n1") == store.enquiries(territory="") == []


def test_a_filter_that_does_not_exist_is_refused(store: Store) -> None:
    with pytest.raises(TypeError, match="color"):
        store.enquiries(color="red")


def test_the_stream_is_the_list_without_its_limit(store: Store) -> None:
    log(store, *(an_enquiry(n) for n in range(1200)))
    streamed = list(store.stream())
    assert len(streamed) == 1200
    assert streamed == store.enquiries(limit=2000)
    assert tokens(list(store.stream(until=MORNING + timedelta(minutes=2)))) == ["tok-1", "tok-0"]


def test_a_stream_left_in_the_middle_holds_nothing_up(store: Store) -> None:
    log(store, *(an_enquiry(n) for n in range(600)))
    streaming = store.stream()
    assert next(streaming).token == "tok-599"
    log(store, an_enquiry(600))
    streaming.close()
    assert store.enquiries(limit=1)[0].token == "tok-600"
