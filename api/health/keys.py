"""The keys: where they are, and how long the one that seals has done so (docs/keys.md)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from api.health.findings import BROKEN, FINE, LOOK, Check
from api.setting_source import BY_DEFAULT, FROM_CREDENTIAL, FROM_ENVIRONMENT
from api.settings import Settings, SettingsError, contact_keys
from bot.messages import Text

PERIOD = timedelta(days=2 * 365)  # NIST SP 800-57 part 1, table 1: a key that wraps keys wraps for two years at most


def keys(settings: Settings, today: date) -> Iterator[Check]:
    """``today``: the age of a key is told by it."""
    yield Check("secret_key", FINE, _place(settings, "secret_key"))
    try:
        contact_keys(settings)
    except SettingsError as error:
        yield Check("contact_keys", BROKEN, Text("doctor.said", {"what": error}))
        return
    yield Check("contact_keys", FINE, _place(settings, "contact_keys"))
    yield _age(sealing_since(settings), today)


def sealing_since(settings: Settings) -> date | None:
    """Since when the first of the contact keys is the first: as it was said, else the day of the file it lies in,
    which is written once; None where a key comes by the environment or as a credential, whose file is made anew at
    each start."""
    if settings.contact_keys_since is not None:
        return settings.contact_keys_since
    origin, file = settings.origins.get("contact_keys", BY_DEFAULT), _file(settings, "contact_keys")
    if origin.message in (FROM_ENVIRONMENT.message, FROM_CREDENTIAL) or not file.exists():
        return None
    return datetime.fromtimestamp(file.stat().st_mtime, UTC).date()


def _age(since: date | None, today: date) -> Check:
    if since is None:
        return Check("key_age", FINE, Text("doctor.key.age_unknown"), Text("doctor.key.say_since"))
    if today - since <= PERIOD:
        return Check("key_age", FINE, Text("doctor.key.young", {"since": since, "until": since + PERIOD}))
    return Check("key_age", LOOK, Text("doctor.key.old", {"since": since}), Text("doctor.key.rotate"))


def _place(settings: Settings, name: str) -> Text:
    if settings.origins.get(name) == FROM_ENVIRONMENT:
        return Text("doctor.key.given")
    return Text("doctor.key.kept", {"file": str(_file(settings, name))})


def _file(settings: Settings, name: str) -> Path:
    """The file that a key lies in: one that was named, else the one in the data folder."""
    origin = settings.origins.get(name, BY_DEFAULT)
    return Path(str(origin.params.get("file") or (settings.data_dir / name).resolve()))
