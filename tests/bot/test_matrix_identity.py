"""The identity by which the bot signs its own device."""

from __future__ import annotations

import base64
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bot.channels.matrix_identity import Identity

BOT = "@aiguillage:exemple.test"
DEVICE = {
    "device_id": "APPAREIL",
    "user_id": BOT,
    "keys": {"ed25519:APPAREIL": "clé"},
    "signatures": {BOT: {"ed25519:APPAREIL": "la sienne"}},
    "unsigned": {"device_display_name": "…"},
}


def only(thing):
    [value] = thing.values()
    return value


def opened(signed, key):
    """Raises InvalidSignature where the signature of ``key`` over the thing does not hold."""
    bare = {name: value for name, value in signed.items() if name != "signatures"}
    signature = signed["signatures"][BOT][f"ed25519:{key}"]
    text = json.dumps(bare, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    Ed25519PublicKey.from_public_bytes(base64.b64decode(key + "=")).verify(base64.b64decode(signature + "=="), text)


def test_the_master_key_signs_the_other_and_the_other_signs_the_device():
    identity = Identity(BOT, "secret")
    published = identity.published()
    master, signing = only(published["master_key"]["keys"]), only(published["self_signing_key"]["keys"])
    opened(published["self_signing_key"], master)
    signed = identity.sign(DEVICE)
    opened(signed, signing)
    assert "unsigned" not in signed and list(signed["signatures"][BOT]) == [f"ed25519:{signing}"]
    assert identity.has_signed(signed) and not identity.has_signed(DEVICE)


def test_the_same_secret_makes_the_same_identity_and_another_secret_or_user_another_one():
    mine = Identity(BOT, "secret").published()["master_key"]
    assert Identity(BOT, "secret").is_theirs(mine)
    assert not Identity(BOT, "autre").is_theirs(mine)
    assert only(Identity("@autre:exemple.test", "secret").published()["master_key"]["keys"]) != only(mine["keys"])
