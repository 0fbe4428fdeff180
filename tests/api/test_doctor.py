"""aiguillage doctor, as it is run: every engine is tried for real, and what is broken ends it with 1."""

from __future__ import annotations

import asyncio
import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from api.cli import main
from api.health import installation
from api.health.database import database
from api.health.speech import lacking, served
from api.settings import contact_keys, load_settings
from api.storage import migrate
from api.storage.store import Store
from bot.followup.catalog import household_languages
from bot.speech.model_install import install_model
from bot.wording import languages, wording
from tests.bot.translating import tiny
from tests.fakes.telegram import FakeTelegram
from tests.speech.test_whisper import WEIGHTS


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Set a variable of ours; the data folder is one of this test."""

    def put(name: str, value: object) -> None:
        monkeypatch.setenv(f"AIGUILLAGE_{name}", str(value))

    put("DATA_DIR", tmp_path / "data")
    monkeypatch.setenv("COLUMNS", "250")
    return put


def doctor(*options: str) -> Result:
    done = CliRunner().invoke(main, ["doctor", *options])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def examined(*options: str) -> dict:
    return json.loads(doctor("--json", *options).stdout)


def checks(found: dict, about: str) -> list[tuple[str, str]]:
    return [(check["state"], check["found"]) for check in found["checks"] if check["about"] == about]


TODAY = date(2026, 11, 26)


def installation_checks(online: bool = False) -> dict[str, tuple[str, str, str]]:
    """What the installation's own checks say, without the engines: state, what is found, remedy."""
    say = wording("fr").say
    found = installation.installation(load_settings(), TODAY, online=online)
    return {one.about: (one.state, say(one.found), say(one.remedy) if one.remedy else "") for one in found}


def test_a_new_installation_is_sound_and_says_who_speaks_and_hears_each_language(env) -> None:
    done = doctor()
    assert done.exit_code == 0, done.output
    assert "Rien n’est cassé." in done.stdout
    for code in {*languages(), *household_languages()}:
        assert f"({code})" in done.stdout
    assert "choix fermé" in next(line for line in done.stdout.splitlines() if "(fr)" in line)
    pashto = next(line for line in done.stdout.splitlines() if "(ps)" in line)
    assert "aucune" in pashto
    assert "aiguillage recording add" in done.stdout
    assert "aiguillage models install whisper-small" in done.stdout
    assert "pas encore créée" in done.stdout


def test_the_same_as_json_for_a_program(env) -> None:
    found = examined()
    assert found["broken"] is False
    french = next(one for one in found["languages"] if one["code"] == "fr")
    assert french["interface"] and french["household"]
    assert (french["speaks"], french["chooses"], french["writes"]) == ("pico", "closed-choice", None)
    pashto = next(one for one in found["languages"] if one["code"] == "ps")
    assert (pashto["interface"], pashto["speaks"], pashto["chooses"], pashto["writes"]) == (False, None, None, None)
    assert {"whisper", "piper"} <= {one["what"] for one in found["lacking"]}
    assert all(state != "broken" for state, _ in checks(found, "speech.say"))


def test_no_secret_is_shown(env) -> None:
    env("SECRET_KEY", "s" * 40)
    env("CONTACT_KEYS", "c" * 40)
    env("TELEGRAM_TOKEN", "123:token-of-the-bot")
    shown = doctor().output + doctor("--json").output
    assert not any(secret in shown for secret in ("s" * 40, "c" * 40, "token-of-the-bot"))


def test_installed_weights_serve_their_languages_and_are_checked(env, tmp_path: Path) -> None:
    install_model("whisper-tiny.en", tmp_path / "data" / "models", str(WEIGHTS), lambda *_: None)
    found = examined()
    english = next(one for one in found["languages"] if one["code"] == "en")
    assert english["writes"] == "whisper"
    assert checks(found, "model") == [("fine", "whisper-tiny.en\u202f: entier, comme installé.")]
    assert "whisper" in {one["what"] for one in found["lacking"]}  # for French


def test_weights_that_changed_are_broken(env, tmp_path: Path) -> None:
    done = install_model("whisper-tiny.en", tmp_path / "data" / "models", str(WEIGHTS), lambda *_: None)
    with (done.folder / "vocabulary.txt").open("a") as file:
        file.write("\n")
    found = doctor()
    assert found.exit_code == 1
    assert "whisper-tiny.en\u202f: vocabulary.txt\u202f: ce n’est plus ce qui a été installé." in found.stdout
    assert "aiguillage models install whisper-tiny.en" in found.stdout
    assert "Quelque chose est cassé" in found.stdout


def test_weights_put_there_by_hand_are_told_from_those_that_were_installed(env, tmp_path: Path) -> None:
    (tmp_path / "data" / "models").mkdir(parents=True)
    (tmp_path / "data" / "models" / "whisper-tiny.en").symlink_to(WEIGHTS, target_is_directory=True)
    found = examined()
    assert not found["broken"]
    assert checks(found, "model")[0][0] == "look"


