"""aiguillage rules questions, as it is called."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from api.cli import main
from api.settings import load_settings
from api.storage.store import Store
from bot.journal import Enquiry
from rules.load import SLIME_PLUS

ANSWER = {"status": "settled", "missions": ["soutien_renforce"], "reasons": [], "excluded": [], "open": None}


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(tmp_path))

    def command(*arguments):
        return CliRunner().invoke(main, ["rules", "questions", *map(str, arguments)])

    return command


def _log(*said):
    with Store.open(load_settings().database_url) as store, store.transaction() as journal:
        for number, (facts, replaces) in enumerate(said):
            journal.log(
                Enquiry(
                    token=f"t{number}",
                    interview=f"i{number}",
                    asked_at=datetime(2026, 11, 23, 8, number, tzinfo=UTC),
                    channel="web",
                    language="fr",
                    territory=None,
                    asker="a" * 32,
                    ruleset_version="0" * 16,
                    facts=facts,
                    answer=ANSWER,
                    replaces=replaces,
                )
            )


def test_it_measures_the_optimum_and_our_interview_on_the_cases_and_on_the_log(run):
    _log(
        ({"action": "conseil"}, None),
        ({"action": "aide_dossier", "dst": "fait", "sr": "en_cours", "accompagnement_continu": True}, "t0"),
        ({"action": "tout_autre_chose"}, None),
    )
    found = run("--json")
    assert found.exit_code == 0, found.stderr
    uniform, log = json.loads(found.stdout)
    assert (uniform["prior"], uniform["size"]) == ("uniform", 34000)
    assert (log["prior"], log["size"]) == ("log", 1)
    for prior in (uniform, log):
        rows = {row["order"]: row for row in prior["orders"]}
        assert rows["interview"]["distance"] <= 0.01
        assert all(row["expected"] >= rows["optimum"]["expected"] - 1e-9 for row in rows.values())
        assert all(sum(row["shares"]) == pytest.approx(1) for row in rows.values())


def test_it_learns_the_order_that_is_pinned(run, tmp_path):
    learned = tmp_path / "order.yaml"
    assert run("--learn", "--output", learned).exit_code == 0
    assert learned.read_text(encoding="utf-8") == (SLIME_PLUS / "order.yaml").read_text(encoding="utf-8")


def test_an_order_cannot_be_learned_from_an_empty_log_and_the_file_stays(run, tmp_path):
    learned = tmp_path / "order.yaml"
    learned.write_text("order: [action]\n", encoding="utf-8")
    refused = run("--learn", "--from-log", "--output", learned)
    assert refused.exit_code == 2
    assert "--from-log" in refused.stderr
    assert learned.read_text(encoding="utf-8") == "order: [action]\n"


@pytest.mark.parametrize("arguments", [("--from-log",), ("--output", "x.yaml")])
def test_options_that_do_nothing_alone_are_refused(run, arguments):
    refused = run(*arguments)
    assert refused.exit_code == 2
    assert "--learn" in refused.stderr


def test_a_file_that_cannot_be_written_is_named(run, tmp_path):
    refused = run("--learn", "--output", tmp_path / "nowhere" / "order.yaml")
    assert refused.exit_code == 2
    assert "order.yaml" in refused.stderr
