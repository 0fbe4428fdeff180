"""The second factor: a code of six digits that changes every half minute, from a secret shared with a phone."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime

import pyotp

from api.storage.vault import Vault

STEP = 30  # seconds
AROUND = (0, -1, 1)  # a phone's clock may be one step off
ISSUER = "Aiguillage"


def new_secret() -> str:
    return pyotp.random_base32()


def address_of(secret: str, name: str) -> str:
    """What a phone's application reads from the square."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The number of the half minute that a code is of, or None where it is wrong or out of date."""
    typed = "".join(code.split())
    if not typed.isascii():
        return None
    totp, here = pyotp.TOTP(secret), int(at.timestamp()) // STEP
    found = [here + off for off in AROUND if hmac.compare_digest(totp.generate_otp(here + off), typed)]
    return found[0] if found else None


def sealed(secret: str, vault: Vault) -> Mapping[str, bytes]:
    """The columns of an account that keep the secret, under a key of its own."""
    sealing = vault.new_sealing()
    return {"sealing": sealing, "totp": vault.box(sealing).seal(secret)}


def unsealed(sealing: bytes, totp: bytes, vault: Vault) -> str:
    """Raises SealError."""
    return str(vault.box(sealing).open(totp))
