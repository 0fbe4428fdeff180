"""`aiguillage data` and `aiguillage key` as somebody types them; and the server that erases every morning by itself."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from api.app import create_app
from api.cli import main
from api.exchange import keyed_hash
from api.settings import load_settings
from api.storage.review_schema import audit
from api.storage.schema import enquiries
from api.storage.store import Store
from tests.api.coordination import TERRITORY
from tests.api.examples import an_enquiry
from tests.api.kept_data import ACCOUNT, CHAT, CONTACT_KEY, SECRET, SENDER, VAULT, Kept, keep_everything
from tests.api.serving import ServerProcess

NOW = datetime.now(UTC)


@pytest.fixture
def environ(store: Store, tmp_path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    own = {
        "AIGUILLAGE_DATA_DIR": str(tmp_path),
        "AIGUILLAGE_DATABASE_URL": store.engine.url.render_as_string(hide_password=False),
        "AIGUILLAGE_SECRET_KEY": SECRET,
        "AIGUILLAGE_CONTACT_KEYS": CONTACT_KEY,
    }
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    return own


@pytest.fixture
def kept(store: Store) -> Kept:
    return keep_everything(store, NOW - timedelta(days=1))


def run(*arguments: str, typed: str | None = None):
    return CliRunner().invoke(main, [*arguments], input=typed)


def test_the_register_is_read_as_text_and_as_a_table(environ) -> None:
    assert "Questions posées" in run("data", "register").stdout
    assert "Questions asked" in run("data", "register", "--lang", "en").stdout
    table = list(csv.DictReader(io.StringIO(run("data", "register", "--csv").stdout, newline="")))
    assert len(table) > 20 and "enquiries.asker" in table[0]["Colonnes de la base"]


def test_a_dry_run_says_what_would_go_and_erases_nothing(environ, store: Store) -> None:
    keep_everything(store, NOW - timedelta(days=1500))
    dry = run("data", "retention", "--dry-run")
    assert dry.exit_code == 0 and "partiraient" in dry.output and "Questions posées" in dry.output
    with store.engine.begin() as connection:
        assert connection.scalar(select(enquiries.c.asker)) != ""
    assert "parties" in run("data", "retention").output
    with store.engine.begin() as connection:
        assert connection.scalar(select(enquiries.c.asker)) == ""
    assert "0 ligne" in run("data", "retention", "--dry-run").output


def test_a_wrong_file_of_days_ends_the_command_with_its_path(environ, tmp_path) -> None:
    (tmp_path / "retention.yaml").write_text("event: {days: 9}", encoding="utf-8")
    refused = run("data", "retention")
    assert refused.exit_code == 2 and "retention.yaml › event" in refused.stderr and "'events'" in refused.stderr


def test_a_visitor_is_given_out_by_a_chat_number_that_is_not_shown(environ, kept: Kept) -> None:
    given = run("data", "export", "--visitor-telegram", typed=f"{CHAT}\n")
    assert given.exit_code == 0, given.output
    assert json.loads(given.stdout)["enquiries"][0]["token"] == kept.token
    said = run("data", "export", "--answer", kept.token, "--text").stdout
    assert "Questions posées" in said and "Suivi à N+1" in said and "24/11" not in said.splitlines()[0]


def test_a_visitor_is_given_out_by_a_matrix_id_that_is_not_shown(environ, store: Store) -> None:
    user = "@prenom.nom:exemple.test"
    with store.transaction() as journal:
        journal.log(an_enquiry(token="tchap", asker=keyed_hash(SECRET)(f"matrix:{user}"), channel="matrix"))
    given = run("data", "export", "--visitor-matrix", typed=f"{user}\n")
    assert json.loads(given.stdout)["enquiries"][0]["token"] == "tchap" and user not in given.output
    unknown = run("data", "export", "--visitor-matrix", typed="@autre:exemple.test\n")
    assert unknown.exit_code == 2 and "identifiant" in unknown.stderr


def test_a_household_s_chat_leads_to_its_case(environ, store: Store) -> None:
    with store.households(VAULT) as households:
        case = households.open_case("ar", SENDER)
        households.pair(case.reference, "telegram", "626262", keyed_hash(SECRET)("626262"))
    told = run("data", "export", "--visitor-telegram", typed="626262\n")
    assert told.exit_code == 2 and f"--case {case.reference}" in told.stderr


def test_erasing_says_what_goes_and_asks_first(environ, store: Store, kept: Kept) -> None:
    asked = run("data", "erase", "--account", ACCOUNT, typed="n\n")
    assert "les verdicts, sous le rôle" in asked.output and "Rien n’a été effacé" in asked.output
    assert store.accounts.named(ACCOUNT) is not None
    done = run("data", "erase", "--account", ACCOUNT, typed="o\n" if "o/" in asked.output else "y\n")
    assert done.exit_code == 0 and "sauvegardes" in done.output and store.accounts.named(ACCOUNT) is None
    assert run("data", "erase", "--case", kept.reference.lower(), "--yes").exit_code == 0
    again = run("data", "erase", "--case", kept.reference, "--yes")
    assert again.exit_code == 2 and "Traceback" not in again.output


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (["--answer", "nothing"], "réponse"),
        (["--account", "nobody"], "compte"),
        (["--visitor-key", "x"], "empreinte"),
        (["--case", "M-AAAA-AAAA"], "M-AAAA-AAAA"),
        ([], "--visitor-telegram"),
        (["--account", "a", "--answer", "b"], "d’une seule façon"),
    ],
)
def test_nobody_found_is_told_with_status_2(environ, who: list[str], said: str) -> None:
    for command in ("export", "erase"):
        refused = run("data", command, *who)
        assert refused.exit_code == 2 and said in refused.stderr, refused.output


def test_a_key_is_made_listed_and_ended(environ, store: Store) -> None:
    made = run("key", "add", "Relevé", "--scope", "enquiries:read", "--scope", "facts:read", "--territory", TERRITORY)
    assert made.stdout.startswith("aig_") and "ne sera plus montrée" in made.stderr
    listed = run("key", "list").output
    assert "Relevé" in listed and made.stdout.strip() not in listed
    assert run("key", "end", "1").exit_code == 0
    refused = run("key", "end", "1")
    assert refused.exit_code == 2 and "1" in refused.stderr
    assert run("key", "add", "x", "--scope", "enquiries:read").exit_code == 2
    assert run("key", "add", "x", "--scope", "everything", "--all").exit_code == 2


def test_a_server_erases_what_is_past_its_time_at_its_first_start_of_a_day(environ, store: Store, tmp_path) -> None:
    kept = keep_everything(store, NOW - timedelta(days=1500))
    with ServerProcess(tmp_path, **environ) as server:
        server.until(lambda: _noted(store) >= 5)
    assert store.enquiry(kept.token).asker == ""  # type: ignore[union-attr]


def test_a_server_does_not_start_with_a_wrong_file_of_days(environ, tmp_path) -> None:
    (tmp_path / "retention.yaml").write_text("events: {days: 9}", encoding="utf-8")
    with pytest.raises(ValueError, match=r"retention\.yaml › events"):
        create_app(load_settings(environ))


def _noted(store: Store) -> int:
    with store.engine.begin() as connection:
        return len(connection.execute(select(audit.c.id).where(audit.c.action == "retention.applied")).all())
