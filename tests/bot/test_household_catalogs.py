"""A household catalog keeps its review states through PO files, and a check names each fault in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from babel.messages.pofile import read_po, write_po
from household import FRENCH, TEMPLATES, speaking

from bot.followup.catalog import (
    DRAFT,
    MISSING,
    REVIEWED,
    STALE,
    fingerprint,
    household_languages,
    own_name,
    parse_catalog,
    read_catalog,
)
from bot.followup.catalog_text import keys, new_catalog, plural_examples, po_text, refreshed
from bot.followup.check import check, states
from bot.followup.errors import CatalogError
from bot.followup.translating import approved, taken_in, to_translate
from bot.wording import wording

DAY = date(2026, 11, 25)
M05 = "household.rendez_vous_confirmation.text"
OK_BUTTON = "household.rendez_vous_confirmation.button.bon"
LANGUAGES = household_languages()


def edited(catalog, key, **changes):
    return replace(catalog, entries={**catalog.entries, key: replace(catalog.entries[key], **changes)})


def faults(catalog, key=None):
    return {(f.key, f.code) for f in check(catalog, FRENCH, TEMPLATES) if key in (None, f.key)}


def words(fault):
    return wording("fr")(f"followup.fault.{fault.code}", language=fault.language, **fault.params)


def written_and_read(catalog):
    return parse_catalog(po_text(catalog, FRENCH, TEMPLATES).encode(), catalog.language, "essai.po")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalog_of_each_language_is_without_a_fault(language):
    assert check(read_catalog(language), FRENCH, TEMPLATES) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_of_each_language_is_as_the_program_writes_it(language):
    catalog = read_catalog(language)
    rewritten = written_and_read(refreshed(catalog, FRENCH, TEMPLATES))
    assert rewritten.entries == catalog.entries
    assert list(rewritten.entries) == list(keys(TEMPLATES))


@pytest.mark.parametrize("language", ["en", "ar", "fa-AF", "tr", "uk"])
def test_states_survive_the_program_and_babel_s_own_reader_and_writer(language):
    catalog = approved(speaking(language), FRENCH, [M05, "household.minutes"], "médiatrice interprète, CCAS", DAY)
    catalog = edited(catalog, OK_BUTTON, french="0000000000", notes=("à dire plus simplement",))
    text = po_text(catalog, FRENCH, TEMPLATES)
    for width in (76, None):
        out = BytesIO()
        write_po(out, read_po(BytesIO(text.encode()), abort_invalid=True), width=width)
        through_babel = parse_catalog(out.getvalue(), None, "essai.po")
        assert through_babel == written_and_read(catalog) == catalog
    found = written_and_read(catalog).entries
    assert found[M05].state(FRENCH.entries[M05]) == REVIEWED
    assert found[M05].review.by == "médiatrice interprète, CCAS"
    assert found[OK_BUTTON].state(FRENCH.entries[OK_BUTTON]) == STALE


def test_the_file_is_written_the_same_twice():
    catalog = speaking("ar")
    text = po_text(catalog, FRENCH, TEMPLATES)
    assert po_text(written_and_read(catalog), FRENCH, TEMPLATES) == text


def test_the_state_is_told_by_what_was_translated_and_what_was_read():
    french, entry = FRENCH.entries[M05], speaking("ar").entries[M05]
    assert entry.state(french) == DRAFT
    assert replace(entry, words="").state(french) == MISSING
    assert entry.state(replace(french, words="Autre phrase.")) == STALE
    read = approved(speaking("ar"), FRENCH, [M05], "médiatrice", DAY).entries[M05]
    assert read.state(french) == REVIEWED
    assert replace(read, words="changé").state(french) == DRAFT
    assert read.state(replace(french, words="Autre phrase.")) == STALE


def test_an_empty_catalog_has_the_plural_forms_of_its_language():
    assert new_catalog("ar").plural_forms == 6
    assert plural_examples(new_catalog("ar"))[5].startswith("11, 12, 13")
    assert new_catalog("so").plural_forms == 2
    with pytest.raises(CatalogError, match="CLDR knows no language 'snk'"):
        new_catalog("snk")
    assert own_name("fa-AF") == "دری"


BROKEN = {
    "missing": (M05, {"words": ""}),
    "stale": (M05, {"french": "0000000000"}),
    "no_hash": (M05, {"french": ""}),
    "slot_lost": (M05, {"words": "{heure}"}),
    "slot_moved": (
        M05,
        {"words": FRENCH.text(M05).replace("{jour}", "{x}").replace("{heure}", "{jour}").replace("{x}", "{heure}")},
    ),
    "slot_invented": (OK_BUTTON, {"words": "Bon {jour}"}),
    "number_lost": ("household.choice.conseils.aerer", {"words": "ouvrez les fenêtres"}),
    "number_invented": (OK_BUTTON, {"words": "Bon 24"}),
    "native_digits": ("household.choice.conseils.aerer", {"words": "١٠"}),
    "marks": (OK_BUTTON, {"words": "\u2068Bon\u2069"}),
    "controls": (OK_BUTTON, {"words": "Bo\u00adn"}),
    "spaces": (OK_BUTTON, {"words": "Bon "}),
    "long_line": (OK_BUTTON, {"words": "B" * 41}),
    "line_count": (OK_BUTTON, {"words": "Bon\nBien"}),
    "plural_count": ("household.minutes", {"words": ("{n} minute", "{n} minutes")}),
    "word_lost": ("household.stop.words", {"words": "ARRÊT"}),
    "word_shared": ("household.yes.words", {"words": "OUI\nstop"}),
    "word_not_named": ("household.stop.words", {"words": "FIN\nSTOP"}),
}


@pytest.mark.parametrize("code", BROKEN)
def test_the_check_names_one_fault(code):
    whole = speaking("ar")
    assert check(whole, FRENCH, TEMPLATES) == ()
    key, changes = BROKEN[code]
    named = "household.accord_messages.text" if code == "word_not_named" else key
    broken = edited(whole, key, **changes)
    assert (named, code) in faults(broken)
    for fault in check(broken, FRENCH, TEMPLATES):
        assert words(fault)


def test_a_lost_button_an_unknown_key_and_a_change_after_the_review_are_faults_too():
    whole = speaking("uk")
    without = replace(whole, entries={key: entry for key, entry in whole.entries.items() if key != OK_BUTTON})
    assert faults(without) == {(OK_BUTTON, "missing")}
    more = replace(whole, entries={**whole.entries, "household.x.text": whole.entries[M05]})
    assert faults(more) == {("household.x.text", "unknown_key")}
    read = approved(whole, FRENCH, [OK_BUTTON], "relectrice", DAY)
    assert faults(edited(read, OK_BUTTON, words="Bien")) == {(OK_BUTTON, "changed_since_review")}


@pytest.mark.parametrize("mark", ["\u200e", "\u200f", "\u061c", "\u202b", "\u2067"])
def test_no_direction_mark_is_typed_by_hand_but_letters_may_be_joined(mark):
    assert faults(edited(speaking("ar"), OK_BUTTON, words=f"Bon{mark}")) == {(OK_BUTTON, "marks")}
    assert not faults(edited(speaking("fa-AF"), OK_BUTTON, words="می\u200cخواهید"))


def test_a_french_sentence_of_thirteen_words_is_too_long_but_not_for_professionals():
    long = "un deux trois quatre cinq six sept huit neuf dix onze douze treize."
    french = edited(FRENCH, "household.choix_langue.text", words=f"Bonjour.\n{long}\n.\n.")
    assert "long_sentence" in {f.code for f in check(french, french, TEMPLATES)}
    key = "household.donneur_alerte_information.text"
    french = edited(FRENCH, key, words=str(FRENCH.entries[key].words).replace("Bonjour.", long))
    assert check(french, french, TEMPLATES) == ()


def test_a_new_french_sentence_makes_every_translation_stale_and_the_refreshed_file_shows_it():
    changed = edited(FRENCH, OK_BUTTON, words="Très bien")
    catalog = refreshed(speaking("ar"), changed, TEMPLATES)
    assert states(catalog, changed, TEMPLATES)[STALE] == 1
    assert "#. Très bien\n" in po_text(catalog, changed, TEMPLATES)


def test_words_written_without_a_hash_are_of_todays_french_after_a_refresh():
    catalog = refreshed(edited(speaking("ar"), OK_BUTTON, french="", words="حسنا"), FRENCH, TEMPLATES)
    assert catalog.entries[OK_BUTTON].state(FRENCH.entries[OK_BUTTON]) == DRAFT


def test_what_comes_back_unchanged_changes_nothing():
    catalog = approved(speaking("ar"), FRENCH, [M05], "médiatrice", DAY)
    catalog = edited(catalog, OK_BUTTON, french="0000000000")
    returned = written_and_read(to_translate(catalog, FRENCH))
    taken = taken_in(catalog, returned, FRENCH)
    assert taken.changed == ()
    assert taken.catalog.entries == catalog.entries


def test_what_comes_back_changed_is_a_draft_of_the_french_it_was_written_for():
    catalog = approved(speaking("ar"), FRENCH, [M05, OK_BUTTON], "médiatrice", DAY)
    returned = edited(to_translate(catalog, FRENCH), OK_BUTTON, words="حسنا")
    later = edited(FRENCH, OK_BUTTON, words="Très bien")
    assert taken_in(catalog, returned, FRENCH).catalog.entries[OK_BUTTON].state(FRENCH.entries[OK_BUTTON]) == DRAFT
    taken = taken_in(catalog, returned, later)
    assert (taken.changed, taken.older) == ((OK_BUTTON,), (OK_BUTTON,))
    assert taken.catalog.entries[OK_BUTTON].state(later.entries[OK_BUTTON]) == STALE


def test_a_translator_may_say_that_a_stale_text_still_holds_but_not_that_it_was_reviewed():
    catalog = edited(speaking("ar"), OK_BUTTON, french="0000000000")
    out = to_translate(catalog, FRENCH)
    assert out.entries[OK_BUTTON].marked == STALE
    taken = taken_in(catalog, edited(out, OK_BUTTON, marked=DRAFT), FRENCH)
    assert taken.catalog.entries[OK_BUTTON].french == fingerprint(FRENCH.entries[OK_BUTTON].words)
    claimed = taken_in(catalog, edited(out, OK_BUTTON, marked=REVIEWED), FRENCH)
    assert claimed.catalog.entries == catalog.entries


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'msgid "household.x"\nmsgstr "\xff"\n', "not readable as PO"),
        (b'msgid "household.x"\nmsgst "y"\n', "not readable as PO"),
        (b'#. state: reviewed\nmsgid "household.x"\nmsgstr "y"\n', "not readable as PO"),
        (b'msgid "household.x"\nmsgstr "y"\n', "its head names no language; add the line"),
    ],
)
def test_a_file_that_is_no_catalog_is_refused_in_words(content, said):
    with pytest.raises(CatalogError, match=said):
        parse_catalog(content, None, "essai.po")
