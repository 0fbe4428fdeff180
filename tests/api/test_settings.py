"""Settings: read from a given environment, checked, described without their secrets."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from api.settings import FILED, NAMES, Settings, SettingsError, describe, load_settings, notices
from api.storage import Store
from bot.messages import Text

LOCALES = Path(__file__).parents[2] / "locales"
KEY = "k" * 40
MATRIX = {"matrix_homeserver": "https://matrix.example", "matrix_user": "@robot:matrix.example"}
NEEDED = {"matrix_token": MATRIX, "oidc_client_secret": {"oidc_issuer": "https://qui.example", "oidc_client_id": "a"}}
SECRET_VALUES = {
    "telegram_token": "12345:kept-token",
    "telegram_webhook_secret": "kept-word",
    "matrix_token": "kept-token",
    "secret_key": KEY,
    "contact_keys": KEY,
    "oidc_client_secret": "kept-secret",
    "metrics_token": KEY,
    "database_url": "postgresql+psycopg://ann:kept@host/db",
}

Load = Callable[..., Settings]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load settings with a data folder of this test; ``port="1"`` stands for AIGUILLAGE_PORT=1."""

    def load_with(**values: str) -> Settings:
        given = {"data_dir": str(tmp_path / "data")} | values
        return load_settings({f"AIGUILLAGE_{name.upper()}": value for name, value in given.items()})

    return load_with


