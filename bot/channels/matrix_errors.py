"""What can go wrong on the way to a homeserver."""

from __future__ import annotations


class NotInstalledError(Exception):
    """matrix-nio is not there."""

    def __init__(self) -> None:
        super().__init__("Matrix needs matrix-nio: pip install 'aiguillage[matrix]', or leave AIGUILLAGE_MATRIX_… out")


class TokenError(Exception):
    """The homeserver does not know the bot's token, or not any more."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the homeserver refused the bot's token ({why}): give a new one in AIGUILLAGE_MATRIX_TOKEN")


class RefusedError(Exception):
    """The homeserver will not do this, however often it is asked. ``code``: its errcode."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class AwayError(Exception):
    """The homeserver is out of reach, or busy: a reason that passes. ``wait``: seconds, where it said so."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


class KeysError(Exception):
    """The keys of the bot's device cannot be used. The message says what to do."""
