"""Write events as fast as they go, and say which are durable: `python -m tests.api.writing URL FIRST`, until killed.

Each event leaves its row, a dialogue that counts it and a question; its number is said once its Future ended.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from itertools import count

from api.storage import SqlJournal, Store
from tests.api.examples import a_dialogue, an_enquiry

CHANNEL = "trial"
UNDER_WAY = 40


def event(number: int) -> Callable[[SqlJournal], None]:
    """What one event leaves."""

    def written(journal: SqlJournal) -> None:
        journal.record(CHANNEL, str(number), {"number": number})
        journal.keep(a_dialogue(key=f"{number:032d}"))
        journal.log(an_enquiry(number))

    return written


def main() -> None:
    url, first = sys.argv[1], int(sys.argv[2])
    room = threading.BoundedSemaphore(UNDER_WAY)
    with Store.open(url) as store:
        for number in count(first):
            room.acquire()

            def told(done: Future[None], number: int = number) -> None:
                done.result()
                os.write(1, f"{number}\n".encode())
                room.release()

            store.write(event(number)).add_done_callback(told)


if __name__ == "__main__":
    main()
