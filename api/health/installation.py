"""The disk, the territories, translation, Telegram and Matrix, each looked at without changing anything."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx

from api.health.findings import BROKEN, FINE, LOOK, OFF, Check
from api.health.keys import keys
from api.health.matrix import matrix
from api.health.passwords import passwords
from api.settings import Settings, notices
from api.territories import territory_files
from bot.followup.catalog import household_languages, language_name
from bot.messages import Text
from bot.translation.packages import installed, missing
from bot.wording import SOURCE_LANGUAGE
from rules.errors import RulesetError

LITTLE, TOO_LITTLE = 2_000, 200  # megabytes
PATIENCE = 10.0  # seconds


def installation(settings: Settings, today: date, *, online: bool) -> Iterator[Check]:
    """``online``: Telegram and Matrix are asked about their tokens; nothing else leaves the machine."""
    yield from (Check("settings", LOOK, notice) for notice in notices(settings))
    yield _data_folder(settings.data_dir)
    yield _disk(settings.data_dir)
    yield from keys(settings, today)
    yield from passwords(settings)
    yield _territories(settings)
    yield _telegram(settings, online)
    yield from matrix(settings, online=online)
    yield _translation(settings.models)


def _data_folder(folder: Path) -> Check:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return Check("data_dir", FINE, Text("doctor.data_dir.fine", {"folder": str(folder.resolve())}))
    except OSError as error:
        found = Text("doctor.data_dir.broken", {"folder": str(folder), "why": error.strerror or type(error).__name__})
        return Check("data_dir", BROKEN, found, Text("doctor.data_dir.remedy"))


def _disk(folder: Path) -> Check:
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free // 1_000_000
    state = BROKEN if free < TOO_LITTLE else LOOK if free < LITTLE else FINE
    found = Text("doctor.disk.free", {"size": f"{free / 1000:.1f}".replace(".", ","), "folder": str(there)})
    return Check("disk", state, found, None if state == FINE else Text("doctor.disk.remedy"))


def _territories(settings: Settings) -> Check:
    try:
        found = territory_files(settings)
    except RulesetError as error:
        return Check("territories", BROKEN, Text("doctor.said", {"what": error}))
    folder = {"folder": str(settings.territories)}
    if not found:
        return Check("territories", OFF, Text("doctor.territories.none", folder))
    return Check("territories", FINE, Text("doctor.territories.some", {"names": tuple(sorted(found))}))


def _telegram(settings: Settings, online: bool) -> Check:
    if settings.telegram_token is None:
        return Check("telegram", OFF, Text("doctor.telegram.none"), Text("doctor.telegram.set"))
    if settings.telegram_webhook_secret and not settings.public_url.startswith("https://"):
        found = Text("doctor.telegram.no_https", {"address": settings.public_url})
        return Check("telegram", BROKEN, found, Text("doctor.telegram.https"))
    if not online:
        return Check("telegram", FINE, Text("doctor.telegram.not_asked"), Text("doctor.telegram.ask"))
    return _answered(f"{settings.telegram_api}/bot{settings.telegram_token}/getMe", settings.telegram_api)


def _answered(address: str, shown: str) -> Check:
    """The address holds the token: it is in no message."""
    try:
        answer = httpx.post(address, timeout=PATIENCE)
        named = answer.json()["result"]["username"] if answer.status_code == 200 else None
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        found = Text("doctor.telegram.unreachable", {"address": shown, "why": type(error).__name__})
        return Check("telegram", BROKEN, found, Text("doctor.telegram.reach"))
    if named is None:
        found = Text("doctor.telegram.refused", {"address": shown, "status": answer.status_code})
        return Check("telegram", BROKEN, found, Text("doctor.telegram.renew"))
    return Check("telegram", FINE, Text("doctor.telegram.knows", {"name": named}))


def _translation(folder: Path) -> Check:
    packages = installed(folder)
    lacking: dict[str, None] = {}
    without = []
    for language in (code for code in household_languages() if code != SOURCE_LANGUAGE):
        pairs = [*missing(packages, SOURCE_LANGUAGE, language), *missing(packages, language, SOURCE_LANGUAGE)]
        lacking |= dict.fromkeys(pairs)
        without += [language_name(language)] if pairs else []
    remedy = Text("doctor.translation.install", {"pairs": " ".join(lacking)})
    if not packages:
        return Check("translation", OFF, Text("doctor.translation.none"), remedy)
    if without:
        return Check("translation", LOOK, Text("doctor.translation.some", {"languages": tuple(without)}), remedy)
    return Check("translation", FINE, Text("doctor.translation.all"))
