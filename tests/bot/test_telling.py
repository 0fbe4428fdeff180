"""The situation told freely in the chat: shown with its words, taken only once confirmed, asked no more."""

from __future__ import annotations

import json
from datetime import date

import pytest

from bot.proposals import LONGEST_STORY
from rules.interview import Interview
from tests.bot.test_conversation_versions import Talk, said

STORY = "Mme Benali : DST en octobre, aucun soutien renforcé, plus rien depuis. J'y retourne le 21 avril."


def told(talk):
    return dict(Interview.from_record(talk.journal.dialogues["web:a"].interview).told)


def waiting(talk):
    return talk.journal.dialogues["web:a"].proposed


def proposed(talk):
    return [line for section in talk.reply.sections if section.kind == "proposal" for line in section.lines]


def press(talk, kind, value=""):
    return talk.say(button=next(b for b in talk.buttons() if b.startswith(f"{kind}:") and b.endswith(f":{value}")))


def test_nothing_is_a_fact_before_it_is_confirmed_and_no_name_is_kept():
    talk = Talk().say(command="start").say(text=STORY)
    assert told(talk) == {}
    kept = waiting(talk)
    assert kept["facts"]["dst"] == "fait"
    assert kept["facts"]["date_dst"] == {"from": "2026-10-01", "to": "2026-10-31"}
    assert "Benali" not in json.dumps([kept, repr(talk.reply)], ensure_ascii=False)
    assert len(proposed(talk)) == len(kept["facts"])


def test_what_is_confirmed_is_asked_no_more_and_stands_in_the_recap():
    talk = Talk().say(command="start").say(text=STORY)
    facts = dict(waiting(talk)["facts"])
    press(talk, "y")
    assert told(talk) == facts and waiting(talk) is None
    assert said("understanding.confirmed") in talk.notices
    talk.choose("nouvelle_visite_apres_chauffe", "accompagner", "les_deux")
    (enquiry,) = talk.journal.enquiries
    assert enquiry.answer["missions"] == ["suivi_n1"]
    assert {name: enquiry.facts[name] for name in facts} == facts


def test_a_line_is_left_out_or_everything_is():
    talk = Talk().say(command="start").say(text=STORY)
    press(talk, "x", "sr")
    assert "sr" not in waiting(talk)["facts"] and "dst" in waiting(talk)["facts"]
    press(talk, "n")
    assert waiting(talk) is None and told(talk) == {}
    assert said("speech.again") in talk.notices


@pytest.mark.parametrize(("word", "taken"), [("oui", True), ("C’est ça !", True), ("non", False)])
def test_yes_and_no_may_be_written(word, taken):
    talk = Talk().say(command="start").say(text=STORY).say(text=word)
    assert bool(told(talk)) is taken and waiting(talk) is None


def test_a_yes_without_anything_to_confirm_is_no_answer():
    talk = Talk().say(command="start").say(text="oui")
    assert told(talk) == {} and waiting(talk) is None
    assert [text.message for text in talk.notices] == ["understanding.nothing", "understanding.nothing.example"]


def test_a_second_message_adds_to_the_first_and_the_last_word_counts():
    talk = Talk().say(command="start").say(text="DST en octobre.")
    talk.say(text="DST en septembre, aucun soutien renforcé.")
    facts = waiting(talk)["facts"]
    assert facts["date_dst"] == {"from": "2026-09-01", "to": "2026-09-30"} and facts["sr"] == "aucun"


def test_an_answer_of_the_question_in_other_words_is_confirmed_first():
    talk = Talk().say(command="start").say(text="Une nouvelle visite")
    assert waiting(talk)["choice"] == "nouvelle_visite_apres_chauffe" and told(talk) == {}
    assert [text.message for text in proposed(talk)] == ["speech.understood"]
    talk.say(text="oui")
    given = Interview.from_record(talk.journal.dialogues["web:a"].interview).answers
    assert [answer.choice for answer in given] == ["nouvelle_visite_apres_chauffe"]


def test_a_button_of_the_question_still_answers_while_something_waits():
    talk = Talk().say(command="start").say(text="Une nouvelle visite").choose("bilan")
    assert waiting(talk) is None
    given = Interview.from_record(talk.journal.dialogues["web:a"].interview).answers
    assert [answer.choice for answer in given] == ["bilan"]


def test_the_visitors_own_label_is_no_fact():
    talk = Talk().say(command="start").say(text="Pour moi c'est un N+1")
    assert waiting(talk) is None and told(talk) == {}


def test_facts_that_cannot_be_are_told_and_left_out():
    talk = Talk().say(command="start").say(text="DST fait le 10 novembre 2026.")
    press(talk, "y")
    talk.say(text="La dernière visite était le 3 mars 2026.")
    assert waiting(talk) is None and told(talk)["date_dst"] == "2026-11-10"
    first = talk.notices[0]
    assert (first.message, first.params["fact"]) == ("error.dates_out_of_order", said("fact.date_dst"))
    assert first.params["value"] == said("chat.day", day=date(2026, 11, 10))


def test_an_answer_that_was_told_is_corrected_like_any_other():
    talk = Talk().say(command="start").say(text=STORY)
    press(talk, "y")
    press(talk, "c", "dst")
    assert any(section.title == said("question.dst") for section in talk.reply.sections)
    talk.choose("sr_en_cours")
    assert "dst" not in told(talk) and "sr" not in told(talk)


def test_going_back_at_the_end_forgets_what_was_told():
    talk = Talk().say(command="start").say(text=STORY)
    press(talk, "y")
    talk.say(command="retour")
    assert told(talk) == {}
    assert said("chat.nothing_before") not in talk.notices


def test_a_story_after_the_answer_corrects_it():
    talk = Talk().say(command="start").say(text=STORY)
    press(talk, "y")
    talk.choose("nouvelle_visite_apres_chauffe", "accompagner", "les_deux")
    talk.say(text="Le soutien renforcé est toujours en cours.")
    press(talk, "y")
    while len(talk.journal.enquiries) == 1:
        talk.say(button=next(b for b in talk.buttons() if b.startswith("a:")))
    first, second = talk.journal.enquiries
    assert second.replaces == first.token and second.facts["sr"] == "en_cours"


def test_a_text_that_is_too_long_is_refused_with_its_length():
    talk = Talk().say(command="start").say(text="a" * (LONGEST_STORY + 1))
    assert talk.notices == [said("understanding.too_long", length=LONGEST_STORY + 1, most=LONGEST_STORY)]


def test_a_yes_that_comes_late_confirms_nothing():
    talk = Talk().say(command="start").say(text=STORY)
    late = next(b for b in talk.buttons() if b.startswith("y:"))
    press(talk, "x", "sr")
    talk.say(button=late)
    assert told(talk) == {} and said("chat.out_of_date") in talk.notices