def catalog(language: str) -> dict[str, str]:
    with (LOCALES / language / "LC_MESSAGES" / "settings.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def test_nothing_has_to_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings({})
    assert settings.data_dir == Path(".aiguillage")
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.telegram_api == "https://api.telegram.org"
    assert settings.telegram_token is settings.telegram_webhook_secret is settings.territory is None
    with Store.open(settings.database_url) as store:
        store.ping()
    assert (tmp_path / ".aiguillage" / "aiguillage.db").is_file()


def test_the_process_environment_is_read_when_none_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("AIGUILLAGE_PORT", "8123")
    assert load_settings().port == 8123


def test_each_value_says_where_it_came_from(load: Load, tmp_path: Path) -> None:
    origins = {row.name: row.origin for row in describe(load(port="8123"))}
    assert origins["AIGUILLAGE_PORT"] == Text("setting.origin.environment")
    assert origins["AIGUILLAGE_HOST"] == Text("setting.origin.default")
    key = Text("setting.origin.made", {"file": str(tmp_path / "data" / "secret_key")})
    assert origins["AIGUILLAGE_SECRET_KEY"] == key


def test_every_setting_is_described_once_with_words_in_both_languages(load: Load) -> None:
    rows = describe(load())
    assert [row.name for row in rows] == [f"AIGUILLAGE_{name.upper()}" for name in NAMES]
    french, english = catalog("fr"), catalog("en")
    assert set(french) == set(english)
    assert {row.meaning for row in rows} <= set(french)
    assert {row.origin.message for row in rows} <= set(french)
    assert all(french.values())
    assert all(english.values())


def test_secrets_are_shown_nowhere(load: Load) -> None:
    settings = load(
        telegram_token="12345:hush-token",
        telegram_webhook_secret="hush-webhook",
        secret_key="hush-key" * 5,
        database_url="postgresql://ann:hush-word@host/db?sslpassword=hush-ssl",
    )
    assert settings.telegram_token == "12345:hush-token"
    assert "hush" not in repr(settings)
    shown = {row.name.removeprefix("AIGUILLAGE_").lower(): row.shown for row in describe(settings)}
    assert "hush" not in repr(describe(settings))
    assert shown["telegram_token"] == shown["telegram_webhook_secret"] == shown["secret_key"] == "***"
    assert shown["database_url"] == "postgresql+psycopg://ann:***@host/db"


def test_a_bot_on_matrix_needs_its_three_settings(load: Load) -> None:
    three = {
        "matrix_homeserver": "https://matrix.example/",
        "matrix_user": "@robot:matrix.example",
        "matrix_token": "hush-token",
    }
    settings = load(**three)
    assert (settings.matrix_homeserver, settings.matrix_user) == ("https://matrix.example", "@robot:matrix.example")
    assert "hush" not in repr(settings) + repr(describe(settings))
    with pytest.raises(SettingsError) as error:
        load(**{**three, "matrix_token": ""})
    assert error.value.variable == "AIGUILLAGE_MATRIX_TOKEN" and "AIGUILLAGE_MATRIX_USER" in str(error.value)


def test_what_is_not_set_is_shown_as_such(load: Load) -> None:
    shown = {row.name: row.shown for row in describe(load())}
    assert shown["AIGUILLAGE_TELEGRAM_TOKEN"] == shown["AIGUILLAGE_TERRITORY"] == "—"


def test_blanks_around_a_value_do_not_count_and_an_empty_value_is_absent(load: Load) -> None:
    settings = load(port=" 8123 ", host="", telegram_token="  ")
    assert (settings.host, settings.port, settings.telegram_token) == ("127.0.0.1", 8123, None)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("port", "99999", "AIGUILLAGE_PORT='99999': give a whole number from 1 to 65535, such as 8000"),
        ("port", "0", "AIGUILLAGE_PORT='0': give a whole number"),
        ("port", "８０", "AIGUILLAGE_PORT='８０': give a whole number"),
        ("host", "http://me:80", "AIGUILLAGE_HOST='http://me:80': give a host name or an IP address"),
        ("public_url", "aide.example", "AIGUILLAGE_PUBLIC_URL='aide.example': give an address such as https"),
        (
            "public_url",
            "https://a.example/?b",
            "AIGUILLAGE_PUBLIC_URL='https://a.example/?b': give an",
        ),
        ("telegram_api", "ftp://x", "AIGUILLAGE_TELEGRAM_API='ftp://x': give an address"),
        ("telegram_api", "http://x:70000", "AIGUILLAGE_TELEGRAM_API='http://x:70000': give an address"),
        ("matrix_homeserver", "matrix.example", "AIGUILLAGE_MATRIX_HOMESERVER='matrix.example': give an address"),
        ("matrix_user", "robot", "AIGUILLAGE_MATRIX_USER='robot': give the bot's whole Matrix id"),
        ("database_url", "mysql://host/db", "AIGUILLAGE_DATABASE_URL=mysql://***: 'mysql' is not a kind"),
        ("database_url", "log.db", "AIGUILLAGE_DATABASE_URL=***: not a database URL; give sqlite:////folder"),
        ("second_factor", "oui", "AIGUILLAGE_SECOND_FACTOR='oui': say required"),
        ("contact_keys_since", "hier", "AIGUILLAGE_CONTACT_KEYS_SINCE='hier': give a day such as"),
        ("leaked_passwords", "/no/such", "AIGUILLAGE_LEAKED_PASSWORDS='/no/such': cannot be read (No such file"),
        ("leaked_passwords", __file__, f"AIGUILLAGE_LEAKED_PASSWORDS={__file__!r}: its first line is not HASH:NUMBER"),
        ("territory", "Pays de Loire", "AIGUILLAGE_TERRITORY='Pays de Loire': give a territory's id"),
        ("territories", "/no/such", "AIGUILLAGE_TERRITORIES='/no/such': no such folder: make it"),
        ("data_dir", __file__, f"AIGUILLAGE_DATA_DIR={__file__!r}: this is a file: give a folder"),
    ],
)
def test_a_malformed_value_is_named_with_its_remedy(load: Load, name: str, value: str, message: str) -> None:
    with pytest.raises(SettingsError) as error:
        load(**{name: value})
    assert str(error.value).startswith(message)
    assert error.value.variable == f"AIGUILLAGE_{name.upper()}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("telegram_token", "hush"),
        ("matrix_token", "hush"),
        ("telegram_webhook_secret", "hush hush"),
        ("secret_key", "hush"),
        ("database_url", "postgresql://ann:hush@host:port/db"),
        ("database_url", "ann:hush@host"),
        ("public_url", "https://ann:hush@host"),
        ("telegram_api", "https://ann:hush@host"),
    ],
)
def test_a_refused_secret_is_not_repeated(load: Load, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=rf"AIGUILLAGE_{name.upper()}=\S*\*\*\*: ") as error:
        load(**{name: value})
    assert "hush" not in repr(error.value)
    assert error.value.__cause__ is None


