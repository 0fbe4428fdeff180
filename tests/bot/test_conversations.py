"""The golden conversations of tests/conversations, each in the terminal, the web chat and Telegram."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from api.settings import load_settings
from api.storage.store import Store
from bot.wording import wording
from tests.bot.conversation_channels import CHANNELS, MORE

FOLDER = Path(__file__).parent.parent / "conversations"
CONVERSATIONS = sorted(FOLDER.glob("*.yaml"))


def _read(file):
    return yaml.safe_load(file.read_text(encoding="utf-8"))


async def _choose(phone, choice):
    data = _find(phone, choice)
    if data is None:
        await phone.press(next(d for d in phone.buttons() if d.startswith(MORE)))
        data = _find(phone, choice)
    assert data is not None, f"no button says {choice}: {phone.buttons()}"
    await phone.press(data)


def _find(phone, choice, kind="a"):
    return next((d for d in phone.buttons() if d.startswith(f"{kind}:") and d.split(":")[2] == choice), None)


async def _take(phone, step):
    if step == "restart":
        await phone.restart()
        return
    ((what, said),) = step.items()
    match what:
        case "choose":
            await _choose(phone, said)
        case "correct":
            await phone.press(_find(phone, said, "c"))
        case "why":
            await phone.press(next(d for d in phone.buttons() if d.startswith("w:")))
            words = wording("fr")
            for mission in said:
                assert words("explain.why_not", mission=words(f"mission.{mission}"))[:-2] in phone.screen
        case "push":
            kind, _, value = said.partition(" ")
            wanted = [d.split(":") for d in phone.buttons()]
            await phone.press(next(":".join(d) for d in wanted if d[0] == kind and d[2] == value))
        case "command":
            await phone.type(f"/{said}")
        case "type":
            await phone.type(said)
        case "say":
            await phone.say(said)
        case "stale":
            await phone.press(f"a:0:{said}")
            assert wording("fr")("chat.out_of_date").split(".")[0] in phone.screen


@pytest.mark.parametrize(
    ("file", "channel"),
    [
        pytest.param(file, channel, id=f"{file.stem}-{channel}")
        for file in CONVERSATIONS
        for channel in _read(file).get("channels", CHANNELS)
    ],
)
async def test_a_conversation_ends_as_written_in_every_channel(channel, file, tmp_path):
    said = _read(file)
    async with CHANNELS[channel](tmp_path).open() as phone:
        await phone.show()
        for step in said["steps"]:
            await _take(phone, step)
        screen = phone.screen.replace("\u2060", "").replace("\u202f", "\u00a0")
    _check(said, screen, tmp_path, channel)


def _check(said, screen, folder, channel):
    wanted, words = said["expect"], wording(said.get("language", "fr"))
    with Store.open(load_settings({"AIGUILLAGE_DATA_DIR": str(folder)}).database_url) as store:
        logged = store.enquiries()
    last = logged[0]
    assert len(logged) == wanted["logged"]
    assert sum(1 for e in logged if e.replaces) == wanted.get("replaced", 0)
    assert (last.channel, last.language) == (channel, said.get("language", "fr"))
    assert last.answer["status"] == wanted["status"]
    assert last.answer["missions"] == wanted.get("missions", [])
    assert last.answer["certainty"] == wanted.get("certainty", last.answer["certainty"])
    assert set(wanted.get("cited", [])) <= {r["statement"] for r in last.answer["reasons"]}
    assert last.answer["open_points"] == wanted.get("open_points", last.answer["open_points"])
    if "open" in wanted:
        assert {k: last.answer["open"][k] for k in ("reason", "decider")} == wanted["open"]
    shown = [words(f"mission.{m}") for m in last.answer["missions"]] or [words("chat.referred")]
    assert all(sentence in screen for sentence in shown), screen
