"""One delivery over HTTP: signed, to an address that was looked up and allowed, followed nowhere else."""

from __future__ import annotations

import asyncio
import hmac
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from api.webhooks.addresses import AddressError, Places

LONGEST = 15.0  # seconds for one try, whatever the receiver does
TIMESTAMP, SIGNATURE, DELIVERY = "Aiguillage-Timestamp", "Aiguillage-Signature", "Aiguillage-Delivery"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What proves that a body is ours, and when it was sent: HMAC-SHA256 over « timestamp.body »."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, sha256)
    return f"sha256={digest.hexdigest()}"


@dataclass(frozen=True)
class Poster:
    """``verify``: whose certificates count; those of the system when not given."""

    places: Places
    verify: ssl.SSLContext | None = None
    longest: float = LONGEST
    clock: Callable[[], float] = field(default=time.time)

    async def post(self, address: str, body: bytes, secret: str, delivery: str) -> str | None:
        """None once the receiver said 2xx, else why not: private, unknown_host, form, unreachable, timeout, redirect
        or ``http_<status>``."""
        import httpx  # most installations have no webhook

        try:
            async with asyncio.timeout(self.longest):
                status = await self._sent(address, body, secret, delivery)
        except AddressError as error:
            return error.code
        except (TimeoutError, httpx.TimeoutException):
            return "timeout"
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError):
            return "unreachable"
        if 300 <= status < 400:
            return "redirect"
        return None if 200 <= status < 300 else f"http_{status}"

    async def _sent(self, address: str, body: bytes, secret: str, delivery: str) -> int:
        import httpx

        url = httpx.URL(self.places.checked(address))
        ip = await self.places.resolved(url.host, url.port or (443 if url.scheme == "https" else 80))
        timestamp = str(int(self.clock()))
        headers = {
            "Host": url.netloc.decode(),
            "Content-Type": "application/json",
            "User-Agent": "Aiguillage",
            DELIVERY: delivery,
            TIMESTAMP: timestamp,
            SIGNATURE: signature(secret, timestamp, body),
        }
        options = {"sni_hostname": url.host}  # whose certificate it has to be, though we connect to a number
        async with httpx.AsyncClient(verify=self.verify or True, trust_env=False, timeout=self.longest) as client:
            request = client.build_request(
                "POST", url.copy_with(host=ip), content=body, headers=headers, extensions=options
            )
            response = await client.send(request, stream=True, follow_redirects=False)
            await response.aclose()
            return response.status_code
