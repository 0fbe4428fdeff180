"""What is read of an event, and how a reply looks: no homeserver needed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.matrix_events import (
    EDITED,
    STAYS,
    UNREADABLE,
    WORDS_NEEDED,
    Arrival,
    Reaction,
    Recording,
    keycap_of,
    number_of,
    read,
    shows,
)
from bot.channels.matrix_view import LONGEST_TEXT, screen
from bot.commands import said
from bot.messages import Button, Reply, Section, Text
from bot.wording import wording

ROOM, EVENT, SENDER = "!r:exemple.test", "$e", "@v:exemple.test"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def event(kind: str = "m.room.message", **content: object) -> dict[str, object]:
    return {"type": kind, "event_id": EVENT, "sender": SENDER, "content": content}


def arrival(**what: object) -> Arrival:
    return Arrival(EVENT, ROOM, SENDER, **what)


def words(sentence: str) -> Text:
    return Text("chat.verbatim", {"text": sentence})


def test_an_edit_that_asks_nothing_new_shows_no_new_message() -> None:
    edit = {"rel_type": "m.replace", "event_id": "$q"}
    assert shows(event(body="* ✓", **{"m.relates_to": edit})) == "$q"
    assert shows(event(body="* ✓", **{"m.relates_to": {**edit, STAYS: True}})) is None


def test_what_is_written_is_typed_without_the_quote_of_what_it_replies_to() -> None:
    assert read(ROOM, event(msgtype="m.text", body=" 2 ")) == arrival(typed="2")
    relation = {"m.in_reply_to": {"event_id": "$q"}}
    quoted = event(msgtype="m.text", body="> <@b:x> Une question ?\n> 1. Oui\n\nOui", **{"m.relates_to": relation})
    assert read(ROOM, quoted) == arrival(typed="Oui", about="$q")
    assert read(ROOM, event(msgtype="m.text", body="> pas une citation")) == arrival(typed="> pas une citation")


def test_a_reaction_is_a_number_or_nothing() -> None:
    relation = {"rel_type": "m.annotation", "event_id": "$q", "key": "3\ufe0f\u20e3"}
    assert read(ROOM, event("m.reaction", **{"m.relates_to": relation})) == arrival(reaction=Reaction("$q", 3))
    assert read(ROOM, event("m.reaction", **{"m.relates_to": {**relation, "key": "👍"}})) is None
    assert [number_of(keycap_of(number)) for number in range(1, 11)] == list(range(1, 11))
    assert number_of("7\u20e3") == 7


def test_what_cannot_be_answered_is_told_why_and_what_programs_say_is_left_alone() -> None:
    assert read(ROOM, event("m.room.encrypted", ciphertext="…")) == arrival(notice=UNREADABLE)
    assert read(ROOM, event(msgtype="m.image", body="photo.jpg", url="mxc://x/y")) == arrival(notice=WORDS_NEEDED)
    edit = {"m.relates_to": {"rel_type": "m.replace", "event_id": "$q"}, "m.new_content": {}}
    assert read(ROOM, event(msgtype="m.text", body="* 3", **edit)) == arrival(notice=EDITED)
    assert read(ROOM, event(msgtype="m.notice", body="1")) is None
    assert read(ROOM, event()) is None  # withdrawn
    assert read(ROOM, {**event("m.room.name", name="x"), "state_key": ""}) is None


def test_a_voice_note_says_where_it_is_and_how_long() -> None:
    info = {"duration": 2500, "size": 900}
    sound = event(msgtype="m.audio", body="v.ogg", url="mxc://x/y", info=info)
    assert read(ROOM, sound) == arrival(voice=Recording("mxc://x/y", 2.5, 900))


@given(JSON, JSON)
def test_nothing_that_is_brought_stops_the_reading(content: object, key: object) -> None:
    for kind in ("m.room.message", "m.reaction", "m.room.encrypted"):
        read(ROOM, {"type": kind, "event_id": EVENT, "sender": SENDER, "content": content})
        read(ROOM, {"type": kind, "event_id": EVENT, "sender": key, "content": {"msgtype": "m.text", "body": content}})
    read(ROOM, content)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("!langue en", {"command": "langue", "argument": "en"}),
        ("/START i_abc", {"command": "start", "argument": "i_abc"}),
        ("!quoi", {"command": "aide"}),
        ("! !", {"text": "! !"}),
        ("", {"text": ""}),
        ("bilan", {"text": "bilan"}),
    ],
)
def test_a_command_begins_with_either_mark(typed: str, meant: dict[str, str]) -> None:
    assert said(typed, "/!") == meant


def test_a_reply_is_plain_words_beside_html_and_nothing_of_it_is_markup() -> None:
    rows = (
        (Button("b:1:", words("Retour"), "back"),),
        (Button("a:1:oui", words("Oui <b>"), "choice"),),
        (Button("https://exemple.test/?a=1&b=2", words("Plus"), "link"),),
    )
    sections = (
        Section("question", (words("Aide <script>"),), words("Une & question ?")),
        Section("reasons", (words("un"), words("deux"))),
    )
    shown = screen(Reply(sections, rows), wording("fr"))
    [page] = shown.pages
    assert page.body.endswith("• un\n• deux\n\nPlus : https://exemple.test/?a=1&b=2\n\n1. Oui <b>\n\n2. Retour")
    assert page.html == (
        "<p><strong>Une &amp; question ?</strong></p><p>Aide &lt;script&gt;</p><ul><li>un</li><li>deux</li></ul>"
        '<p><a href="https://exemple.test/?a=1&amp;b=2">Plus</a></p>'
        '<ol><li>Oui &lt;b&gt;</li></ol><ol start="2"><li>Retour</li></ol>'
    )
    assert [(choice.number, choice.data, choice.first) for choice in shown.choices] == [
        (1, "a:1:oui", True),
        (2, "b:1:", False),
    ]


def test_a_long_reply_goes_on_in_a_second_message_with_the_choices() -> None:
    long = tuple(Section("advice", (words("x" * 9000),)) for _ in range(2))
    shown = screen(Reply(long, ((Button("a:1:oui", words("Oui")),),)), wording("fr"))
    assert len(shown.pages) == 2 and shown.pages[-1].body.endswith("1. Oui")
    assert all(len(page.body) <= LONGEST_TEXT for page in shown.pages)