def test_weights_that_lack_files_are_broken_and_name_them(env, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "models" / "whisper-small"
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(b"")
    found = examined()
    assert found["broken"]
    wrong = "whisper-small\u202f: inutilisable (no config.json, tokenizer.json, vocabulary.txt / vocabulary.json)."
    assert checks(found, "model") == [("broken", wrong)]


def test_a_folder_of_weights_given_by_setting_is_used(env) -> None:
    env("WHISPER", WEIGHTS)
    found = examined()
    assert next(one for one in found["languages"] if one["code"] == "en")["writes"] == "whisper"


def test_a_setting_that_cannot_be_used_is_the_one_thing_told(env, tmp_path: Path) -> None:
    env("WHISPER", tmp_path)
    done = doctor()
    assert done.exit_code == 1
    assert f"AIGUILLAGE_WHISPER={str(tmp_path)!r}: no model.bin, config.json" in " ".join(done.stdout.split())


def test_a_variable_that_is_no_setting_is_to_be_looked_at(env) -> None:
    env("WISPER", "/x")
    assert "Vouliez-vous écrire AIGUILLAGE_WHISPER" in installation_checks()["settings"][1]


def test_a_data_folder_that_cannot_be_written_to_is_broken(env, tmp_path: Path) -> None:
    settings = load_settings()
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    check = installation._data_folder(blocked / "data")
    assert (check.state, installation._data_folder(settings.data_dir).state) == ("broken", "fine")


@pytest.mark.parametrize(("size", "state"), [(100, "broken"), (1_500, "look"), (9_000, "fine")])
def test_little_room_on_the_disk_is_told(env, monkeypatch: pytest.MonkeyPatch, size: int, state: str) -> None:
    usage = installation.shutil.disk_usage("/")
    monkeypatch.setattr(installation.shutil, "disk_usage", lambda _: usage._replace(free=size * 1_000_000))
    found, shown, _ = installation_checks()["disk"]
    assert found == state
    assert f"{size / 1000:.1f}".replace(".", ",") in shown


def test_a_key_file_that_is_damaged_is_broken(env, tmp_path: Path) -> None:
    load_settings()
    (tmp_path / "data" / "contact_keys").write_text("short")
    state, shown, _ = installation_checks()["contact_keys"]
    assert (state, "short" in shown) == ("broken", False)


@pytest.mark.parametrize(("made", "state"), [("2024-11-27", "fine"), ("2024-11-25", "look")])
def test_a_key_that_has_sealed_for_more_than_two_years_is_told(env, tmp_path: Path, made: str, state: str) -> None:
    contact_keys(load_settings())
    moment = datetime.fromisoformat(made).replace(hour=12, tzinfo=UTC).timestamp()
    os.utime(tmp_path / "data" / "contact_keys", (moment, moment))
    found, shown, remedy = installation_checks()["key_age"]
    assert found == state and "novembre 2024" in shown
    assert (state == "look") is ("aiguillage data reseal" in remedy)


def test_of_a_key_in_the_environment_the_day_has_to_be_said(env) -> None:
    env("CONTACT_KEYS", "k" * 40)
    state, _, remedy = installation_checks()["key_age"]
    assert state == "fine" and "AIGUILLAGE_CONTACT_KEYS_SINCE" in remedy
    env("CONTACT_KEYS_SINCE", "2024-01-31")
    assert installation_checks()["key_age"][0] == "look"
    env("CONTACT_KEYS_SINCE", "2026-01-31")
    state, shown, _ = installation_checks()["key_age"]
    assert state == "fine" and "janvier 2028" in shown


def test_a_credential_of_systemd_is_made_anew_at_each_start_so_its_file_tells_no_age(
    env, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "contact_keys").write_text("k" * 40)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert str(tmp_path / "contact_keys") in installation_checks()["contact_keys"][1]
    assert "CONTACT_KEYS_SINCE" in installation_checks()["key_age"][2]


def test_a_second_factor_that_is_only_offered_is_to_be_looked_at(env) -> None:
    assert installation_checks()["second_factor"][0] == "fine"
    env("SECOND_FACTOR", "offered")
    state, _, remedy = installation_checks()["second_factor"]
    assert state == "look" and "AIGUILLAGE_SECOND_FACTOR" in remedy


def test_a_provider_that_may_let_in_by_a_password_alone_is_to_be_looked_at(env) -> None:
    assert "oidc" not in installation_checks()
    env("OIDC_ISSUER", "https://qui.exemple")
    env("OIDC_CLIENT_ID", "aiguillage")
    state, _, remedy = installation_checks()["oidc"]
    assert state == "look" and "AIGUILLAGE_OIDC_ACR" in remedy
    env("OIDC_ACR", "eidas2, eidas3")
    assert installation_checks()["oidc"][:2] == ("fine", "suffisent\u202f: eidas2 eidas3.")


def test_where_leaked_passwords_are_looked_up_is_said(env, tmp_path: Path) -> None:
    state, _, remedy = installation_checks()["leaked_passwords"]
    assert state == "off" and "AIGUILLAGE_LEAKED_PASSWORDS" in remedy
    (tmp_path / "leaked.txt").write_text("0" * 40 + ":3\n")
    env("LEAKED_PASSWORDS", tmp_path / "leaked.txt")
    assert installation_checks()["leaked_passwords"] == ("fine", f"cherchés aussi dans {tmp_path / 'leaked.txt'}.", "")


def test_territories_are_named_and_a_wrong_file_is_broken(env, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "territories"
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text("id: pays-exemple\nname: Pays d'exemple\n")
    assert installation_checks()["territories"][:2] == ("fine", "lus\u202f: pays-exemple")
    (folder / "b.yaml").write_text("id: [")
    assert installation_checks()["territories"][0] == "broken"


def test_translation_says_which_languages_have_no_way_and_which_packages_would_give_one(env, tmp_path: Path) -> None:
    assert installation_checks()["translation"][0] == "off"
    for pair in ("fr-en", "en-fr"):
        CliRunner().invoke(main, ["models", "install", str(tiny(pair))])
    state, shown, remedy = installation_checks()["translation"]
    assert state == "look"
    assert "arabe" in shown and "anglais" not in shown
    assert "en-ar ar-en" in remedy and "fr-en" not in remedy


def test_telegram_is_not_asked_unless_told_to(env) -> None:
    assert installation_checks()["telegram"][0] == "off"
    env("TELEGRAM_TOKEN", "1:TEST")
    assert installation_checks()["telegram"] == (
        "fine", "un jeton est donné\u202f; Telegram n’a pas été interrogé.",
        "pour l’interroger\u202f: aiguillage doctor --online",
    )  # fmt: skip


def test_a_webhook_without_https_is_broken(env) -> None:
    env("TELEGRAM_TOKEN", "1:TEST")
    env("TELEGRAM_WEBHOOK_SECRET", "mot")
    assert installation_checks()["telegram"][0] == "broken"
    env("PUBLIC_URL", "https://aiguillage.example.org")
    assert installation_checks()["telegram"][0] == "fine"


async def test_telegram_is_asked_whether_it_knows_the_token(env) -> None:
    async with FakeTelegram() as telegram:
        env("TELEGRAM_API", telegram.url)
        env("TELEGRAM_TOKEN", telegram.token)
        known = (await asyncio.to_thread(installation_checks, True))["telegram"]
        env("TELEGRAM_TOKEN", "2:OTHER")
        other = (await asyncio.to_thread(installation_checks, True))["telegram"]
    env("TELEGRAM_API", "http://127.0.0.1:9")
    nobody = installation_checks(online=True)["telegram"]
    assert (known[0], other[0], nobody[0]) == ("fine", "broken", "broken")
    assert "Telegram connaît @" in known[1]
    assert "refuse le jeton" in other[1] and "OTHER" not in other[1]
    assert "http://127.0.0.1:9 ne répond pas (ConnectError)" in nobody[1]


def test_a_database_of_the_newest_revision_is_fine_and_its_recordings_are_counted(store: Store) -> None:
    store.recordings.put("pays-exemple", "M05", "ps", "audio/ogg", b"OggS", "médiatrice")
    check, recorded = database(store.engine.url.render_as_string(hide_password=False))
    assert (check.state, recorded) == ("fine", {"ps": 1})
    assert migrate.head() in wording("fr").say(check.found)
    empty = {"speaking": [], "hearing": [], "missing": {}, "wrong": {}}
    rows = {one.code: one.recorded for one in served(empty, recorded)}
    assert (rows["ps"], rows["fr"]) == (1, 0)
    assert {one.what for one in lacking(empty, served(empty, recorded))} == {"whisper", "piper"}


@pytest.mark.parametrize(("revision", "state"), [("older", "look"), ("9999", "broken"), (None, "off")])
def test_another_revision_is_told_and_nothing_is_migrated(store: Store, revision: str | None, state: str) -> None:
    known = migrate.revisions()[-2]
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
        if revision:
            put = {"revision": known if revision == "older" else revision}
            connection.execute(text("INSERT INTO alembic_version VALUES (:revision)"), put)
    check, recorded = database(store.engine.url.render_as_string(hide_password=False))
    assert (check.state, recorded) == (state, None)
    with store.engine.connect() as connection:
        assert migrate.current(connection) == (known if revision == "older" else revision)


def test_a_database_that_does_not_answer_is_broken_and_keeps_its_password() -> None:
    check, _ = database("postgresql://user:hush@127.0.0.1:9/aiguillage")
    shown = wording("fr").say(check.found)
    assert check.state == "broken"
    assert "hush" not in shown and "127.0.0.1:9" in shown


def test_a_file_that_is_no_database_is_broken(tmp_path: Path) -> None:
    (tmp_path / "aiguillage.db").write_bytes(b"not a database at all, but long enough to look like one" * 20)
    check, _ = database(f"sqlite:///{tmp_path / 'aiguillage.db'}")
    assert check.state == "broken"
    assert (tmp_path / "aiguillage.db").read_bytes().startswith(b"not a database")


def test_looking_makes_no_database(env, tmp_path: Path) -> None:
    doctor()
    assert not (tmp_path / "data" / "aiguillage.db").exists()
