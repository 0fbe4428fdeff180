"""Where settings come from: variables of the environment, and for secrets files too."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TypeVar

from bot.messages import Text

PREFIX, IN_FILE, CREDENTIALS = "AIGUILLAGE_", "_FILE", "CREDENTIALS_DIRECTORY"
HIDDEN = "***"

FROM_ENVIRONMENT = Text("setting.origin.environment")
BY_DEFAULT = Text("setting.origin.default")
FROM_FILE, FROM_CREDENTIAL = "setting.origin.file", "setting.origin.credential"  # with the file
T = TypeVar("T")
D = TypeVar("D")


class SettingsError(ValueError):
    """A setting that cannot be used: the variable, its value (never a secret's) and the remedy."""

    def __init__(self, name: str, shown: str, remedy: str) -> None:
        super().__init__(f"{PREFIX}{name.upper()}={shown}: {remedy}")
        self.variable, self.shown, self.remedy = PREFIX + name.upper(), shown, remedy


class Source:
    """Takes settings out of an environment one by one and notes where each came from.

    ``secrets`` are never shown. Those in ``filed`` may lie in a file instead: the one that AIGUILLAGE_<NAME>_FILE
    names, or systemd's credential of the name in small letters (``LoadCredential=``, ``LoadCredentialEncrypted=``).
    """

    def __init__(self, environ: Mapping[str, str], secrets: Collection[str], filed: Collection[str]) -> None:
        self._values = {k: v.strip() for k, v in environ.items() if k.startswith(PREFIX) and v.strip()}
        self._credentials = environ.get(CREDENTIALS)
        self._secrets, self._filed = secrets, filed
        self.origins: dict[str, Text] = {}

    def take(self, name: str, parse: Callable[[str], T], default: D) -> T | D:
        """The setting, or the default where it is given nowhere. Raises SettingsError."""
        value, file = self._values.get(PREFIX + name.upper()), self._file(name)
        if value is not None and file is not None:
            raise SettingsError(name, self._shown(name, value), f"it is in {file} too: give it once")
        if file is not None:
            value = _content(name, file)
        self.origins[name] = self._origin(value, file)
        if value is None:
            return default
        try:
            return parse(value)
        except ValueError as error:
            raise SettingsError(name, self._shown(name, value), str(error)) from None

    def unknown(self) -> tuple[str, ...]:
        """Variables with our prefix that no setting has."""
        taken = {PREFIX + name.upper() for name in self.origins}
        return tuple(sorted(self._values.keys() - taken - {PREFIX + name.upper() + IN_FILE for name in self._filed}))

    def _file(self, name: str) -> Path | None:
        """Where a setting lies, if in a file. Raises SettingsError where it would be in two."""
        if name not in self._filed:
            return None
        named = self._values.get(PREFIX + name.upper() + IN_FILE)
        kept = Path(self._credentials) / name if self._credentials else None
        if kept is None or not kept.exists():
            return Path(named) if named else None
        if named:
            raise SettingsError(name + IN_FILE, repr(named), f"it is in {kept} too: give it once")
        return kept

    def _origin(self, value: str | None, file: Path | None) -> Text:
        if file is None:
            return BY_DEFAULT if value is None else FROM_ENVIRONMENT
        credential = self._credentials is not None and file.parent == Path(self._credentials)
        return Text(FROM_CREDENTIAL if credential else FROM_FILE, {"file": str(file)})

    def _shown(self, name: str, value: str) -> str:
        """A refused value, without what may be a secret in it: of an address, only the kind."""
        if name in self._secrets:
            return HIDDEN
        if name == "database_url" or "@" in value:
            kind = re.match(r"[A-Za-z][A-Za-z0-9+.]*://", value)
            return f"{kind[0]}{HIDDEN}" if kind else HIDDEN
        return repr(value)


def _content(name: str, file: Path) -> str:
    """What a file of a secret says. Raises SettingsError."""
    try:
        value = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        remedy = f"cannot be read ({why}): give a file that this server may read"
        raise SettingsError(name + IN_FILE, repr(str(file)), remedy) from None
    if not value:
        raise SettingsError(name + IN_FILE, repr(str(file)), "is empty: write the value into it, in one line")
    return value
