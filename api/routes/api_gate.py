"""The gate before what programs read: which key, what it opens, and how often it may ask."""

from __future__ import annotations

import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from api.routes.decisions import Problem
from api.storage.api_keys import ApiKey, ApiKeys

OF_A_KEY = RateLimitItemPerMinute(120)
OF_WRONG_KEYS = RateLimitItemPerMinute(20)  # from one address
REALM = 'Bearer realm="aiguillage"'


class ApiGate:
    """Counts in this process: several servers on one database each allow as many."""

    def __init__(self, keys: ApiKeys, of_a_key: RateLimitItemPerMinute = OF_A_KEY) -> None:
        self._keys, self._of_a_key = keys, of_a_key
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def key(self, secret: str | None, address: str) -> ApiKey:
        """The key of a request. Raises Problem: 401 for none or a wrong or ended one, 429 where it asks too often."""
        if secret is None:
            raise _unknown("give a key: Authorization: Bearer <key>", REALM)
        found = self._keys.of_secret(secret)
        if found is None:  # a known key is never slowed down by what others send from the same address
            if not self._limiter.hit(OF_WRONG_KEYS, "wrong", address):
                raise self._too_often(OF_WRONG_KEYS, "wrong", address)
            raise _unknown("this key is not known, or has ended: ask for a new one", f'{REALM}, error="invalid_token"')
        if not self._limiter.hit(self._of_a_key, "key", str(found.id)):
            raise self._too_often(self._of_a_key, "key", str(found.id))
        return found

    def require(self, key: ApiKey, scope: str) -> None:
        """Raises Problem (403) that names the scope."""
        if not key.opens(scope):
            challenge = f'{REALM}, error="insufficient_scope", scope="{scope}"'
            detail = f"this key does not open {scope!r}: ask for one that does"
            raise Problem(403, "Forbidden", detail, headers={"WWW-Authenticate": challenge})

    def _too_often(self, item: RateLimitItemPerMinute, kind: str, who: str) -> Problem:
        reset = self._limiter.get_window_stats(item, kind, who).reset_time
        seconds = max(1, math.ceil(reset - time.time()))
        detail = f"more than {item.amount} requests a minute: try again in {seconds} s"
        return Problem(429, "Too Many Requests", detail, headers={"Retry-After": str(seconds)})


def _unknown(detail: str, challenge: str) -> Problem:
    return Problem(401, "Unauthorized", detail, headers={"WWW-Authenticate": challenge})
