"""aiguillage rules publish, versions, restore and replay, as they are typed."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from api.cli import main
from api.storage.review_schema import signings
from bot.wording import wording
from rules.load import ruleset_of
from tests.api.examples import an_enquiry
from tests.rulesets import PACKAGED, broken, less_sure, renamed, written

OLD, NEW = (ruleset_of(files).id.version for files in (PACKAGED, less_sure()))
SUPPORT = {
    "dst": "fait", "orientations_donnees": 2, "accompagnement_continu": True, "but": "accompagner",
    "cadre_contact": "suivi", "action": "mediation_bailleur",
}  # fmt: skip
STATED = {"status": "settled", "missions": ["soutien_renforce"], "certainty": "stated", "reasons": [], "open": None}
INFERRED = STATED | {"certainty": "inferred"}
BY = ("--by", "coordination nationale")
WORDS = wording("fr")


@pytest.fixture
def rules(tmp_path, database_url, monkeypatch):
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("AIGUILLAGE_DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments, says=None):
        return CliRunner().invoke(main, ["rules", *map(str, arguments)], input=says)

    return run


@pytest.fixture
def new(tmp_path):
    return written(tmp_path / "new", less_sure())


@pytest.fixture
def log(store):
    """Three questions: one whose answer the new rules change, one that they do not, one that nobody reads any more."""
    day = datetime(2026, 11, 24, 9, tzinfo=UTC)
    with store.transaction() as journal:
        for number, (facts, answer, territory) in enumerate(
            [(SUPPORT, STATED, "loire"), (SUPPORT, INFERRED, None), ({"autrefois": True}, STATED, None)]
        ):
            changes = {"facts": facts, "answer": answer, "territory": territory, "asked_at": day}
            journal.log(an_enquiry(number, **changes))
    return store


def in_force(store):
    newest = store.publications.newest()
    return newest and (newest.version, newest.published_by, newest.note)


def test_a_folder_is_published_once_someone_consents(rules, new, store):
    done = rules("publish", new, *BY, "--note", "à l'essai", says="y\n")
    assert done.exit_code == 0, done.output
    assert WORDS("replay.none") in done.output
    assert in_force(store) == (NEW, "coordination nationale", "à l'essai")
    assert [one.version for one in store.publications.all()] == [NEW, OLD]


@pytest.mark.parametrize("says", ["n\n", ""])
def test_without_consent_nothing_is_published(rules, new, store, says):
    done = rules("publish", new, *BY, says=says)
    assert done.exit_code == 1
    assert in_force(store)[0] == OLD


def test_what_the_publication_changes_is_shown_before_the_question(rules, new, log):
    done = rules("publish", new, *BY, says="n\n")
    before, _, _ = done.output.partition(WORDS("versions.confirm"))
    assert WORDS("replay.totals", total=3, unchanged=1, changed=1, unreadable=1) in before
    assert "Soutien renforcé (SR) (écrit) → Soutien renforcé (SR) (déduit)" in before


def test_a_folder_that_is_broken_is_refused_and_nothing_changes(rules, tmp_path, store):
    done = rules("publish", written(tmp_path / "new", broken()), *BY, "--yes")
    assert done.exit_code == 2
    assert "missions/suivi_n1.yaml › " in done.stderr
    assert "did you mean 'suivi_realisable'?" in done.stderr
    assert in_force(store) is None


@pytest.mark.parametrize("by", ["", "  ", "a\nb", "x" * 81])
def test_who_publishes_is_said_in_one_short_line(rules, new, store, by):
    done = rules("publish", new, "--by", by, "--yes")
    assert done.exit_code == 2
    assert "un rôle" in done.stderr
    assert in_force(store) is None


def test_publishing_what_is_in_force_changes_nothing(rules, new, store):
    for _ in range(2):
        done = rules("publish", new, *BY, "--yes")
        assert done.exit_code == 0
    assert WORDS("versions.in_force_already", version=NEW) in done.output
    assert len(store.publications.all()) == 2


def test_an_older_version_comes_back_under_the_name_of_who_restores_it(rules, new, store):
    rules("publish", new, *BY, "--yes")
    done = rules("restore", OLD[:6], "--by", "comité de pilotage", "--yes")
    assert done.exit_code == 0, done.output
    assert in_force(store) == (OLD, "comité de pilotage", None)
    assert [one.version for one in store.publications.all()] == [OLD, NEW, OLD]


@pytest.mark.parametrize("version", ["zzzz", "9f", ""])
def test_a_version_that_is_not_one_kept_is_refused(rules, new, store, version):
    rules("publish", new, *BY, "--yes")
    done = rules("restore", version, *BY, "--yes")
    assert done.exit_code == 2
    assert "aiguillage rules versions" in done.stderr
    assert in_force(store)[0] == NEW


def test_the_versions_are_listed_with_their_day_and_who_published_them(rules, new):
    assert WORDS("versions.empty") in rules("versions").output
    rules("publish", new, *BY, "--note", "à l'essai", "--yes")
    first, second = (line for line in rules("versions").output.splitlines() if OLD in line or NEW in line)
    assert all(part in first for part in (NEW, "coordination nationale", "à l'essai", "en vigueur"))
    assert all(part in second for part in (OLD, "aiguillage ", "avant"))


def test_a_replay_says_what_changes_and_stores_nothing(rules, new, log):
    done = rules("replay", new)
    assert done.exit_code == 1, done.output
    assert WORDS("replay.totals", total=3, unchanged=1, changed=1, unreadable=1) in done.output
    assert WORDS("replay.unreadable", facts="autrefois") in done.output
    assert WORDS("replay.settings") in done.output
    assert "action=mediation_bailleur" in done.output
    assert "tok-" not in done.output
    assert log.publications.versions() == []


def test_a_replay_under_the_same_answers_ends_with_status_0(rules, tmp_path, store):
    with store.transaction() as journal:
        journal.log(an_enquiry(1, facts=SUPPORT, answer=STATED))
    assert rules("replay", written(tmp_path / "new", renamed("Un autre titre"))).exit_code == 0
    rules("publish", tmp_path / "new", *BY, "--yes")
    assert rules("replay", OLD[:8]).exit_code == 0


def test_a_replay_as_json_is_one_object(rules, new, log):
    found = json.loads(rules("replay", new, "--json").stdout)
    assert (found["version"], found["total"], found["territories"]) == (NEW, 3, "as now")
    lost, changed = found["groups"]
    assert (changed["was"]["certainty"], changed["becomes"]["certainty"]) == ("stated", "inferred")
    assert changed["examples"] == [{"asked_on": "2026-11-24", "territory": "loire", "facts": SUPPORT}]
    assert (lost["becomes"], lost["unreadable"]) == (None, [{"fact": "autrefois", "error": "unknown_fact"}])
    with_tokens = json.loads(rules("replay", new, "--json", "--tokens").stdout)
    assert [e["token"] for g in with_tokens["groups"] for e in g["examples"]] == ["tok-2", "tok-0"]


def test_a_replay_as_csv_has_a_row_for_each_question_that_changes(rules, new, log, tmp_path):
    done = rules("replay", new, "--csv", "--tokens", "--output", tmp_path / "changes.csv")
    assert (done.exit_code, done.stdout) == (1, "")
    text = (tmp_path / "changes.csv").read_text(encoding="utf-8")
    lost, changed = csv.DictReader(io.StringIO(text))
    assert (changed["token"], changed["territory"]) == ("tok-0", "loire")
    assert (changed["was"], changed["becomes"]) == ("soutien_renforce stated", "soutien_renforce inferred")
    assert json.loads(changed["facts"]) == SUPPORT
    assert (lost["becomes"], lost["unreadable"]) == ("", "autrefois:unknown_fact")
    assert "token" not in rules("replay", new, "--csv").stdout.splitlines()[0]


def test_a_replay_can_be_of_one_territory_and_of_recent_questions(rules, new, log):
    assert json.loads(rules("replay", new, "--json", "--territory", "loire").stdout)["total"] == 1
    assert json.loads(rules("replay", new, "--json", "--since", "2026-11-25").stdout)["total"] == 0


def test_a_replay_under_nothing_known_or_under_a_broken_folder_is_refused(rules, tmp_path):
    assert rules("replay", "zzzz").exit_code == 2
    done = rules("replay", written(tmp_path / "new", broken()))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "did you mean 'suivi_realisable'?" in done.stderr
    assert rules("replay", tmp_path / "new", "--csv", "--json").exit_code == 2


def test_who_agreed_to_each_changed_group_is_on_record(rules, store, tmp_path):
    with store.transaction() as journal:
        for number in range(2):
            journal.log(an_enquiry(number, facts=SUPPORT, answer=STATED))
    folder = written(tmp_path / "new", less_sure())
    rules("publish", folder, *BY, says="n\n")
    with store.engine.connect() as connection:
        assert connection.execute(select(signings)).all() == []
    assert rules("publish", folder, *BY, says="y\n").exit_code == 0
    with store.engine.connect() as connection:
        rows = connection.execute(select(signings)).mappings().all()
    told = [(row["subject"], row["subject_id"], row["count"], row["account"], row["role"]) for row in rows]
    assert told == [("ruleset", NEW, 2, None, "coordination nationale")]
