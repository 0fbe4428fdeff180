"""What a link carries, signed under the secret key: a bare name, or a record. A purpose's signature is no other's."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

SHORT = 20  # hexadecimal digits: 80 bits


def signed_name(name: str, purpose: bytes, secret: str) -> str:
    """The name and its signature, short enough for a Telegram link."""
    return f"{name}-{_digest(name.encode(), purpose, secret).hex()[:SHORT]}"


def name_signed(token: str, purpose: bytes, secret: str) -> str | None:
    """The name that a token of ours carries, or None."""
    name, _, _signature = token.rpartition("-")
    good = token.isascii() and hmac.compare_digest(signed_name(name, purpose, secret), token)
    return name if good else None


def signed_record(record: Mapping[str, object], purpose: bytes, secret: str) -> str:
    """A record of JSON values as a token: letters, digits, « - », « _ » and one dot."""
    body = _base64(json.dumps(record, ensure_ascii=False).encode())
    return f"{body}.{_base64(_digest(body.encode(), purpose, secret))}"


def record_signed(token: str, purpose: bytes, secret: str) -> Any:
    """The record that a token of ours carries, or None."""
    body, _, signature = token.partition(".")
    if not token.isascii():
        return None
    if not hmac.compare_digest(_base64(_digest(body.encode(), purpose, secret)), signature):
        return None
    return json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def _digest(content: bytes, purpose: bytes, secret: str) -> bytes:
    return hmac.digest(secret.encode(), purpose + content, sha256)


def _base64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
