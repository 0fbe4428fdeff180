"""What threads do, awaited in an event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from api.storage.awaiting import Awaiting, Together


async def test_each_gets_its_own_result_or_error_from_whichever_thread():
    def work(number: int) -> int:
        if number % 7 == 0:
            raise ValueError(number)
        return number

    awaiting = Awaiting(asyncio.get_running_loop())
    with ThreadPoolExecutor(8) as threads:
        futures = [threads.submit(work, number) for number in range(200)]
        got = await asyncio.gather(*map(awaiting.ended, futures), return_exceptions=True)
    assert [one.args[0] if isinstance(one, ValueError) else -one for one in got] == [
        number if number % 7 == 0 else -number for number in range(200)
    ]


async def test_the_loop_is_woken_once_for_all_that_ended_meanwhile(monkeypatch: pytest.MonkeyPatch):
    loop, wakings = asyncio.get_running_loop(), []
    original = loop.call_soon_threadsafe
    monkeypatch.setattr(loop, "call_soon_threadsafe", lambda *given: (wakings.append(given), original(*given)))
    awaiting, futures = Awaiting(loop), [Future() for _ in range(50)]
    waiting = [asyncio.create_task(awaiting.ended(future)) for future in futures]
    await asyncio.sleep(0)
    for number, future in enumerate(futures):
        future.set_result(number)
    assert await asyncio.gather(*waiting) == list(range(50))
    assert len(wakings) == 1


async def test_what_nobody_waits_for_any_more_is_cancelled_and_disturbs_no_other():
    awaiting, left, other = Awaiting(asyncio.get_running_loop()), Future(), Future()
    leaving, staying = asyncio.create_task(awaiting.ended(left)), asyncio.create_task(awaiting.ended(other))
    await asyncio.sleep(0)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert left.cancelled()
    other.set_result("said")
    assert await staying == "said"


async def test_one_that_was_cancelled_by_another_is_cancelled_for_who_waits():
    awaiting, future = Awaiting(asyncio.get_running_loop()), Future()
    waiting = asyncio.create_task(awaiting.ended(future))
    await asyncio.sleep(0)
    future.cancel()
    future.set_running_or_notify_cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


def test_a_loop_that_is_closed_is_not_woken():
    loop = asyncio.new_event_loop()
    awaiting, future = Awaiting(loop), Future()
    loop.run_until_complete(_given_up(awaiting, future))
    loop.close()
    future.set_result("too late")
    assert awaiting._woken


async def _given_up(awaiting: Awaiting, future: Future) -> None:
    future.set_running_or_notify_cancel()  # begun: it cannot be cancelled any more
    waiting = asyncio.create_task(awaiting.ended(future))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait({waiting})


async def test_what_comes_while_the_work_before_is_under_way_is_done_together():
    done, go = [], asyncio.Event()

    async def work(things: list[int]) -> None:
        done.append(things)
        await go.wait()
        if 3 in things:
            raise ValueError(things)

    together = Together(work)
    first = asyncio.create_task(together.done(0))
    while not done:
        await asyncio.sleep(0)
    others = [asyncio.create_task(together.done(number)) for number in range(1, 5)]
    await asyncio.sleep(0)
    go.set()
    await first
    assert [type(one) for one in await asyncio.gather(*others, return_exceptions=True)] == [ValueError] * 4
    await together.done(9)
    assert done == [[0], [1, 2, 3, 4], [9]]


async def test_one_who_leaves_takes_nothing_from_the_others():
    done: list[list[str]] = []

    async def work(things: list[str]) -> None:
        await asyncio.sleep(0)
        done.append(things)

    together = Together(work)
    leaving, staying = asyncio.create_task(together.done("a")), asyncio.create_task(together.done("b"))
    await asyncio.sleep(0)
    leaving.cancel()
    await staying
    assert done == [["a", "b"]]
