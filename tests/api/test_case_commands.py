"""A household case on the command line, as somebody new to it would go: good, empty and wrong."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from api.cli import main

COMING = (date.today() + timedelta(days=40)).isoformat()
OPEN = (
    "case", "open", "--lang", "fr", "--prenom", "Amina", "--structure", "Mairie", "--telephone", "01 23 45 67 89",
    "--contact", "dpo@exemple.fr",
)  # fmt: skip


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    folder = tmp_path / "territories"
    folder.mkdir()
    decided = "{value: true, decided_by: Comité, decided_on: 2026-01-15}"
    (folder / "pays.yaml").write_text(f"id: pays\nname: Pays\noptions:\n  option_n1: {decided}\n", "utf-8")
    monkeypatch.setenv("AIGUILLAGE_TERRITORY", "pays")

    def command(*words, status=0, **more):
        done = CliRunner().invoke(main, words, **more)
        assert done.exit_code == status, (done.output, done.exception)
        return done

    return command


@pytest.fixture
def reference(run):
    return run(*OPEN).stdout.split()[0]


def test_a_year_after_the_visit_an_n1_is_proposed_and_accepted_once(run, reference):
    run("case", "episode", reference, "dst", "--from", "2025-01-10")
    shown = run("case", "show", reference).stdout
    assert "10 janvier 2025" in shown and "Proposer un N+1" in shown and "(14)" in shown
    rows = list(csv.DictReader(io.StringIO(run("case", "due", "--csv").stdout)))
    assert [(row["reference"], row["step"], row["state"]) for row in rows] == [
        (reference, "n1_proposition", "proposed")
    ]
    sent = run("case", "accept", rows[0]["id"]).stdout
    assert "M04" in sent and "/m/" in sent
    refused = run("case", "accept", rows[0]["id"], status=2)
    assert "déjà réglé" in refused.stderr and "Traceback" not in refused.output
    assert "Rien à faire" in run("case", "due").stdout


def test_opening_says_where_no_voice_speaks_the_language(run):
    assert "Aucune voix de synthèse" not in run(*OPEN).stderr
    silent = run(*[word if word != "fr" else "ps" for word in OPEN])
    assert "Aucune voix de synthèse ne parle cette langue" in silent.stderr and len(silent.stdout.split()) == 2


def test_an_appointment_is_told_and_its_reminder_planned(run, reference):
    told = run("case", "appointment", reference, "--day", COMING, "--hour", "14:30", "--lieu", "chez_vous").stdout
    assert "M05" in told and "Rappel le" in told and "18:00" in told
    assert "Rappel de rendez-vous" in run("case", "due", "--days", "60").stdout


def test_a_pause_is_ended_by_saying_it_again_with_its_end(run, reference):
    run("case", "episode", reference, "dst", "--from", "2025-01-10")
    run("case", "episode", reference, "pause", "--from", "2025-03-01")
    refused = run("case", "episode", reference, "soutien_renforce", "--from", "2025-05-01", status=2)
    assert "ne peuvent pas être en même temps" in refused.stderr
    run("case", "episode", reference, "pause", "--from", "2025-03-01", "--to", "2025-05-01")
    run("case", "episode", reference, "soutien_renforce", "--from", "2025-05-01")
    shown = run("case", "show", reference).stdout
    assert shown.count("Pause dans l’accompagnement") == 1 and "soutien renforcé est en cours" in shown


def test_the_alert_giver_s_notice_is_printed_for_the_visitor_to_hand_over(run, reference):
    ended = date.today() - timedelta(days=20)
    run("case", "episode", reference, "dst", "--from", "2026-01-05")
    run("case", "episode", reference, "soutien_renforce", "--from", "2026-01-10", "--to", ended.isoformat())
    assert "rien n’est dit au donneur d’alerte" in run("case", "show", reference).stdout
    agreed = (ended + timedelta(days=1)).isoformat()
    run("case", "agree-alert", reference, "--on", agreed, "--contact", "alerte@exemple.fr")
    rows = csv.DictReader(io.StringIO(run("case", "due", "--csv").stdout))
    number = next(row["id"] for row in rows if row["step"] == "donneur_alerte_information")
    missing = run("case", "accept", number, status=2)
    assert "orientations" in missing.stderr
    handed = run("case", "accept", number, "--slot", "orientations=aucune").stdout
    assert "alerte@exemple.fr" in handed and reference in handed and "Vous nous avez signalé" in handed


def test_the_timeline_is_a_page_that_says_in_words_what_it_draws(run, reference, tmp_path):
    empty = tmp_path / "empty.html"
    run("case", "show", reference, "--html", str(empty))
    assert "Rien n’est noté" in empty.read_text("utf-8")
    run("case", "episode", reference, "dst", "--from", "2025-01-10")
    run("case", "episode", reference, "pause", "--from", "2025-03-01", "--to", "2025-05-01")
    file = tmp_path / "frise.html"
    run("case", "show", reference, "--html", str(file), "--lang", "en")
    page = file.read_text("utf-8")
    assert 'lang="en"' in page and 'role="img"' in page and "<title" in page and "<desc" in page
    assert page.count("<tr>") == 3 and "01/03/2025 → 01/05/2025" in page and "style=" not in page


def test_planning_by_hand_says_what_it_did_and_a_dry_run_does_nothing(run, reference):
    assert "Ménages : 1" in run("plan", "--dry-run", "--date", "2027-01-01").stdout.replace("\u202f", " ")
    assert "--dry-run" in run("plan", "--date", "2027-01-01", status=2).stderr
    assert "0 partis" in run("plan").stdout


def test_closing_keeps_erasing_asks_and_destroys(run, reference):
    run("case", "episode", reference, "dst", "--from", "2025-01-10")
    assert "Rien n’est effacé" in run("case", "erase", reference, input="n\n").stdout
    assert json.loads(run("case", "export", reference).stdout)["episodes"][0]["kind"] == "dst"
    assert "clos" in run("case", "close", reference).stdout
    assert "Rien à faire" in run("case", "due").stdout
    run("case", "erase", reference, "--yes")
    assert "a été effacé" in run("case", "export", reference, status=2).stderr
    assert "a été effacé" in run("case", "show", reference, status=2).stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("case", "show", "M-NONE"), "aucun ménage n’a cette référence"),
        (("case", "accept", "99"), "rien n’a ce numéro"),
        (("case", "due", "--territory", "ailleurs"), "n’est pas un territoire connu"),
        (("case", "dismiss", "99"), "rien n’a ce numéro"),
        (("case", "erase", "M-NONE", "--yes"), "aucun ménage n’a cette référence"),
        (("case", "episode", "REF", "dst", "--from", "2026-02-02", "--to", "2026-02-01"), "est avant le début"),
        (("case", "appointment", "REF", "--day", "2020-01-01", "--hour", "9:00", "--lieu", "chez_vous"), "est passé"),
        (("case", "appointment", "REF", "--day", COMING, "--hour", "25h", "--lieu", "chez_vous"), "pas une heure"),
        (("case", "agree-alert", "REF", "--on", "2026-01-05", "--contact", "xx"), "ni une adresse électronique"),
        (("case", "agree-alert", "REF", "--on", "2099-01-05", "--contact", "a@b.fr"), "n’est pas encore venu"),
        (("case", "accept", "1", "--slot", "orientations"), "nom=valeur"),
    ],
)
def test_what_is_wrong_is_said_with_its_remedy_and_status_2(run, reference, words, said):
    refused = run(*(reference if word == "REF" else word for word in words), status=2)
    assert said in refused.stderr and "Traceback" not in refused.output
