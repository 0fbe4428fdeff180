"""aiguillage explain and aiguillage rules test, as a person calls them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from api.cli import main
from api.settings import load_settings
from api.storage.store import Store
from tests.api.examples import an_enquiry

SUPPORT = ["dst=fait", "orientations_donnees=2", "accompagnement_continu=oui", "but=accompagner", "cadre_contact=suivi"]
REQUEST = {"situation": {"dst": "fait", "action": "bilan"}, "lang": "en"}


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(tmp_path))

    def _run(*arguments, **more):
        return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False, **more)

    return _run


def test_facts_are_explained_the_answer_first_then_the_detail(run):
    said = run("explain", *SUPPORT, "action=mediation_bailleur").output
    first, detail = said.split("En détail")
    assert first.startswith("Soutien renforcé (SR)\nLe texte le dit.")
    assert first.count("•") == 2
    assert "→ n°\u00a08 (Atelier n°2, introduction, § 3)" in " ".join(detail.split(" "))
    assert "Pourquoi pas" in detail and "Un seul fait" in detail


def test_a_request_is_read_from_standard_input_or_from_a_file_alike(run, tmp_path):
    text = json.dumps(REQUEST)
    file = tmp_path / "demande.json"
    file.write_text(text, encoding="utf-8")
    piped, read = run("explain", input=text).output, run("explain", "--situation", file).output
    assert piped == read
    assert "In detail" in piped


def test_all_of_it_is_given_as_data(run):
    report = json.loads(run("explain", *SUPPORT, "action=bilan", "--json", "--trace").output)
    assert report["answer"]["missions"] == ["soutien_renforce"]
    assert {o["mission"] for o in report["other_missions"]} == {
        "diagnostic_orientation", "amont", "suivi_n1", "evaluation", "aucune",
    }  # fmt: skip
    assert report["carrying"] == [21, 19]
    assert all(set(f) == {"change", "missions"} for f in report["flips_of_two"])
    assert report["reasons"][0]["says"]
    assert report["trace"]["answers"] == [["settled", "soutien_renforce"]]
    assert report["trace"]["version"] == report["answer"]["ruleset"]["version"]


def test_a_question_of_the_log_is_explained_with_the_answer_given_then(run):
    with Store.open(load_settings().database_url) as store, store.transaction() as journal:
        journal.log(an_enquiry())
    said = run("explain", "--enquiry", "tok-1").output
    assert "tok-1" in said
    assert "version abc" in said and "Suivi à N+1" in said.split("En détail")[0]
    refused = run("explain", "--enquiry", "tok-1", "--territory", "nulle-part")
    assert (refused.exit_code, "nulle-part" in refused.stderr) == (2, True)


WRONG = [
    ([], "aiguillage explain dst=fait"),
    (["dst"], "fait=valeur"),
    (["dst=fait", "dst=fait"], "deux fois"),
    (["dts=fait"], "dst"),
    (["dst=fai"], "pas_fait"),
    (["--enquiry", "absent"], "aiguillage log"),
    (["--enquiry", "absent", "dst=fait"], "une seule façon"),
    (["dst=fait", "--territory", "nul"], "nul"),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG, ids=[" ".join(w[0]) or "nothing" for w in WRONG])
def test_what_cannot_be_explained_is_refused_with_a_remedy(run, arguments, words):
    refused = run("explain", *arguments)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert words in refused.stderr


@pytest.mark.parametrize(
    "text",
    ["", " \n", b"\xff\xfe", "null", "{", "[1]", '{"dst": "fait"}', '{"situation": {"dst": "fait"}, "lang": "tlh"}'],
)
def test_a_request_that_is_none_is_refused(run, text):
    refused = run("explain", input=text)
    assert (refused.exit_code, refused.stdout) == (2, "")


CASE = """
cases:
  - title: Trois mois, c'est un N+1
    said_by: Coordination d'essai
    said_on: 2026-11-20
    facts: {dst: pas_fait, but: informer, cadre_contact: diagnostic, action: envoi_information}
    expect: {status: settled, missions: [MISSION]}
"""


def test_cases_that_pass_end_with_0_and_say_what_none_touches(run, tmp_path):
    file = tmp_path / "cas.yaml"
    file.write_text(CASE.replace("MISSION", "amont"), encoding="utf-8")
    done = run("rules", "test", file)
    assert done.exit_code == 0
    assert "information_pendant_dst" in done.output
    assert "comme attendu, 0 autrement" in done.output


def test_a_case_that_is_answered_otherwise_ends_with_1_and_says_expected_and_found(run, tmp_path):
    file = tmp_path / "cas.yaml"
    file.write_text(CASE.replace("MISSION", "suivi_n1"), encoding="utf-8")
    done = run("rules", "test", file)
    assert done.exit_code == 1
    assert "Coordination d'essai, le 20 novembre 2026" in done.output
    assert "Mission — attendu\u00a0: Suivi à N+1\u00a0; trouvé\u00a0: En amont du diagnostic" in done.output
    report = json.loads(run("rules", "test", file, "--json").output)
    assert report["failed"] == 1
    (wrong,) = (case for case in report["cases"] if not case["passed"])
    assert wrong["mismatches"] == [{"key": "missions", "expected": ["suivi_n1"], "found": ["amont"]}]


def test_a_case_that_cannot_be_read_ends_with_2_and_names_the_place(run, tmp_path):
    file = tmp_path / "cas.yaml"
    file.write_text(CASE.replace("MISSION", "amon"), encoding="utf-8")
    done = run("rules", "test", file)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "cas.yaml › cases[0] › expect › missions" in done.stderr
    assert "did you mean 'amont'?" in done.stderr
