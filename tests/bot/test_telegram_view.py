"""A reply as Telegram messages: nothing is lost, nothing is too long, nothing is read as markup."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram_view import LONGEST_TEXT, ButtonDataError, screen, units
from bot.messages import Reply, Section, Text
from bot.wording import MissingMessage
from tests.bot.telegram_scripted import GivenWords, button, reply, words

FRENCH = GivenWords("fr")


def marked_parts(text: str, entities: tuple) -> list[str]:
    coded = text.encode("utf-16-le")
    return [coded[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le") for e in entities]


def test_sections_come_in_order_with_bold_titles_and_lists_with_bullets() -> None:
    shown = screen(
        Reply(
            (
                Section("answer", (words("Un suivi N+1."),), words("🔥 Réponse")),
                Section("reasons", (words("Le printemps"), words("La chauffe")), words("Pourquoi")),
                Section("progress", (words("Question 3"),)),
                Section("question", (words("La date suffit."),), words("Et maintenant ?")),
            )
        ),
        FRENCH,
    )
    (page,) = shown.pages
    assert page.text == (
        "🔥 Réponse\nUn suivi N+1.\n\nPourquoi\n• Le printemps\n• La chauffe\n\n"
        "Question 3\n\nEt maintenant ?\nLa date suffit."
    )
    assert marked_parts(page.text, page.entities) == [
        "🔥 Réponse",
        "Pourquoi",
        "Question 3",
        "Et maintenant ?",
    ]
    assert [entity["type"] for entity in page.entities] == ["bold", "bold", "italic", "bold"]
    assert shown.keyboard is None


def test_no_word_is_read_as_markup() -> None:
    (page,) = screen(reply("<b>R&D</b> *gras* _x_ &amp;"), FRENCH).pages
    assert page.text == "<b>R&D</b> *gras* _x_ &amp;"


def test_a_page_ends_at_a_sections_border() -> None:
    pages = screen(reply("a" * 2000, "b" * 2000, "c" * 2000, "d" * 2000), FRENCH).pages
    assert [page.text[0] + page.text[-1] for page in pages] == ["ab", "cd"]


def test_a_section_longer_than_a_page_ends_at_a_line() -> None:
    lines = tuple(words(letter * 1500) for letter in "abcd")
    pages = screen(Reply((Section("advice", lines),)), FRENCH).pages
    assert [page.text.count("\n") for page in pages] == [1, 1]


@given(st.lists(st.text(st.sampled_from("ab 🔥é\n"), max_size=9000), min_size=1, max_size=4))
def test_pages_keep_within_the_limit_and_lose_no_word(lines: list[str]) -> None:
    pages = screen(reply(*lines), FRENCH).pages
    assert all(0 < units(page.text) <= LONGEST_TEXT for page in pages)
    assert all(page.text == page.text.strip() for page in pages)
    assert "".join("".join(page.text for page in pages).split()) == "".join("".join(lines).split())


def test_a_button_over_64_bytes_is_refused_by_name() -> None:
    assert screen(reply("?", rows=((button("é" * 32),),)), FRENCH).keyboard
    with pytest.raises(ButtonDataError, match=r"button 'given': its data .* takes 66 bytes"):
        screen(reply("?", rows=((button("é" * 33),),)), FRENCH)


def test_a_message_that_no_catalog_has_is_an_error() -> None:
    with pytest.raises(MissingMessage, match=r"nowhere\.to_be_found"):
        screen(Reply((Section("notice", (Text("nowhere.to_be_found"),)),)), FRENCH)
