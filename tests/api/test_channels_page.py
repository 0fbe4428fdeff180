"""What docs/channels.md says of the channels, as far as the code can tell."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from api.cli import main
from api.households.desk import LINK_LIFE
from api.pages.review.words import channel_text
from api.settings import NAMES, PREFIX
from api.storage.visitors import REACHED
from bot.channels import console, web
from bot.channels.matrix import MatrixChannel
from bot.channels.matrix_telling import MatrixChats
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_household import TelegramHouseholds
from bot.speech.limits import LARGEST, LONGEST
from bot.wording import wording
from tests.bot.conversation_channels import CHANNELS as PHONES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "channels.md").read_text("utf-8")
CHANNELS = (MatrixChannel.name, TelegramChannel.name, web.CHANNEL, console.CHANNEL)


def rows() -> list[list[str]]:
    """The cells of the first table."""
    table = PAGE.split("## Ce que chacun permet")[1].split("\n## ")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line[:1] == "|"]


def said(of: str) -> dict[str, str]:
    """What the line says of each channel."""
    [cells] = [cells for cells in rows() if cells[0] == of]
    return dict(zip(CHANNELS, cells[1:], strict=True))


def test_the_columns_are_the_channels_by_the_names_that_the_log_has() -> None:
    head = rows()[0]
    assert tuple(re.search(r"`(\w+)`", cell)[1] for cell in head[1:]) == CHANNELS
    assert {*PHONES, MatrixChannel.name} == set(CHANNELS)
    assert all(len(cells) == len(head) for cells in rows())


def test_the_review_has_a_word_for_each_channel() -> None:
    told = [wording("fr").say(channel_text(name)) for name in CHANNELS]
    assert told == ["Matrix", "Telegram", "page web", "terminal"]


def test_a_verdict_comes_by_itself_where_a_visitor_can_be_written_to() -> None:
    told = said("l'avis de la coordination arrive de lui-même")
    assert {channel for channel, words in told.items() if words == "oui"} == set(REACHED)


@pytest.mark.parametrize("chats", [TelegramHouseholds, MatrixChats])
def test_a_household_is_written_to_where_something_sends_to_it(chats: type) -> None:
    words = said("écrire à un ménage")[chats.name]
    assert words.startswith("oui") == (getattr(chats, "send", None) is not None)
    assert hasattr(chats, "tell") == (said("suivre un ménage, être prévenu de ses réponses")[chats.name] == "oui")


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"dure {LONGEST:.0f} secondes et pèse {LARGEST // 1024**2} Mo au plus" in PAGE
    assert f"{LINK_LIFE.days} jours" in said("écrire à un ménage")[web.CHANNEL]


def test_settings_the_extra_and_commands_are_there_by_the_names_given() -> None:
    known = {PREFIX + name.upper() for name in NAMES}
    assert set(re.findall(rf"{PREFIX}[A-Z_]+[A-Z]", PAGE)) <= known
    assert {f"{PREFIX}MATRIX_{name}" for name in ("HOMESERVER", "USER", "TOKEN")} <= known
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert set(re.findall(r"`aiguillage\[(\w+)\]`", PAGE)) <= set(extras)
    for words in re.findall(r"`aiguillage ([a-z ]+?)`", PAGE):
        command = main
        for word in words.split():
            command = command.get_command(None, word)
            assert command is not None, words


def test_every_source_is_cited_and_every_citation_has_its_source() -> None:
    text, sources = PAGE.split("## Sources")
    cited = {int(number) for group in re.findall(r"\[(\d+(?:, \d+)*)\]", text) for number in group.split(", ")}
    listed = [int(number) for number in re.findall(r"^(\d+)\. ", sources, re.MULTILINE)]
    assert listed == list(range(1, len(listed) + 1)) and cited == set(listed)
    assert sources.count("https://") >= len(listed)
