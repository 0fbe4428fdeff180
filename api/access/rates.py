"""What is tried too often has to wait. Counted in the memory of this process."""

from __future__ import annotations

import math
import time
from ipaddress import ip_address, ip_network

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
# Links that open nothing. Where guesses come from everywhere, an address that made some has fewer left; whoever guesses
# nothing goes on.
LINKS = RateLimitItemPerMinute(60, 5)  # from one address
LINKS_ANYWHERE, LINKS_THEN = RateLimitItemPerMinute(1200, 5), RateLimitItemPerMinute(5, 5)
# The chat: one browser; an address, behind which a whole office may be, and how many browsers may come from there.
CHAT, CHAT_OF_ADDRESS = RateLimitItemPerMinute(240), RateLimitItemPerMinute(3000)
ARRIVALS = RateLimitItemPerMinute(1200, 10)
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
        self._counted(PAGES, "page", session)

    def link(self, address: str) -> None:
        """Before a link is looked up. Raises TooOftenError where too many from there opened nothing."""
        for limit, key in self._guesses(address):
            if not self._attempts.test(limit, *key):
                raise TooOftenError(_wait(self._attempts.get_window_stats(limit, *key).reset_time))

    def guessed(self, address: str) -> None:
        """Count one more link that opened nothing."""
        for limit, *key in ((LINKS, "link", address), (LINKS_THEN, "link then", address), (LINKS_ANYWHERE, "links")):
            self._attempts.hit(limit, *key)

    def _guesses(self, address: str) -> tuple[tuple[RateLimitItem, tuple[str, ...]], ...]:
        own = (LINKS, ("link", address))
        calm = self._attempts.test(LINKS_ANYWHERE, "links")
        return (own,) if calm else (own, (LINKS_THEN, ("link then", address)))

    def chat(self, session: str | None, address: str) -> None:
        """Count one more request of the chat. ``session``: None for a browser that brings none. Raises TooOftenError.

        A session that was not here for a minute counts as one more that comes.
        """
        here = session is not None and self._attempts.get_window_stats(CHAT, "chat", session).remaining < CHAT.amount
        if not here:
            self._counted(ARRIVALS, "arrivals", address)
        if session is not None:
            self.attempt(CHAT, "chat", session)
        self._counted(CHAT_OF_ADDRESS, "chat of", address)

    def _counted(self, limit: RateLimitItem, *key: str) -> None:
        if not self._pages.hit(limit, *key):
            raise TooOftenError(_wait(self._pages.get_window_stats(limit, *key).reset_time))

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


def sender(host: str) -> str:
    """What an address is counted as: one of IPv6 is its network of 64 bits, which one machine has whole."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else host


def _wait(until: float) -> int:
    return max(1, math.ceil(until - time.time()))