def test_a_second_factor_is_required_where_nothing_else_is_said(load: Load) -> None:
    assert load().second_factor == "required"
    assert load(second_factor="offered").second_factor == "offered"


@pytest.mark.parametrize("name", FILED)
def test_every_secret_may_lie_in_a_file_that_is_named_or_entrusted_by_systemd(tmp_path: Path, name: str) -> None:
    value, variable = SECRET_VALUES[name], f"AIGUILLAGE_{name.upper()}"
    others = {f"AIGUILLAGE_{key.upper()}": other for key, other in NEEDED.get(name, {}).items()}
    file = tmp_path / "secrets" / name
    file.parent.mkdir()
    file.write_text(f"{value}\n")
    given = {"AIGUILLAGE_DATA_DIR": str(tmp_path / "data"), **others}
    plain = load_settings(given | {variable: value})
    for more, origin in (
        ({f"{variable}_FILE": str(file)}, "setting.origin.file"),
        ({"CREDENTIALS_DIRECTORY": str(file.parent)}, "setting.origin.credential"),
    ):
        settings = load_settings(given | more)
        assert getattr(settings, name) == getattr(plain, name)
        assert settings.origins[name] == Text(origin, {"file": str(file)})
        assert settings.unknown == () and value not in repr(describe(settings)) + repr(settings)


def test_ways_of_signing_in_have_blanks_or_commas_between_them(load: Load) -> None:
    settings = load(oidc_acr="eidas2, https://qui.example/2fa")
    assert settings.oidc_acr == ("eidas2", "https://qui.example/2fa")
    (row,) = [row for row in describe(settings) if row.name == "AIGUILLAGE_OIDC_ACR"]
    assert row.shown == "eidas2 https://qui.example/2fa"


def test_keys_in_a_file_may_have_a_line_each(load: Load, tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"{KEY}\n{KEY[::-1]}x\n")
    assert load(contact_keys_file=str(file)).contact_keys == (KEY, f"{KEY[::-1]}x")


def test_a_secret_is_given_once(load: Load, tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text(KEY)
    with pytest.raises(SettingsError, match=r"AIGUILLAGE_SECRET_KEY=\*\*\*: it is in .* too: give it once"):
        load(secret_key=KEY, secret_key_file=str(tmp_path / "secret_key"))
    both = {
        "AIGUILLAGE_DATA_DIR": str(tmp_path / "data"),
        "AIGUILLAGE_SECRET_KEY_FILE": str(tmp_path / "secret_key"),
        "CREDENTIALS_DIRECTORY": str(tmp_path),
    }
    with pytest.raises(SettingsError, match=r"AIGUILLAGE_SECRET_KEY_FILE='.*': it is in .* too: give it once"):
        load_settings(both)


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), (b"\xff\xfe", "it is not UTF-8 text"), (b" \n", "is empty")]
)
def test_a_file_that_holds_no_secret_is_named_with_its_remedy(
    load: Load, tmp_path: Path, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    with pytest.raises(SettingsError, match=rf"AIGUILLAGE_METRICS_TOKEN_FILE='.*token': .*{said}"):
        load(metrics_token_file=str(tmp_path / "token"))


def test_a_refused_secret_of_a_file_is_not_repeated(load: Load, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("hush")
    with pytest.raises(SettingsError, match=r"AIGUILLAGE_METRICS_TOKEN=\*\*\*: ") as error:
        load(metrics_token_file=str(tmp_path / "token"))
    assert "hush" not in repr(error.value)


def test_what_is_no_secret_lies_in_no_file(load: Load, tmp_path: Path) -> None:
    (tmp_path / "port").write_text("8123")
    settings = load(port_file=str(tmp_path / "port"))
    assert settings.port == 8000 and settings.unknown == ("AIGUILLAGE_PORT_FILE",)


def test_postgresql_goes_through_psycopg(load: Load) -> None:
    assert load(database_url="postgres://u:p@h/db").database_url == "postgresql+psycopg://u:p@h/db"


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "http://127.0.0.1:8000"),  # noqa: S104
        ("::", "http://[::1]:8000"),
        ("[fe80::1]", "http://[fe80::1]:8000"),
    ],
)
def test_a_host_that_others_can_reach_is_allowed_and_told(load: Load, host: str, address: str) -> None:
    settings = load(host=host)
    assert settings.exposed
    assert settings.public_url == address
    (notice,) = notices(settings)
    assert notice == Text("setting.notice.exposed", {"host": settings.host, "port": "8000"})
    assert notice.message in catalog("fr")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "::1"])
