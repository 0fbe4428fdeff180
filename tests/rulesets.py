"""Rulesets for tests: the packaged one with something changed in it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from rules.load import SLIME_PLUS, read_files

PACKAGED = read_files(SLIME_PLUS)
EXAMPLES = "\nexamples:\n"

SUPPORT, BEFORE = "missions/soutien_renforce.yaml", "missions/amont.yaml"


def renamed(title: str) -> dict[str, str]:
    """Another version, with the same answers."""
    return {**PACKAGED, BEFORE: edited(PACKAGED[BEFORE], "title: Aide numérique", f"title: {title}")}


def less_sure() -> dict[str, str]:
    """A version in which an SR in the examples of the text is only inferred, and the CLER decides less.

    The examples of the two missions are left out.
    """
    stated = "    stated_when:\n      accompagnement_continu: oui\n      is: exemple_de_sr\n"
    support, before = (PACKAGED[file].partition(EXAMPLES)[0] + "\n" for file in (SUPPORT, BEFORE))
    before = edited(before, "decider: cler", "decider: coordinateur")
    return {**PACKAGED, SUPPORT: edited(support, stated, ""), BEFORE: before}


def edited(text: str, old: str, new: str) -> str:
    assert old in text, old
    return text.replace(old, new, 1)


def broken() -> dict[str, str]:
    """A version with a misspelt term."""
    file = "missions/suivi_n1.yaml"
    return {**PACKAGED, file: edited(PACKAGED[file], "is: suivi_realisable", "is: suivi_realisabl")}


def written(folder: Path, files: Mapping[str, str]) -> Path:
    """The files in a folder, in place of what it held."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder
