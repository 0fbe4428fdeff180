"""The program's keys rotate while people write: new first, everything sealed anew, then the old one goes."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from sqlalchemy import select

from api.storage.household_schema import cases
from api.storage.resealing import reseal
from api.storage.store import Store
from api.storage.vault import Vault
from tests.api.kept_data import CONTACT_KEY, SENDER, keep_everything

NEW = "n" * 40


def test_after_a_rotation_under_traffic_the_old_key_is_needed_by_nothing(store: Store) -> None:
    kept = keep_everything(store, datetime(2026, 11, 26, tzinfo=UTC))
    both, ending, opened = Vault([NEW, CONTACT_KEY]), threading.Event(), []

    def work() -> None:
        while not ending.is_set():
            with store.households(both) as households:
                opened.append(households.open_case("fr", SENDER).reference)

    working = threading.Thread(target=work)
    working.start()
    try:
        while len(opened) < 5:
            ending.wait(0.01)
        assert reseal(store, both)[0] >= 5
    finally:
        ending.set()
        working.join()
    with store.households(Vault([NEW])) as households:
        assert households.case(kept.reference).sender == SENDER
        assert all(households.case(one).sender == SENDER for one in opened)
    with store.reading() as connection:
        assert all(Vault([NEW]).box(one) for one in connection.scalars(select(cases.c.sealing)) if one)
