"""What a visitor writes or presses, as the conversation gets it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.channels.telegram_updates import Arrival, ShapeError, read

TODAY = date(2025, 11, 24)


def said(text: str) -> dict[str, str | None]:
    message = {
        "message_id": 1,
        "date": 1764000000,
        "chat": {"id": 5, "type": "private"},
        "from": {"id": 5, "is_bot": False, "first_name": "Visiteuse", "language_code": "pt-BR"},
        "text": text,
    }
    incoming = read({"update_id": 7, "message": message}, lambda: TODAY).incoming
    assert (incoming.channel, incoming.event, incoming.asker) == ("telegram", "7", "5")
    assert (incoming.today, incoming.language) == (TODAY, "pt-BR")
    fields = ("command", "argument", "territory", "text", "button")
    return {name: getattr(incoming, name) for name in fields if getattr(incoming, name) is not None}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("une visite après la chauffe ?", {"text": "une visite après la chauffe ?"}),
        ("/start", {"command": "start"}),
        ("/start t_gironde", {"command": "start", "argument": "t_gironde"}),
        ("/start visite", {"command": "start", "argument": "visite"}),
        ("/sr_ou_n1", {"command": "sr_ou_n1"}),
        ("/sr_ou_n1 nouvelle visite ?", {"command": "sr_ou_n1", "argument": "nouvelle visite ?"}),
        ("/sr_ou_n1@aiguillage_bot\nnouvelle\nvisite", {"command": "sr_ou_n1", "argument": "nouvelle\nvisite"}),
        ("/SR_ou_N1  ", {"command": "sr_ou_n1"}),
        ("/recommencer", {"command": "recommencer"}),
        ("/retour", {"command": "retour"}),
        ("/ecouter", {"command": "ecouter"}),
        ("/langue en", {"command": "langue", "argument": "en"}),
        ("/aide", {"command": "aide"}),
        ("/help", {"command": "aide"}),
        ("/inconnue avec des mots", {"command": "aide"}),
        ("/ pas une commande", {"text": "/ pas une commande"}),
        ("/é", {"text": "/é"}),
    ],
)
def test_a_text_is_a_command_with_what_follows_or_plain_words(text: str, expected: dict[str, str]) -> None:
    assert said(text) == expected


def test_a_press_in_a_group_or_without_data_only_has_its_spinner_stopped() -> None:
    person = {"id": 5, "is_bot": False, "first_name": "Visiteuse"}
    query = {"id": "q", "from": person, "chat_instance": "1"}
    group = {"message_id": 1, "date": 0, "chat": {"id": -100, "type": "group"}}
    for content in (query, query | {"data": "oui"}, query | {"data": "oui", "message": group}):
        assert read({"update_id": 7, "callback_query": content}, lambda: TODAY) == Arrival(7, callback="q")


def test_the_words_of_an_update_of_the_wrong_shape_are_not_repeated() -> None:
    with pytest.raises(ShapeError) as refusal:
        read({"update_id": 7, "message": {"text": "Mme Martin"}}, lambda: TODAY)
    assert "Martin" not in str(refusal.value)
    assert refusal.value.__suppress_context__
