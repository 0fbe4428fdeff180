"""Verdicts in the terminal, at its next start."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from api.parts import open_parts
from api.settings import load_settings
from bot.channels.console import Console
from tests.api.askers_by_telegram import SR, in_a_territory
from tests.api.reviewing import Untold, rule


async def test_the_terminal_tells_a_verdict_at_its_next_start_and_takes_a_question_up(tmp_path: Path) -> None:
    settings = load_settings({"AIGUILLAGE_DATA_DIR": str(tmp_path), **in_a_territory(tmp_path)})
    parts = open_parts(settings)
    lines: list[str] = []

    def console() -> Console:
        lines.clear()
        words = (parts.exchange, "visiteuse", lambda _: "q", lines.append, lambda: date(2026, 11, 24), "fr", None)
        return Console(*words, settings.public_url)

    async def answers(choice: str) -> None:
        buttons = [b.data for row in (await console()._take()).buttons for b in row]
        await console()._take(button=next(d for d in buttons if d.endswith(f":{choice}")))

    for choice in SR:
        await answers(choice)
    token = parts.store.enquiries()[0].token
    await console()._take(command="recommencer")
    rule(parts.store, token, "returned", jobs=Untold(), reason="Arrêté depuis ?")
    await console().run()
    told = "\n".join(lines)
    assert "Votre coordination a une question" in told
    assert "Sa question, dans ses mots : « Arrêté depuis ? »" in told.replace("\u00a0", " ")
    assert f"/reponse/{token}" in told
    reply = await console()._take()
    await console()._take(button=next(b.data for row in reply.buttons for b in row if b.data.startswith("t:")))
    rule(parts.store, token, jobs=Untold())
    await console().run()
    assert "\n".join(lines).count("La réponse est corrigée") == 1
    await console()._take(command="recommencer")
    await console().run()
    assert "corrigée" not in "\n".join(lines)
    parts.store.close()
