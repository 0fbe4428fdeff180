"""The territories' settings files, read once at start-up: a wrong one stops the start, with its path and hint."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rules.errors import RulesetError
from rules.load_territory import load_territory
from rules.model import Ruleset, Territory


def read_territories(folder: Path, ruleset: Ruleset) -> Mapping[str, Territory]:
    """Every ``*.yaml`` of the folder by territory id; empty when there is no folder. Raises RulesetError."""
    found: dict[str, Territory] = {}
    for file in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
        territory = load_territory(file)
        if territory.id in found:
            raise RulesetError(file.name, "id", f"another file already has the territory '{territory.id}'")
        found[territory.id] = territory
    return found
