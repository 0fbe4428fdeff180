"""aiguillage doctor beside a real homeserver: who the token belongs to, and whether encrypted rooms can be read."""

from __future__ import annotations

import asyncio
import json
import secrets
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import main
from api.health.matrix import matrix
from api.networks import matrix_keys
from api.settings import Settings, load_settings
from bot.channels.matrix_client import Homeserver as Client
from bot.wording import wording
from tests.api.serving import free_port
from tests.matrix.homeserver import Account, Homeserver
from tests.matrix.test_served import bot_of

SECRET = "s" * 40


def account(server: Homeserver) -> Account:
    return server.register(f"bot-{secrets.token_hex(4)}")


def settings(folder: Path, environ: dict[str, str], **changes: str) -> Settings:
    own = {"AIGUILLAGE_DATA_DIR": str(folder), "AIGUILLAGE_SECRET_KEY": SECRET}
    return load_settings({**own, **environ, **{f"AIGUILLAGE_MATRIX_{name}": value for name, value in changes.items()}})


def found(given: Settings, *, online: bool = True) -> dict[str, tuple[str, str, str]]:
    """What is said of Matrix: state, what is found, remedy."""
    say = wording("fr").say
    checks = matrix(given, online=online)
    return {one.about: (one.state, say(one.found), say(one.remedy) if one.remedy else "") for one in checks}


async def starts(given: Settings) -> None:
    """What the server does first: its device and the keys of it are made known."""
    address, user, token = given.matrix_homeserver, given.matrix_user, given.matrix_token
    client = Client(address, user, token, keys=matrix_keys(given))
    await client.open()
    await client.close()
    client.client.store.database.close()


def test_without_settings_it_says_what_to_give_and_a_token_alone_asks_nobody(tmp_path: Path) -> None:
    state, said, remedy = found(settings(tmp_path, {}))["matrix"]
    assert state == "off" and "AIGUILLAGE_MATRIX_TOKEN" in remedy
    nobody = {"HOMESERVER": "http://127.0.0.1:9", "USER": "@bot:visites.test", "TOKEN": "syt_a_token_of_a_bot"}
    state, said, remedy = found(settings(tmp_path, {}, **nobody), online=False)["matrix"]
    assert (state, "n’a pas été interrogé" in said) == ("fine", True) and "--online" in remedy


def test_a_dead_address_and_one_that_is_no_homeserver_are_told_apart_from_a_refused_token(
    matrix_server: Homeserver, tmp_path: Path
) -> None:
    bot = bot_of(matrix_server, account(matrix_server))
    dead = f"http://127.0.0.1:{free_port()}"
    state, said, remedy = found(settings(tmp_path, bot, HOMESERVER=dead))["matrix"]
    assert state == "broken" and f"{dead} ne répond pas" in said and "ConnectError" in said
    assert "AIGUILLAGE_MATRIX_HOMESERVER" in remedy
    elsewhere = f"{matrix_server.url}/_matrix/static"
    state, said, _ = found(settings(tmp_path, bot, HOMESERVER=elsewhere))["matrix"]
    assert state == "broken" and f"{elsewhere} ne répond pas comme un serveur Matrix" in said
    state, said, remedy = found(settings(tmp_path, bot, TOKEN="syt_unknown_to_anybody"))["matrix"]
    assert state == "broken" and "refuse le jeton (M_UNKNOWN_TOKEN)" in said and "syt_unknown_to_anybody" not in said
    assert "AIGUILLAGE_MATRIX_TOKEN" in remedy


def test_whose_token_it_is_is_said(matrix_server: Homeserver, tmp_path: Path) -> None:
    mine, other = account(matrix_server), account(matrix_server)
    given = settings(tmp_path, bot_of(matrix_server, mine), USER=other.user_id)
    state, said, _ = found(given)["matrix"]
    assert (state, said) == ("broken", f"le jeton est celui de {mine.user_id}, et non de {other.user_id}.")
    assert "matrix_keys" not in found(given)


async def test_encryption_is_possible_before_and_after_the_first_start_and_nothing_is_changed(
    matrix_server: Homeserver, tmp_path: Path
) -> None:
    given = settings(tmp_path, bot_of(matrix_server, account(matrix_server)))
    new = await asyncio.to_thread(found, given)
    assert new["matrix"][0] == new["matrix_keys"][0] == "fine" and "au premier démarrage" in new["matrix_keys"][1]
    assert not matrix_keys(given).file.exists()
    await starts(given)
    before = matrix_keys(given).file.read_bytes()
    after = await asyncio.to_thread(found, given)
    assert after["matrix_keys"][0] == "fine" and "lit les salons chiffrés" in after["matrix_keys"][1]
    assert matrix_keys(given).file.read_bytes() == before
    await starts(given)  # and the server still opens them


@pytest.mark.parametrize("lost", ["file", "secret"])
async def test_keys_that_are_lost_or_sealed_otherwise_are_broken_with_what_to_do(
    matrix_server: Homeserver, tmp_path: Path, lost: str
) -> None:
    bot = bot_of(matrix_server, account(matrix_server))
    given = settings(tmp_path, bot)
    await starts(given)
    if lost == "file":
        matrix_keys(given).file.unlink()
    else:
        given = settings(tmp_path, {**bot, "AIGUILLAGE_SECRET_KEY": "o" * 40})
    state, said, remedy = (await asyncio.to_thread(found, given))["matrix_keys"]
    assert state == "broken" and str(matrix_keys(given).file) in said
    expected = {
        "file": ("par d’autres clés", "connectez le compte du robot de nouveau"),
        "secret": ("ne s’ouvrent pas", "AIGUILLAGE_SECRET_KEY"),
    }[lost]
    assert expected[0] in said and expected[1] in remedy


def test_the_command_says_it_and_shows_no_token(
    matrix_server: Homeserver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = account(matrix_server)
    for name, value in {**bot_of(matrix_server, bot), "AIGUILLAGE_DATA_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(main, ["doctor", "--json", "--online"])
    assert done.exit_code == 0 and bot.access_token not in done.output
    checks = {one["about"]: one["found"] for one in json.loads(done.stdout)["checks"]}
    assert checks["matrix"] == f"le serveur connaît {bot.user_id}." and "matrix_keys" in checks
