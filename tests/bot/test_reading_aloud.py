"""What a voice reads of a reply: all that answers, in the order that an ear needs, and no address."""

from __future__ import annotations

from bot.membership import OPEN, uninvited
from bot.messages import Button, Reply, Section, Text
from bot.speech.reading_aloud import parts_read, read_aloud
from bot.wording import wording
from tests.bot.test_conversation_versions import SUPPORT, Talk


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


def listened(talk: Talk) -> str:
    """What is heard where the button to listen is pressed under what is shown."""
    talk.say(button=next(b.data for row in talk.reply.buttons for b in row if b.kind == "listen"))
    assert talk.reply.aloud and not talk.reply.written
    return read_aloud(talk.reply, wording("fr"))


def test_why_it_is_no_other_mission_is_read_once_it_was_asked_for():
    words = wording("fr")
    other = words("explain.why_not", mission=words("mission.suivi_n1"))
    talk = Talk().say(command="sr_ou_n1").choose(*SUPPORT)
    assert other not in listened(talk)
    talk.say(button=next(b for b in talk.buttons() if b.startswith("w:")))
    reason = next(s for s in talk.reply.sections if s.kind == "excluded").lines[0]
    heard = listened(talk)
    assert other in heard and words.say(reason.params.get("reason", reason)) in heard
    assert words("mission.soutien_renforce") in heard and words("chat.why_not_another") not in heard


def test_the_help_is_read_above_what_stands_and_a_greeting_is_not():
    words = wording("fr")
    talk = Talk().say(command="start")
    assert words("chat.hello") not in listened(talk)
    talk.say(command="aide")
    heard = listened(talk)
    assert heard.index(words("chat.help.how")) < heard.index(words("question.action"))


def test_who_may_not_ask_hears_why_and_how_to_be_invited():
    refused = uninvited(OPEN, "fr")
    assert wording("fr")("membership.uninvited") in read_aloud(refused, wording("fr"))
