"""aiguillage user: accounts from the command line, and what it says when something is wrong."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from api.access.passwords import Passwords
from api.cli import main
from bot.wording import SOURCE_LANGUAGE, wording
from tests.api.sign_in_site import PASSWORD, with_territory

WORDS = wording(SOURCE_LANGUAGE)
COORDINATOR = ("--role", "coordinator", "--territory", "pays-exemple", "--password-stdin")


@pytest.fixture
def run(database_url, tmp_path, monkeypatch):
    """Run `aiguillage user …` on this test's database."""
    with_territory(tmp_path)
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("AIGUILLAGE_DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "160")

    def run_with(*arguments, given=None):
        return CliRunner().invoke(main, ["user", *arguments], input=given)

    return run_with


@pytest.fixture
def kept(run, store):
    """What is kept of an account."""
    return lambda name: store.accounts.kept(name)


def test_an_account_is_made_and_one_is_told_where_to_sign_in(run, kept):
    made = run("add", "Col@exemple.test", *COORDINATOR, given=PASSWORD + "\n")
    assert made.exit_code == 0 and "Compte créé : col@exemple.test, Coordination." in made.output
    assert "/connexion" in made.output and PASSWORD not in made.output
    assert WORDS("user.first") in made.output
    account = kept("col@exemple.test")
    assert account.account.territory == "pays-exemple" and Passwords().right(account.password, PASSWORD)


def test_the_password_is_asked_for_twice(run, kept):
    told = run("add", "col@exemple.test", *COORDINATOR[:4], given=f"{PASSWORD}\n{PASSWORD}\n")
    assert told.exit_code == 0 and PASSWORD not in told.output
    assert WORDS("user.first") not in run("add", "deux@exemple.test", *COORDINATOR, given=PASSWORD).output
    other = run("add", "autre@exemple.test", *COORDINATOR[:4], given=f"{PASSWORD}\nquelque chose d'autre\n")
    assert other.exit_code == 2 and WORDS("access.password.differ") in other.output
    assert kept("autre@exemple.test") is None


@pytest.mark.parametrize(
    ("arguments", "given", "said"),
    [
        (("deux mots", *COORDINATOR), PASSWORD, "team.refused.name"),
        (("col@exemple.test", *COORDINATOR), "court", "access.password.short"),
        (("col@exemple.test", "--role", "coordinator"), PASSWORD, "Le rôle coordinator est celui d’un territoire"),
        (("col@exemple.test", "--role", "administrator", "--territory", "loin"), PASSWORD, "loin.yaml"),
        (("l@cler.test", "--role", "national", "--territory", "pays-exemple"), PASSWORD, "user.national"),
        (("l@cler.test", "--role", "national", "--oidc", "--totp"), PASSWORD, "user.oidc_alone"),
        (("l@cler.test", "--role", "chef"), PASSWORD, "'chef' is not one of"),
    ],
)
def test_what_cannot_be_is_said_in_words_and_makes_nothing(run, store, arguments, given, said):
    told = run("add", *arguments, given=given + "\n")
    words = WORDS(said) if said.startswith(("team.", "access.", "user.")) else said
    assert told.exit_code == 2 and words in told.stderr and "Traceback" not in told.output
    assert store.accounts.all() == []


def test_a_name_that_is_taken_is_said_before_a_password_is_asked_for(run):
    run("add", "col@exemple.test", *COORDINATOR, given=PASSWORD)
    again = run("add", "COL@exemple.test", *COORDINATOR[:4])
    assert again.exit_code == 2 and "a déjà un compte" in again.stderr


def test_a_code_is_shown_once_and_taken_away_when_the_phone_is_lost(run, kept):
    made = run("add", "col@exemple.test", *COORDINATOR, "--totp", given=PASSWORD)
    key = made.output.partition("la clé à écrire : ")[2].split()[0]
    account = kept("col@exemple.test")
    assert len(key) == 32 and key.encode() not in account.totp
    assert "mettre un autre code en place" in run("totp", "col@exemple.test", "--off").output
    assert kept("col@exemple.test").totp is None
    assert "la clé à écrire" in run("totp", "col@exemple.test").output


def test_who_has_no_code_yet_is_said_to_set_one_up_at_the_first_sign_in(run, monkeypatch):
    assert "carré sera à photographier" in run("add", "col@exemple.test", *COORDINATOR, given=PASSWORD).output
    assert "carré sera" not in run("add", "autre@exemple.test", *COORDINATOR, "--totp", given=PASSWORD).output
    monkeypatch.setenv("AIGUILLAGE_SECOND_FACTOR", "offered")
    assert "carré sera" not in run("add", "tiers@exemple.test", *COORDINATOR, given=PASSWORD).output
    assert "le mot de passe suffit" in run("totp", "autre@exemple.test", "--off").output


def test_a_lost_phone_s_code_is_taken_away_with_the_sessions_it_had_opened(run, store, kept):
    run("add", "col@exemple.test", *COORDINATOR, "--totp", given=PASSWORD)
    number = kept("col@exemple.test").account.id
    store.accounts.open_session(number)
    run("totp", "col@exemple.test", "--off")
    assert store.accounts.sessions(number) == []


def test_an_account_by_provider_has_no_password_and_a_missing_provider_is_told(run, kept, monkeypatch):
    told = run("add", "l@cler.test", "--role", "national", "--oidc")
    assert told.exit_code == 0 and "AIGUILLAGE_OIDC_ISSUER" in told.output and kept("l@cler.test").password is None
    monkeypatch.setenv("AIGUILLAGE_OIDC_ISSUER", "https://qui.exemple")
    monkeypatch.setenv("AIGUILLAGE_OIDC_CLIENT_ID", "aiguillage")
    assert "première connexion" in run("add", "m@cler.test", "--role", "national", "--oidc").output


def test_accounts_are_listed_closed_and_reopened(run, kept):
    assert "à l’essai" in run("list").stderr
    run("add", "col@exemple.test", *COORDINATOR, given=PASSWORD)
    assert "col@exemple.test" in run("list").output
    assert "Compte fermé" in run("close", "col@exemple.test").output
    assert kept("col@exemple.test").closed_at is not None
    assert "déjà fermé" in run("close", "col@exemple.test").output
    assert "Compte ouvert" in run("reopen", "col@exemple.test").output
    assert kept("col@exemple.test").closed_at is None


def test_a_new_password_closes_the_sessions_and_they_can_be_closed_by_name(run, store, kept):
    run("add", "col@exemple.test", *COORDINATOR, given=PASSWORD)
    number = kept("col@exemple.test").account.id
    store.accounts.open_session(number)
    assert run("sessions", "col@exemple.test").exit_code == 0
    run("password", "col@exemple.test", "--password-stdin", given="cinq mots encore mieux ranges\n")
    assert store.accounts.sessions(number) == []
    assert Passwords().right(kept("col@exemple.test").password, "cinq mots encore mieux ranges")
    store.accounts.open_session(number)
    assert "1 session fermée" in run("sessions", "col@exemple.test", "--end").output
    assert "aucune session ouverte" in run("sessions", "col@exemple.test").stderr


@pytest.mark.parametrize("command", ["close", "reopen", "password", "totp", "sessions"])
def test_an_unknown_name_is_said_with_the_way_to_see_all(run, command):
    told = run(command, "personne@exemple.test")
    assert told.exit_code == 2 and "personne@exemple.test : aucun compte de ce nom" in told.stderr


def test_a_database_that_cannot_be_used_is_said_without_a_traceback(run, monkeypatch):
    monkeypatch.setenv("AIGUILLAGE_DATABASE_URL", "mysql://x/y")
    told = run("list")
    assert told.exit_code == 2 and "AIGUILLAGE_DATABASE_URL" in told.stderr and "Traceback" not in told.output
