"""Packages from an Argos index where there is internet: a JSON list of packages with their links."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.translation.errors import TranslationError
from bot.translation.packages import LARGEST_FILE, PIVOT, Package, engine_code

INDEX = "https://raw.githubusercontent.com/argosopentech/argospm-index/main/index.json"
REMEDY = "bring the files another way, then: aiguillage models install FICHIER.argosmodel"
PATIENCE = aiohttp.ClientTimeout(total=None, sock_connect=15, sock_read=60)


@dataclass(frozen=True, slots=True)
class Offer:
    """A package of the index. ``sha256``: None where the index does not say it."""

    source: str
    target: str
    version: str
    link: str
    sha256: str | None = None

    @property
    def pair(self) -> str:
        return f"{self.source}-{self.target}"


async def offers(index: str) -> tuple[Offer, ...]:
    """What an index has. Raises TranslationError with the remedy where it cannot be read."""
    try:
        async with aiohttp.ClientSession(timeout=PATIENCE, trust_env=True) as session, session.get(index) as answer:
            answer.raise_for_status()
            listed = await answer.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise TranslationError(f"{index}: cannot be read ({_why(error)}); {REMEDY}") from None
    if not isinstance(listed, list):
        raise TranslationError(f"{index}: it is no index of packages; {REMEDY}")
    return tuple(offer for one in listed if isinstance(one, dict) and (offer := _offer(one)))


def wanted(pair: str, offered: Sequence[Offer], have: Sequence[Package]) -> tuple[Offer, ...]:
    """What to fetch for a pair: its package, else those of the way through English that are not installed.

    Raises TranslationError where the index has no way either.
    """
    source, target = (engine_code(code) for code in pair.split("-", 1))
    by_pair = {offer.pair: offer for offer in offered}
    if direct := by_pair.get(f"{source}-{target}"):
        return (direct,)
    way = (f"{source}-{PIVOT}", f"{PIVOT}-{target}")
    installed = {package.pair for package in have}
    lacking = [leg for leg in way if leg not in installed and leg not in by_pair]
    if lacking or PIVOT in (source, target):
        raise TranslationError(f"{pair}: the index has no package {' nor '.join(lacking or [pair])}; {REMEDY}")
    return tuple(by_pair[leg] for leg in way if leg not in installed)


async def download(offer: Offer, file: Path, progress: Callable[[int, int | None], None]) -> None:
    """A package into a file; ``progress`` is told the bytes so far, and of how many where that is known.

    Raises TranslationError, and then leaves no file.
    """
    try:
        async with (
            aiohttp.ClientSession(timeout=PATIENCE, trust_env=True) as session,
            session.get(offer.link) as answer,
        ):
            answer.raise_for_status()
            await _taken(answer, offer, file, progress)
    except (aiohttp.ClientError, TimeoutError) as error:
        file.unlink(missing_ok=True)
        raise TranslationError(f"{offer.link}: not fetched ({_why(error)}); try again, or {REMEDY}") from None
    except BaseException:
        file.unlink(missing_ok=True)
        raise


async def _taken(
    answer: aiohttp.ClientResponse, offer: Offer, file: Path, progress: Callable[[int, int | None], None]
) -> None:
    got = 0
    with file.open("wb") as out:
        async for block in answer.content.iter_chunked(1 << 18):
            got += len(block)
            if got > LARGEST_FILE:
                raise TranslationError(f"{offer.link}: more than {LARGEST_FILE} bytes; {REMEDY}")
            out.write(block)
            progress(got, answer.content_length)


def _offer(raw: dict[str, object]) -> Offer | None:
    links = [link for link in raw.get("links") or () if str(link).startswith(("https://", "http://"))]  # type: ignore[attr-defined]
    source, target = raw.get("from_code"), raw.get("to_code")
    if raw.get("type", "translate") != "translate" or not (links and source and target):
        return None
    digest = str(raw["sha256"]) if raw.get("sha256") else None
    return Offer(str(source), str(target), str(raw.get("package_version", "")), str(links[0]), digest)


def _why(error: BaseException) -> str:
    return str(error) or type(error).__name__
