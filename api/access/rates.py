"""What is tried too often has to wait. Counted in the memory of this process."""

from __future__ import annotations

import math
import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter

# Many guesses at one name from everywhere stop the name for minutes only; a browser that signed in before, and the
# same address that makes no guesses, go on.
NAME_HERE = RateLimitItemPerMinute(6, 1)  # one name from one address
NAME = RateLimitItemPerMinute(30, 5)  # one name from everywhere
ADDRESS = RateLimitItemPerMinute(60, 5)
CODE = RateLimitItemPerMinute(6, 5)
PAGES = RateLimitItemPerMinute(1200)
# What makes an engine work, in the chat: of one browser, and of an address, behind which a whole team may be.
BY_VOICE = {
    "speak": (RateLimitItemPerMinute(12), RateLimitItemPerMinute(120)),
    "listen": (RateLimitItemPerMinute(60), RateLimitItemPerMinute(600)),
}


class TooOftenError(Exception):
    """``seconds``: how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too often: wait {seconds} s")
        self.seconds = seconds

    @property
    def minutes(self) -> int:
        return math.ceil(self.seconds / 60)


class Rates:
    """Counters by limit and key."""

    def __init__(self) -> None:
        self._counts = MemoryStorage()
        self._attempts, self._pages = MovingWindowRateLimiter(self._counts), FixedWindowRateLimiter(self._counts)

    def attempt(self, limit: RateLimitItem, *key: str) -> None:
        """Count one more. Raises TooOftenError."""
        if not self._attempts.hit(limit, *key):
            raise TooOftenError(_wait(self._attempts.get_window_stats(limit, *key).reset_time))

    def page(self, session: str) -> None:
        """Count one more page of a session. Raises TooOftenError."""
        if not self._pages.hit(PAGES, "page", session):
            raise TooOftenError(_wait(self._pages.get_window_stats(PAGES, "page", session).reset_time))

    def by_voice(self, what: str, session: str, address: str) -> bool:
        """Count one more of what makes an engine work in the chat. Whether it may be done."""
        one, all_ = BY_VOICE[what]
        return self._attempts.hit(one, what, "session", session) and self._attempts.hit(all_, what, "address", address)

    def reset(self) -> None:
        """Nothing was tried yet."""
        self._counts.reset()

    def forget(self, limit: RateLimitItem, *key: str) -> None:
        """What was tried was right: the count begins anew."""
        self._attempts.clear(limit, *key)


def _wait(until: float) -> int:
    return max(1, math.ceil(until - time.time()))
