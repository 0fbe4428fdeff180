"""A voice note that a network keeps for us, before it is fetched: what is not taken in, and why."""

from __future__ import annotations

from bot.speech.limits import LARGEST, LONGEST

TOO_LARGE, TOO_LONG, NOT_FETCHED = "too_large", "too_long", "not_fetched"


class FetchError(Exception):
    """A voice note that is not there to be heard. ``code``: of a message ``speech.refused.…``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def ensure_small(seconds: float, size: int) -> None:
    """Raises FetchError for what is too long or too large as it was announced (in seconds and bytes)."""
    if seconds > LONGEST:
        raise FetchError(TOO_LONG)
    if size > LARGEST:
        raise FetchError(TOO_LARGE)
