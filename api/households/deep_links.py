"""What a link to the bot says when it opens a chat: to pair it with a household's case, or to follow one."""

from __future__ import annotations

PAIR, FOLLOW = "m-", "v-"


def household_start(token: str) -> str:
    """To pair a chat with the case of a household's link."""
    return PAIR + token


def visitor_start(token: str) -> str:
    """To follow a case; ``token``: `api.households.asking.case_token`."""
    return FOLLOW + token
