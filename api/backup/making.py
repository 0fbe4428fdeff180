"""A backup: the database at one moment, while the server runs, and the files beside it."""

from __future__ import annotations

import hashlib
import hmac
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from api.backup import archive
from api.backup.archive import BackupError, Manifest
from api.backup.folder import files_out
from api.backup.tables import copy_out
from api.settings import Settings, contact_keys
from api.storage.store import Store
from bot.messages import Text


def make(settings: Settings, target: Path, *, force: bool = False) -> Manifest:
    """Write a backup to the target. Raises BackupError where there is a file already (unless ``force``), StorageError,
    OSError."""
    if target.exists() and not force:
        raise BackupError(Text("backup.refused.exists", {"file": str(target)}))
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as place:
        folder = Path(place)
        with Store.open(settings.database_url) as store:
            revision, rows = copy_out(store.engine, folder)
            kind = store.engine.dialect.name
        files_out(settings, folder, target)
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        manifest = Manifest(made_at, version("aiguillage"), kind, revision, rows, fingerprints(settings))
        archive.write(target, manifest, folder)
        return manifest


def fingerprints(settings: Settings) -> Mapping[str, list[str]]:
    """By setting, what tells a key from another one and tells nothing else of it."""
    return {
        "SECRET_KEY": [_fingerprint(settings.secret_key)],
        "CONTACT_KEYS": [_fingerprint(key) for key in contact_keys(settings)],
    }


def _fingerprint(key: str) -> str:
    return hmac.new(key.encode(), b"aiguillage backup", hashlib.sha256).hexdigest()[:16]
