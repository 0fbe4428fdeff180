"""Each broken ruleset is told as what it is, with its place and a remedy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from api.rules_files import reviewed_text
from api.rules_report import issue_lines
from bot.wording import wording
from rules.checking import issues
from rules.checking.inspect import inspect
from rules.errors import RulesetError
from rules.load import SLIME_PLUS, raw_files, ruleset_from

FAULTS = sorted(p.parent for p in (Path(__file__).parent.parent / "broken_rulesets").glob("*/fault.yaml"))
FROM_THE_REVIEW = ("partition_changed", "partition_missing")


def broken(fault, folder):
    """A copy of slime-plus with the fault in it; what must be told of it."""
    shutil.copytree(SLIME_PLUS, folder)
    said = yaml.safe_load((fault / "fault.yaml").read_text(encoding="utf-8"))
    for change in said["changes"]:
        file = folder / change["file"]
        if change.get("drop"):
            file.unlink()
            continue
        text = file.read_text(encoding="utf-8")
        assert change["old"] in text, f"{change['file']} no longer says {change['old']!r}"
        file.write_text(text.replace(change["old"], change["new"], 1), encoding="utf-8")
    return said


def looked_at(folder):
    files = raw_files(folder)
    ruleset = ruleset_from(files)
    return inspect(ruleset, files, reviewed_text(folder))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name)
def test_a_broken_ruleset_is_told_as_what_it_is(fault, tmp_path):
    said = broken(fault, tmp_path / "rules")
    if "refused" in said:
        with pytest.raises(RulesetError) as refused:
            looked_at(tmp_path / "rules")
        assert said["refused"] in str(refused.value)
        return
    found = looked_at(tmp_path / "rules")
    told = [issue for issue in found.issues if issue.code == said["code"] and issue.row == said["row"]]
    assert told, [(issue.code, issue.row) for issue in found.issues]
    assert said["words"] in "\n".join(issue_lines(wording("fr"), told))
    if said.get("alone"):
        assert [i for i in found.faults if i.code not in FROM_THE_REVIEW and i not in told] == []


def test_every_code_of_an_issue_has_a_broken_ruleset():
    shown = {yaml.safe_load((f / "fault.yaml").read_text(encoding="utf-8")).get("code") for f in FAULTS}
    assert shown - {None} == issues.FAULTS | issues.WARNINGS