def test_a_loopback_host_needs_no_telling(load: Load, host: str) -> None:
    assert list(notices(load(host=host))) == []


def test_a_misspelt_variable_is_told_with_the_nearest_name(load: Load) -> None:
    found = list(notices(load(prot="1", xyz="2")))
    near = {"variable": "AIGUILLAGE_PROT", "near": "AIGUILLAGE_PORT"}
    assert Text("setting.notice.unknown_near", near) in found
    assert Text("setting.notice.unknown", {"variable": "AIGUILLAGE_XYZ"}) in found
    assert {notice.message for notice in found} <= set(catalog("fr"))


def test_the_addresses_end_without_a_slash(load: Load) -> None:
    settings = load(public_url="https://aide.example/slime/", telegram_api="http://127.0.0.1:8081/")
    assert settings.public_url == "https://aide.example/slime"
    assert settings.telegram_api == "http://127.0.0.1:8081"


def test_the_secret_key_is_made_once_for_its_owner_only(load: Load, tmp_path: Path) -> None:
    first = load()
    file = tmp_path / "data" / "secret_key"
    assert len(first.secret_key) == 64
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert load() == first
    assert list(file.parent.iterdir()) == [file]


def test_a_given_secret_key_leaves_no_trace(load: Load, tmp_path: Path) -> None:
    assert load(secret_key=KEY).secret_key == KEY
    assert not (tmp_path / "data").exists()


def test_a_kept_key_that_others_could_read_is_closed_again(load: Load, tmp_path: Path) -> None:
    load()
    file = tmp_path / "data" / "secret_key"
    file.chmod(0o644)
    load()
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff\xfe" * 40])
def test_a_damaged_key_is_refused_and_not_replaced(load: Load, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "data" / "secret_key"
    file.parent.mkdir()
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"AIGUILLAGE_SECRET_KEY=—: .*put the key back from a copy"):
        load()
    assert file.read_bytes() == content


def test_a_data_folder_that_cannot_be_made_is_named(load: Load, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match=r"AIGUILLAGE_DATA_DIR='.*file/data': cannot keep the secret key"):
        load(data_dir=str(tmp_path / "file" / "data"))


def test_processes_that_start_at_once_get_the_same_key(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-c",
        "from api.settings import load_settings as load; print(load().secret_key)",
    ]
    environment = {**os.environ, "AIGUILLAGE_DATA_DIR": str(tmp_path / "data")}
    processes = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)  # noqa: S603
        for _ in range(6)
    ]
    keys = {process.communicate(timeout=60)[0].strip() for process in processes}
    assert keys == {(tmp_path / "data" / "secret_key").read_text().strip()}
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["secret_key"]
