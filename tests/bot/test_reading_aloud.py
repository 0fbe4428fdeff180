"""What a voice reads of a reply: all that answers, in the order that an ear needs, and no address."""

from __future__ import annotations

from bot.messages import Button, Reply, Section, Text
from bot.speech.reading_aloud import parts_read, read_aloud
from bot.wording import wording


def test_what_a_territory_does_where_the_text_is_silent_is_read_after_the_open_point_and_before_the_reasons():
    kinds = ("reasons", "asked", "doctrine", "open", "answer", "verdict", "progress", "recap", "excluded", "flips")
    sections = tuple(Section(kind, (Text("chat.verbatim", {"text": kind}),)) for kind in kinds)
    said = read_aloud(Reply(sections, language="fr"), wording("fr"))
    assert said.split("\n") == ["verdict.", "answer.", "open.", "doctrine.", "reasons.", "asked."]


def test_an_address_is_not_read():
    link = Text("ruling.link", {"address": "https://exemple.fr/reponse/abc"})
    verdict = Section("verdict", (Text("ruling.confirmed"), link))
    assert "exemple" not in read_aloud(Reply((verdict,), language="fr"), wording("fr"))


def test_what_waits_for_a_yes_is_read_alone():
    proposal, question = Section("proposal", (Text("speech.press_yes"),)), Section("question", (Text("chat.answer"),))
    choice = Button("a:1:x", Text("choice.unknown"))
    assert parts_read(Reply((proposal, question), ((choice,),), language="fr")) == [proposal]
