"""A verdict reaches the chat that the question was asked in: the whole server, a fake Telegram, both databases."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, text

from api.access.roles import COORDINATOR
from api.deciding import Decider
from api.review.vignettes import VignetteDesk
from api.rulesets import Rulesets
from api.storage.access_schema import visitors
from api.storage.journal import now
from api.storage.store import Store
from tests.api.askers_by_telegram import CHAT, N1, REFERRED, SR, Town, plain
from tests.api.coordination import TERRITORY
from tests.api.reviewing import WORDS
from tests.fakes.telegram import FakeTelegram

ENGLISH = 515_151_002


@pytest.fixture
async def town(store: Store, tmp_path: Path) -> AsyncIterator[Town]:
    async with FakeTelegram() as telegram:
        yield Town(store, telegram, tmp_path)


async def test_a_correction_arrives_in_the_chat_in_its_language(town: Town) -> None:
    async with town.open() as address:
        french = await town.asks(N1)
        english = await town.asks(N1, ENGLISH, "en")
        town.rule(french.token)
        town.rule(english.token)
        told = await town.shown("La réponse est corrigée. La mission retenue : Soutien renforcé (SR).")
        in_english = await town.shown("The answer is corrected.", ENGLISH)
        await town.told(2)
    day = french.asked_at.date()
    assert f"Votre question du {day.day} " in plain(told)
    assert "La réponse donnée : Suivi à N+1." in plain(told)
    assert f"Dans les mots de votre coordination : « {WORDS} »" in plain(told)
    assert "n° 22 — Atelier" in plain(told)
    assert f"/reponse/{french.token}" in plain(told)
    assert address.split(":")[-1] in plain(told)
    assert WORDS in in_english.text
    assert "In your coordinators’ own words" in in_english.text
    assert len([m for m in town.telegram.messages(CHAT) if "corrigée" in m.text]) == 1


async def test_a_verdict_is_listened_to_by_who_asked_and_by_nobody_else(town: Town) -> None:
    async with town.open():
        await town.asks(N1, ENGLISH, "en")
        asked = await town.asks(N1)
        town.rule(asked.token)
        await town.shown("La réponse est corrigée.")
        await town.told()
        assert town.offered() == [f"s:0:{asked.token}"]
        await town.telegram.press(CHAT, f"s:0:{asked.token}")
        await town.telegram.until(lambda: town.telegram.last(CHAT).kind == "voice", 60)
        update = await town.telegram.press(ENGLISH, f"s:0:{asked.token}", town.telegram.last(ENGLISH).message_id)
        await town.telegram.delivered(update)
        await town.shown("That button is out of date", ENGLISH)
    assert "voice" not in [shown.kind for shown in town.telegram.messages(ENGLISH)]


@pytest.mark.parametrize(
    ("kind", "said"), [("confirmed", "La réponse est confirmée."), ("to_cler", "transmise au CLER")]
)
async def test_other_verdicts_arrive_as_well(town: Town, kind: str, said: str) -> None:
    async with town.open():
        asked = await town.asks(REFERRED)
        town.rule(asked.token, kind)
        told = await town.shown(said)
        await town.told()
    assert "le texte seul ne permet pas de répondre" in plain(told)


async def test_a_question_that_is_asked_in_telegram_says_where_its_visitor_can_be_reached(town: Town) -> None:
    async with town.open():
        asked = await town.asks(SR)
    with town.store.reading() as connection:
        row = connection.execute(select(visitors)).mappings().one()
        assert row["key"] == asked.asker
        assert row["channel"] == "telegram"
        assert row["sealing"] is not None
        assert str(CHAT).encode() not in row["address"]


async def test_where_the_address_is_not_known_a_verdict_waits_for_the_next_visit(town: Town) -> None:
    async with town.open():
        asked = await town.asks(SR)
        with town.store.transaction() as journal:
            journal.connection.execute(visitors.update().values(sealing=None, address=None))
        town.rule(asked.token)
        await until(town, lambda: town.tidings()[0].failure == "unknown_address")
        await town.writes("/aide")
        assert town.tidings()[0].shown_at is None
        await town.asks(SR)
        await town.shown("La réponse est corrigée")
        await town.told()


async def test_a_visitor_who_had_blocked_the_bot_is_told_when_they_come_back(town: Town) -> None:
    async with town.open():
        asked = await town.asks(SR)
        town.telegram.block(CHAT)
        town.rule(asked.token)
        await until(town, lambda: town.tidings()[0].failure == "blocked")
        town.telegram.unblock(CHAT)
        await town.writes("/aide")
        await town.shown("La réponse est corrigée")
        await town.told()


async def test_a_busy_telegram_is_asked_again_and_the_verdict_comes_once(town: Town) -> None:
    async with town.open():
        asked = await town.asks(SR)
        town.telegram.fail("sendMessage", 429, retry_after=1, chat=CHAT)
        town.rule(asked.token)
        await town.shown("La réponse est corrigée")
        await town.told()
    assert len([m for m in town.telegram.messages(CHAT) if "corrigée" in m.text]) == 1


async def test_only_the_verdict_that_counts_is_told(town: Town) -> None:
    async with town.open():
        asked = await town.asks(SR)
    town.rule(asked.token, "confirmed")
    town.rule(asked.token, missions=["evaluation"])
    async with town.open():
        await town.shown("La mission retenue : Évaluation")
        await town.told()
    assert not [m for m in town.telegram.messages(CHAT) if "confirmée" in m.text]
    assert len(town.tidings()) == 1


async def test_a_contested_answer_goes_before_the_others_and_says_so(town: Town) -> None:
    async with town.open():
        asked = await town.asks(SR)
        assert town.line(asked.token).rank > 1
        said = await town.presses("d:")
        assert "Vous avez demandé à votre coordination de relire cette réponse" in plain(said)
        assert not [data for data in town.offered() if data.startswith("d:")]
        assert (town.line(asked.token).rank, town.line(asked.token).state) == (1, "waiting")
        first, turn = town.line(asked.token).contested_at, town.offered()[0].split(":")[1]
        update = await town.telegram.press(CHAT, f"d:{turn}:", town.telegram.last(CHAT).message_id)
        await town._done(update, CHAT)
        assert town.line(asked.token).contested_at == first


async def test_a_referred_answer_says_that_it_is_on_its_way_by_itself(town: Town) -> None:
    async with town.open():
        asked = await town.asks(REFERRED)
        assert "déjà en route vers votre coordination" in town.telegram.last(CHAT).text
        assert not [data for data in town.offered() if data.startswith("d:")]
        assert town.line(asked.token).rank == 0


async def test_a_returned_question_is_taken_up_again_and_its_new_answer_replaces_the_old(town: Town) -> None:
    async with town.open():
        asked = await town.asks(SR)
        town.rule(asked.token, "returned", reason="L'accompagnement s'est-il arrêté avant ce contact ?")
        told = await town.shown("Votre coordination a une question")
        assert "L'accompagnement s'est-il arrêté" in plain(told)
        assert f"t:0:{asked.token}" in town.offered()
        recap = await town.presses("t:0")
        assert "Vos réponses" in plain(recap)
        assert "L'accompagnement s'est-il arrêté" in plain(recap)
        await town.presses("accompagnement_continu")
        await town.presses("m4_12")
        again = town.logged()[-1]
    assert again.replaces == asked.token
    assert town.line(asked.token).state == "replaced"
    assert (town.line(again.token).state, town.line(again.token).rank in (0, 1)) == ("waiting", True)


async def test_a_visitor_who_has_moved_on_is_asked_before_another_question_is_left(town: Town) -> None:
    async with town.open():
        asked = await town.asks(N1)
        await town.writes("/sr_ou_n1")
        await town.presses("bilan")
        town.rule(asked.token, "returned", reason="Plus d'un an, vraiment ?")
        await town.shown("Plus d'un an, vraiment ?")
        moved = await town.presses("t:0")
        assert "Vous avez commencé une autre question" in plain(moved)
        await town.presses("t:")
        resumed = town.telegram.last(CHAT)
        assert "Voici votre question du" in plain(resumed)
        assert "Plus d'un an, vraiment ?" in plain(resumed)
        await town.presses("accompagnement_continu")
        await town.presses("sans_interruption")
        again = town.logged()[-1]
    assert again.replaces == asked.token
    assert town.line(asked.token).state == "replaced"


async def test_answers_that_are_right_go_back_to_coordination(town: Town) -> None:
    async with town.open():
        asked = await town.asks(SR)
        town.rule(asked.token, "returned", reason="Sans interruption ?")
        await town.shown("Sans interruption ?")
        await town.presses("t:0")
        assert [data for data in town.offered() if data.startswith("d:")]
        said = await town.presses("d:")
        assert "Ce qu’elle en dira viendra ici" in plain(said)
    assert (town.line(asked.token).state, town.line(asked.token).rank) == ("waiting", 1)


async def test_nobody_takes_up_the_question_of_another(town: Town) -> None:
    async with town.open():
        asked = await town.asks(SR)
        await town.writes("/start", ENGLISH)
        update = await town.telegram.press(ENGLISH, f"t:0:{asked.token}", town.telegram.last(ENGLISH).message_id)
        shown = await town._done(update, ENGLISH)
        assert "n'est plus à jour" in shown.text


async def test_no_table_of_jobs_holds_a_word_or_an_address(town: Town) -> None:
    async with town.open():
        asked = await town.asks(SR)
        town.rule(asked.token)
        await town.shown("La réponse est corrigée")
        await town.told()
    with town.store.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        where = "workflow_status" if sqlite else "jobs.workflow_status"
        rows = "\n".join(str(tuple(row)) for row in connection.execute(text(f"SELECT * FROM {where}")))  # noqa: S608
    assert "tell_asker" in rows
    assert str(CHAT) not in rows
    assert "pause" not in rows


async def until(town: Town, condition) -> None:
    await town.telegram.until(condition, 15)


async def test_a_vignette_arrives_in_the_chat_and_its_link_opens_the_visitor_s_own_page(town: Town) -> None:
    async with town.open() as address:
        await town.asks(N1)
        account = town.store.accounts.add("cas@exemple.test", COORDINATOR, TERRITORY)
        decider = Decider(Rulesets.open(town.store).current, {})
        desk = VignetteDesk(town.store, town.jobs, lambda: decider, now)
        facts = {"dst": "fait", "but": "accompagner", "cadre_contact": "suivi", "action": "bilan"}
        number = desk.write(
            account, "Retour en avril", "Un ménage visité en octobre est rappelé en avril.", facts, None
        )
        desk.publish(account, number)
        told = await town.shown("Retour en avril")
        await town.told()
        (link,) = re.findall(r"http\S+/cas-decole/\S+", plain(told))
        async with httpx.AsyncClient() as client:
            page = await client.get(address + link[link.index("/cas-decole/") :])
        assert page.status_code == 200 and "rappelé en avril" in page.text
