"""Passwords: hashed by argon2 as OWASP advises, checked in the same time whether or not there is an account."""

from __future__ import annotations

import secrets
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 1000
AT_ONCE = 4  # each check takes 64 MiB while it lasts


class Passwords:
    """``hasher``: with which parameters; a hash made with others is made anew at the next sign-in."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = BoundedSemaphore(AT_ONCE)
        self._nobody = self._hasher.hash(secrets.token_urlsafe(32))

    def hashed(self, password: str) -> str:
        with self._turn:
            return self._hasher.hash(password)

    def right(self, kept: str | None, password: str) -> bool:
        """Whether this is the password of a hash; without a hash, no, after the same work."""
        with self._turn:
            try:
                return self._hasher.verify(kept or self._nobody, password[:LONGEST]) and kept is not None
            except (VerificationError, InvalidHashError):
                return False

    def outdated(self, kept: str) -> bool:
        """Whether it was hashed with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)


def password_fault(password: str, name: str) -> str | None:
    """What is wrong with a new password (a catalog message), or None."""
    if len(password) < SHORTEST:
        return "access.password.short"
    if len(password) > LONGEST:
        return "access.password.long"
    if len(set(password)) < 5 or password.lower() in (name, name * 2):
        return "access.password.guessed"
    return None
