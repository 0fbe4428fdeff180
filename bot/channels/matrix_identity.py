"""The bot's own identity on Matrix: it signs the device that the bot speaks from.

Many clients give the keys of a room to signed devices alone (MSC4153), and matrix-nio knows no such signatures. The
identity is made from a secret, the same every time: a device that takes the place of a lost one is signed by it, too.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MASTER, SELF_SIGNING = "master", "self_signing"


class Identity:
    """``user``: a Matrix id; ``secret``: whoever has it can sign devices as this user's."""

    def __init__(self, user: str, secret: str) -> None:
        self._user = user
        self._keys = {usage: _key(secret, user, usage) for usage in (MASTER, SELF_SIGNING)}

    def published(self) -> dict[str, dict[str, object]]:
        """What the homeserver is told of it, once: the public keys, the second signed by the first."""
        signing = self._signed(self._public(SELF_SIGNING), MASTER)
        return {"master_key": self._public(MASTER), "self_signing_key": signing}

    def is_theirs(self, master: Mapping[str, object]) -> bool:
        """Whether this is the identity that the homeserver has for the user (its ``master_key``)."""
        return master.get("keys") == self._public(MASTER)["keys"]

    def has_signed(self, device: Mapping[str, object]) -> bool:
        """Whether a device (as the homeserver has it) carries the signature of this identity, as far as it is told."""
        signatures = device.get("signatures") or {}
        return _name(self._keys[SELF_SIGNING]) in signatures.get(self._user, {})

    def sign(self, device: Mapping[str, object]) -> dict[str, object]:
        """The device (as the homeserver has it), signed."""
        return self._signed(device, SELF_SIGNING)

    def _public(self, usage: str) -> dict[str, object]:
        key = self._keys[usage]
        return {"user_id": self._user, "usage": [usage], "keys": {_name(key): _text(key)}}

    def _signed(self, thing: Mapping[str, object], usage: str) -> dict[str, object]:
        bare = {name: value for name, value in thing.items() if name not in ("signatures", "unsigned")}
        canonical = json.dumps(bare, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        signature = _base64(self._keys[usage].sign(canonical))
        return {**bare, "signatures": {self._user: {_name(self._keys[usage]): signature}}}


def _key(secret: str, user: str, usage: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(
        hmac.digest(secret.encode(), f"matrix identity {usage} {user}".encode(), "sha256")
    )


def _name(key: Ed25519PrivateKey) -> str:
    return f"ed25519:{_text(key)}"


def _text(key: Ed25519PrivateKey) -> str:
    return _base64(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")
