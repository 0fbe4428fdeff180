"""Secrets of a household case: sealed under the case's own key, itself sealed under the program's keys.

Destroying a case's key makes all its secrets unreadable. A copy of the database made before still has that key, sealed:
it opens while AIGUILLAGE_CONTACT_KEYS has the key that it was sealed under.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class SealError(ValueError):
    """A secret that none of the keys opens: AIGUILLAGE_CONTACT_KEYS lacks the key that it was sealed under."""


class Vault:
    """``keys``: long random texts, the newest first; the others open what is older."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = MultiFernet([Fernet(urlsafe_b64encode(sha256(key.encode()).digest())) for key in keys])

    def new_sealing(self) -> bytes:
        """The key of a new case, sealed: what its row keeps."""
        return self._keys.encrypt(Fernet.generate_key())

    def renewed(self, sealing: bytes) -> bytes:
        """The same case's key under the newest of the program's keys. Raises SealError."""
        try:
            return self._keys.rotate(sealing)
        except InvalidToken:
            raise _unknown() from None

    def box(self, sealing: bytes) -> Box:
        """What seals and opens the secrets of one case. Raises SealError."""
        try:
            return Box(Fernet(self._keys.decrypt(sealing)))
        except InvalidToken:
            raise _unknown() from None


class Box:
    """Seals bytes or plain JSON values under one case's key."""

    def __init__(self, fernet: Fernet) -> None:
        self._fernet = fernet

    def seal(self, value: object) -> bytes:
        return self._fernet.encrypt(json.dumps(value, ensure_ascii=False).encode())

    def open(self, sealed: bytes) -> object:
        """Raises SealError."""
        return json.loads(self.open_bytes(sealed))

    def seal_bytes(self, value: bytes) -> bytes:
        return self._fernet.encrypt(value)

    def open_bytes(self, sealed: bytes) -> bytes:
        """Raises SealError."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            raise _unknown() from None


def _unknown() -> SealError:
    return SealError("a secret was sealed under a key that AIGUILLAGE_CONTACT_KEYS does not have: add it at the end")
