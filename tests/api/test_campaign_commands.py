"""aiguillage campaign: looked at, started, followed and stopped from the command line, with its refusals."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from api.exchange import keyed_hash
from api.storage.store import Store
from api.storage.vault import Vault
from bot.followup.templates import templates
from tests.api.households_by_telegram import KEY, SECRET, SENDER
from tests.bot.household import examples

SLOTS = [f"--slot={name}={value}" for name, value in examples(templates()["materiel_pose"]).items()]


@pytest.fixture
def references(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three cases: two that said yes in Arabic and in French, one that has not."""
    for name, value in (("DATA_DIR", str(tmp_path)), ("DATABASE_URL", database_url), ("CONTACT_KEYS", KEY)):
        monkeypatch.setenv(f"AIGUILLAGE_{name}", value)
    made = []
    with Store.open(database_url) as store, store.households(Vault([KEY])) as households:
        for language, consent in (("ar", "given"), ("fr", "given"), ("ar", "unasked")):
            case = households.open_case(language, SENDER)
            households.pair(case.reference, "telegram", case.reference, keyed_hash(SECRET)(case.reference))
            households.change(case.reference, consent=consent)
            made.append(case.reference)
    return made


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["campaign", *words])


def listed(tmp_path: Path, references: list[str], head: str = "reference") -> str:
    file = tmp_path / "liste.csv"
    file.write_text("\n".join([head, *references]) + "\n", encoding="utf-8")
    return f"--cases={file}"


def test_a_campaign_is_looked_at_started_and_stopped(references: list[str], tmp_path: Path) -> None:
    cases = listed(tmp_path, [*references, "M-2222-2222"])
    seen = run("preview", "materiel_pose", cases, *SLOTS)
    assert seen.exit_code == 0, seen.output
    assert "pas encore dit oui" in seen.output and "M-2222-2222" in seen.output
    started = run("start", "materiel_pose", cases, "--yes", *SLOTS)
    assert started.exit_code == 0, started.output
    campaign = started.output.split()[-1]
    assert "en cours" in run("status", campaign).output
    assert "2 messages ne partiront pas" in run("stop", campaign).output
    assert "arrêtée" in run("status", campaign, "--follow").output


def test_nothing_is_sent_without_a_yes(references: list[str], tmp_path: Path) -> None:
    refused = CliRunner().invoke(
        main, ["campaign", "start", "materiel_pose", listed(tmp_path, references), *SLOTS], input="n\n"
    )
    assert refused.exit_code == 1
    assert "Envoyer 2 messages" in refused.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["preview", "materiel_pose"], "À qui"),
        (["preview", "rien", "--territory=x"], "n’est pas un message"),
        (["preview", "materiel_pose", "--territory=x", *SLOTS], "n’est pas un territoire connu"),
        (["status", "C-1"], "Aucune campagne"),
        (["stop", "C-1"], "Aucune campagne"),
    ],
)
def test_what_cannot_be_is_told_with_its_remedy(references: list[str], words: list[str], said: str) -> None:
    refused = run(*words)
    assert refused.exit_code == 2
    assert said in refused.output and "Traceback" not in refused.output


def test_a_list_without_references_and_a_value_that_is_missing_are_told(references: list[str], tmp_path: Path) -> None:
    without = run("preview", "materiel_pose", listed(tmp_path, ["1"], head="nom"), *SLOTS)
    assert (without.exit_code, "« reference »" in without.output) == (2, True)
    missing = run("preview", "materiel_pose", listed(tmp_path, references))
    assert (missing.exit_code, "il manque la valeur" in missing.output) == (2, True)
