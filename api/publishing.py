"""A ruleset on its way into force: from a folder or from what is kept, checked before anything is stored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from api.ruleset_check import checked, fit
from api.storage.publications import Kept
from api.storage.store import Store
from rules.compile import CompiledRuleset, compile_ruleset
from rules.errors import RulesetError
from rules.load import read_files, ruleset_of

SHORTEST = 4  # characters of a version that may stand for the whole


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ruleset that may be published: what is to be kept, and its compiled form."""

    kept: Kept
    compiled: CompiledRuleset


def candidate_in(folder: Path) -> Candidate:
    """The ruleset in a folder, checked whole. Raises RulesetError."""
    files = read_files(folder)
    compiled = checked(files)
    found = compiled.ruleset.id
    return Candidate(Kept(found.version, found.name, files), compiled)


def kept_candidate(store: Store, version: str) -> Candidate:
    """A version that is kept. Raises RulesetError where it is not any more what it was."""
    files = store.publications.files(version)
    if files is None:
        raise RulesetError(f"version {version}", "rulesets", "it is not kept", "see: aiguillage rules versions")
    compiled = fit(files, version)
    return Candidate(Kept(version, compiled.ruleset.id.name, files), compiled)


def kept_version(store: Store, begins: str) -> str | None:
    """The one kept version that begins so; None where there is none, or more than one."""
    found = [version for version in store.publications.versions() if version.startswith(begins)]
    return found[0] if len(found) == 1 and len(begins) >= SHORTEST else None


def named_ruleset(store: Store, named: str) -> CompiledRuleset | None:
    """The ruleset of a folder, which may still be a draft, or of a kept version; None where it is neither.

    Raises RulesetError.
    """
    if Path(named).is_dir():
        return compile_ruleset(ruleset_of(read_files(Path(named))))
    version = kept_version(store, named)
    return kept_candidate(store, version).compiled if version else None
