"""The benchmark of a campaign, small: it plans, sends and measures what it says it does."""

from __future__ import annotations

from multiprocessing import get_context
from pathlib import Path

from benchmarks.campaign import SHARES, measure, report
from benchmarks.household_messages import contents
from benchmarks.household_messages import measure as beside_babel
from benchmarks.telegram_pool import serve
from bot.followup.catalog import household_languages


async def test_a_small_campaign_is_measured_to_its_end(tmp_path: Path) -> None:
    ours, theirs = get_context("spawn").Pipe()
    server = get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    try:
        found = await measure(f"sqlite:///{tmp_path / 'campaign.db'}", 60, ours.recv(), tmp_path)
    finally:
        server.terminate()
        server.join()
    assert tuple(found.at) == SHARES
    assert "60 cases planned" in report(found)


def test_messages_are_of_every_language_and_measured_beside_babel() -> None:
    assert {language for _, language in contents(26, "rendez_vous_confirmation")} == set(household_languages())
    assert "| Babel |" in beside_babel(26, 2, "rendez_vous_confirmation")
