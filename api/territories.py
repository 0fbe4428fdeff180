"""The territories' settings files, read once at start-up: a wrong one stops the start, with its path and hint."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from api.settings import Settings
from rules.errors import RulesetError
from rules.load_territory import load_territory
from rules.model import Territory


def known_territories(settings: Settings) -> Mapping[str, Territory]:
    """Those of the settings' folder. Raises RulesetError, also when the territory by default is not one of them."""
    found = read_territories(settings.territories)
    if settings.territory and settings.territory not in found:
        known = ", ".join(sorted(found)) or "none"
        problem = f"no settings file of the folder has the territory '{settings.territory}' (known: {known})"
        hint = "add its file, or unset the variable"
        raise RulesetError(str(settings.territories), "AIGUILLAGE_TERRITORY", problem, hint)
    return found


def read_territories(folder: Path) -> Mapping[str, Territory]:
    """Every ``*.yaml`` of the folder by territory id; empty when there is no folder. Raises RulesetError."""
    found: dict[str, Territory] = {}
    for file in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
        territory = load_territory(file)
        if territory.id in found:
            raise RulesetError(file.name, "id", f"another file already has the territory '{territory.id}'")
        found[territory.id] = territory
    return found
