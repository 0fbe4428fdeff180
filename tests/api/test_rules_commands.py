"""The commands for authors of rules, as an author runs them."""

from __future__ import annotations

import json
import shutil

import pytest
from click.testing import CliRunner

from api.cli import main
from rules.load import SLIME_PLUS


def run(*words):
    return CliRunner().invoke(main, ["rules", *map(str, words)])


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(SLIME_PLUS, tmp_path / "copie")


def edit(folder, file, old, new):
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_check_proves_the_rules_and_says_how_many_situations_it_covered():
    done = run("check")
    assert done.exit_code == 0, done.output
    assert "3\u202f844\u202f605\u202f658\u202f005\u202f504 situations couvertes" in done.output


def test_an_edit_fails_the_check_until_somebody_approves_it(copy):
    row = "when: {is: informer, dst: en_cours}\n    missions: [diagnostic_orientation]\n    certainty: "
    edit(copy, "missions/diagnostic_orientation.yaml", f"{row}inferred", f"{row}stated")
    before = run("check", copy)
    assert before.exit_code == 1
    assert "situations changent de certitude" in before.output
    assert "1 faute(s)" in before.output
    assert run("check", copy, "--json").exit_code == 1
    approved = run("approve", copy, "--by", "coordinatrice")
    assert approved.exit_code == 0, approved.output
    text = (copy / "reviewed/partition.txt").read_text(encoding="utf-8")
    assert "approved_by: coordinatrice" in text
    changed = json.loads(run("diff", SLIME_PLUS, copy, "--json").output)
    assert [(c["was"]["certainty"], c["becomes"]["certainty"]) for c in changed["answers"]] == [("inferred", "stated")]
    assert run("check", copy).exit_code == 0


def test_rules_with_a_fault_are_not_approved(copy):
    edit(copy, "missions/amont.yaml", "dst: pas_fait}\n    missions", "dst: [pas_fait, en_cours]}\n    missions")
    before = (copy / "reviewed/partition.txt").read_text(encoding="utf-8")
    done = run("approve", copy, "--by", "coordinatrice")
    assert done.exit_code == 1
    assert "deux règles répondent autrement" in done.output
    assert (copy / "reviewed/partition.txt").read_text(encoding="utf-8") == before


def test_an_approval_has_somebody_behind_it(copy):
    assert run("approve", copy).exit_code == 2
    assert run("approve", copy, "--by", " ").exit_code == 2


def test_the_same_rules_do_not_differ():
    done = run("diff", SLIME_PLUS, SLIME_PLUS)
    assert (done.exit_code, done.output.strip()) == (
        0,
        "Aucune situation ne change de réponse, de certitude ni de raison.",
    )


@pytest.mark.parametrize("words", [("check", "nulle_part"), ("diff", "nulle_part", "ailleurs")])
def test_rules_that_are_not_there_are_told_without_a_traceback(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run(*words)
    assert done.exit_code == 2
    assert "the file is missing; looked in nulle_part" in done.output
