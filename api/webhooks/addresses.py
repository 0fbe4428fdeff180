"""Where a program may be told: https, and on no network that only this machine can see."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from api.setting_values import is_loopback

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
LONGEST = 500
WITHIN = ipaddress.ip_network("64:ff9b::/96")  # IPv4 addresses by way of a translator


class AddressError(ValueError):
    """An address that a program may not be told at. ``code``: form, https, private or unknown_host."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Places:
    """Which networks may be told. ``loopback``: this machine itself; ``private``: the networks around it."""

    loopback: bool = False
    private: bool = False

    def checked(self, address: str) -> str:
        """The address as it is kept. A name is looked up again at each delivery. Raises AddressError."""
        parts = _parts(address)
        host = parts.hostname or ""
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
            raise AddressError("https")
        literal = _ip(host)
        if literal is not None and not self.allows(literal):
            raise AddressError("private")
        if is_loopback(host) and not self.loopback:
            raise AddressError("private")
        return parts._replace(fragment="").geturl()

    def allows(self, ip: IP) -> bool:
        """Whether a program may be told there."""
        inner = _inner(ip)
        if inner is not None:
            return self.allows(inner)
        if ip.is_loopback:
            return self.loopback
        if ip.is_multicast or ip.is_unspecified or ip.is_link_local or ip.is_reserved:
            return False
        return ip.is_global or (self.private and ip.is_private)

    async def resolved(self, host: str, port: int) -> str:
        """The address to connect to: nothing looks the name up again. Raises AddressError where any of those that the
        name has is not allowed."""
        try:
            loop = asyncio.get_running_loop()
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise AddressError("unknown_host") from None
        ips = [ipaddress.ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in found]
        if not ips or not all(self.allows(ip) for ip in ips):
            raise AddressError("private" if ips else "unknown_host")
        return str(ips[0])


def _parts(address: str) -> SplitResult:
    """Raises AddressError for what is no address, or names somebody in it."""
    text = address.strip()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise AddressError("form") from None
    plain = text.isascii() and text.isprintable() and " " not in text and len(text) <= LONGEST
    if not plain or not parts.hostname or "@" in parts.netloc or port == 0:
        raise AddressError("form")
    return parts


def _ip(host: str) -> IP | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _inner(ip: IP) -> IP | None:
    """The IPv4 address that an IPv6 address stands for."""
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    if ip in WITHIN:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
