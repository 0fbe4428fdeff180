"""Every message in every language carries the values that it was given, and nothing leaves that says others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from household import FRENCH, TEMPLATES, examples, speaking
from hypothesis import given
from hypothesis import strategies as st

from bot.followup.catalog import catalog, household_languages
from bot.followup.compare import compare, compare_sentences, numbers_in
from bot.followup.departure import ALONE, HELD, SIDE_BY_SIDE, keys_said, may_leave, prepare
from bot.followup.errors import CatalogError
from bot.followup.message import Part, render, side_by_side
from bot.followup.translating import approved
from bot.wording import languages
from rules.model import Convention, Territory

DAY = date(2026, 11, 25)
LANGUAGES = household_languages()
M05 = TEMPLATES["M05"]


def home(messages=(), **options):
    decided = {name: Convention(value, "Comité", DAY) for name, value in options.items()}
    return Territory("essai", "Essai", decided, None, {k: Convention(v, "Comité", DAY) for k, v in messages})


def said_in(template, language, **words):
    spoken = speaking(language, **words)
    return (
        render(template, examples(template), "fr", FRENCH),
        render(template, examples(template), language, spoken),
        spoken,
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", list(TEMPLATES), ids=lambda template: template.id)
def test_a_message_in_its_language_has_the_values_of_the_french(template, language):
    pair = side_by_side(template, examples(template), language)
    assert compare(pair.french, pair.translation) == ()
    assert len(pair.french.lines) == len(pair.translation.lines)
    assert [b.id for b in pair.french.buttons] == [b.id for b in pair.translation.buttons]
    assert pair.translation.right_to_left == (language in ("ar", "fa-AF", "ps"))
    assert pair.translation.text.count("\u2068") + pair.translation.text.count("\u2066") == pair.translation.text.count(
        "\u2069"
    )


NAMED = [one for one in TEMPLATES if "prenom" in one.slots]
POINTS = {"ar": ".", "bn": "।", "fa-AF": ".", "ps": "۔"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", NAMED, ids=lambda template: template.id)
def test_a_name_that_ends_with_a_point_ends_the_sentence(template, language):
    given = examples(template) | {"prenom": "Mme B."}
    pair = side_by_side(template, given, language)
    assert "B.." not in pair.translation.text.replace("\u2069", "")
    assert "B." in pair.translation.text and compare(pair.french, pair.translation) == ()
    point = POINTS.get(language, ".")
    words = speaking(language, **{template.text.replace(".", "__"): f"{{prenom}}{point} {{prenom}} A{point}"})
    (line,) = render(template, given, language, words).lines
    said = "".join(part.text for part in line).replace("\u2068", "").replace("\u2069", "")
    assert said == f"Mme B. Mme B. A{point}"


def test_three_points_after_a_name_stay() -> None:
    words = speaking("en", **{M05.text.replace(".", "__"): "{prenom}... {prenom}…"})
    assert render(M05, examples(M05) | {"prenom": "Mme B."}, "en", words).text == "Mme B.... Mme B.…"


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "fr"])
@pytest.mark.parametrize("template", list(TEMPLATES), ids=lambda template: template.id)
def test_the_rules_of_each_language_write_the_values_whatever_its_words(template, language):
    french, translated, words = said_in(template, language)
    assert compare(french, translated, words) == ()


def test_the_title_is_the_first_line_and_the_buttons_have_words():
    message = render(M05, examples(M05), "fr")
    assert message.title == "Votre rendez-vous est noté."
    assert message.body[:2] == ("Jour\u202f: mercredi 06/01/2027", "Heure\u202f: 14:30")
    assert [(b.id, b.text) for b in message.buttons][1] == ("changer_jour", "Changer le jour")


def test_the_choice_of_a_language_names_each_in_itself():
    names = [button.text for button in render(TEMPLATES["M01"], {}, "fr").buttons]
    assert {"français", "العربية", "دری", "українська"} < set(names)


def test_a_slot_of_free_words_is_said_to_stay_in_french():
    french, translated, _ = said_in(TEMPLATES["M20"], "ar")
    assert (french.in_french, translated.in_french) == ((), ("fait", "suite_service"))


def test_a_sentence_with_a_slot_that_has_no_value_is_not_rendered():
    with pytest.raises(CatalogError, match=r"a slot \{heur\} of no value"):
        said_in(TEMPLATES["M08"], "uk", household__rendez_vous_annulation__text="{jour}\n{heur}")


def test_household_languages_are_not_languages_of_the_chat():
    assert {"ar", "fa-AF", "ps", "uk"} <= set(LANGUAGES)
    assert languages() == ("fr", "en")


@pytest.mark.parametrize(
    ("french", "translated", "codes"),
    [
        ("Jour : {jour}", "Day: {jour}", []),
        ("Jour : {jour}", "Day: ", ["slot_lost"]),
        ("Jour : {jour}", "Day: {jour} {jour}", ["slot_invented"]),
        ("Jour : {jour}", "Day: {hour}", ["slot_lost", "slot_invented"]),
        ("Ancien : {a}\nNouveau : {b}", "Old: {b}\nNew: {a}", ["slot_moved", "slot_moved"]),
        ("{a} : {b}", "{b}: {a}", []),
        ("10 minutes", "10 minutes", []),
        ("10 minutes", "১০ মিনিট", []),
        ("10 minutes", "1 minute 0", ["number_lost", "number_invented", "number_invented"]),
        ("Un an", "1 year", ["number_invented"]),
        ("19 degrés", "nineteen degrees", ["number_lost"]),
    ],
)
def test_two_sentences_have_the_same_slots_and_numbers(french, translated, codes):
    assert [difference.code for difference in compare_sentences(french, translated)] == codes


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda part: replace(part, text=part.text.replace("14:30", "14:20")), "rendering"),
        (lambda part: replace(part, text="2027-01-06") if part.slot == "jour" else part, "rendering"),
        (lambda part: Part("") if part.slot == "heure" else part, "slot_lost"),
        (lambda part: replace(part, text=part.text + " 3") if part.slot is None else part, "number_invented"),
    ],
)
def test_a_message_that_was_changed_is_caught_before_it_leaves(change, code):
    french, translated, words = said_in(M05, "ar")
    changed = replace(translated, lines=tuple(tuple(change(part) for part in line) for line in translated.lines))
    assert code in {difference.code for difference in compare(french, changed, words)}


def test_another_value_or_a_lost_button_is_caught():
    french, translated, words = said_in(M05, "tr")
    moved = render(M05, examples(M05) | {"heure": "15:00"}, "tr", words)
    assert [(d.code, d.what) for d in compare(french, moved, words)] == [("value", "heure")]
    fewer = replace(translated, buttons=translated.buttons[1:])
    assert [d.code for d in compare(french, fewer, words)] == ["buttons"]


pieces = st.lists(st.sampled_from(["{jour}", "{heure}", "12", "7", "mot", " : "]), max_size=8)


@given(pieces)
def test_a_sentence_does_not_differ_from_itself_nor_from_its_pieces_in_another_order(words):
    sentence, other = " ".join(words), " ".join(reversed(words))
    assert compare_sentences(sentence, other) == ()


@given(pieces, pieces)
def test_what_one_loses_the_other_invents(ours, theirs):
    there, back = (
        compare_sentences(a, b) for a, b in ((" ".join(ours), " ".join(theirs)), (" ".join(theirs), " ".join(ours)))
    )
    turned = {"slot_lost": "slot_invented", "number_lost": "number_invented"}
    turned |= {new: old for old, new in turned.items()}
    assert sorted((turned[d.code], d.what) for d in there) == sorted((d.code, d.what) for d in back)


@given(st.integers(0, 99999))
def test_a_number_is_the_same_in_any_script(n):
    for zero in (0x660, 0x6F0, 0x9E6):
        assert numbers_in("".join(chr(zero + int(c)) for c in str(n))) == numbers_in(str(n)) == {str(n): 1}


def test_a_draft_of_an_appointment_leaves_beside_the_french_and_plain_information_alone():
    words = speaking("ar")
    assert may_leave(M05, "ar", words=words).how == SIDE_BY_SIDE
    assert may_leave(TEMPLATES["M02"], "ar", words=words).how == SIDE_BY_SIDE
    assert may_leave(TEMPLATES["M12"], "ar", words=words).how == SIDE_BY_SIDE
    assert may_leave(TEMPLATES["M09"], "ar", words=words).how == ALONE
    assert may_leave(M05, "fr").how == ALONE


def test_what_was_reviewed_leaves_alone_and_one_changed_choice_takes_it_back():
    words = approved(speaking("ar"), FRENCH, keys_said(M05), "médiatrice arabophone", DAY)
    assert may_leave(M05, "ar", words=words).how == ALONE
    key = "household.choice.lieux.chez_vous"
    words = replace(words, entries={**words.entries, key: replace(words.entries[key], words="ailleurs")})
    assert may_leave(M05, "ar", words=words).how == SIDE_BY_SIDE
    by_phone = render(M05, examples(M05) | {"lieu": "au_telephone"}, "ar", words).values
    assert may_leave(M05, "ar", words=words, values=by_phone).how == ALONE


def test_stale_and_missing_words_are_held():
    words = speaking("ar", household__listen="")
    assert may_leave(M05, "ar", words=words).reason.message == "followup.held.missing"
    key = M05.text
    words = speaking("ar")
    words = replace(words, entries={**words.entries, key: replace(words.entries[key], french="autre")})
    assert may_leave(M05, "ar", words=words).reason.message == "followup.held.stale"


def test_a_territory_may_ask_for_a_native_reader_first_and_only_then():
    strict = home({"appointment": "reviewed"}.items())
    words = speaking("ar")
    held = may_leave(M05, "ar", strict, words=words)
    assert (held.how, held.reason.message, held.reason.params["by"]) == (HELD, "followup.held.not_reviewed", "Comité")
    assert may_leave(TEMPLATES["M02"], "ar", strict, words=words).how == SIDE_BY_SIDE
    read = approved(words, FRENCH, keys_said(M05), "médiatrice", DAY)
    assert may_leave(M05, "ar", strict, words=read).how == ALONE
    relaxed = home({"appointment": "draft"}.items())
    assert may_leave(M05, "ar", relaxed, words=words).how == SIDE_BY_SIDE


def test_a_message_that_promises_an_option_needs_the_territory_to_have_taken_it():
    proposal = TEMPLATES["M04"]
    assert may_leave(proposal, "fr").reason.message == "followup.held.option_undecided"
    assert may_leave(proposal, "fr", home(option_n1=False)).reason.message == "followup.held.option_refused"
    assert may_leave(proposal, "fr", home(option_n1=True)).how == ALONE
    assert may_leave(TEMPLATES["M19b"], "fr").how == ALONE


def test_what_is_prepared_is_the_pair_the_one_or_nothing():
    words = speaking("ar")

    def sent(number, language):
        template = TEMPLATES[number]
        spoken = words if language == "ar" else None
        return [m.language for m in prepare(template, examples(template), language, words=spoken).messages]

    assert sent("M05", "ar") == ["fr", "ar"]
    assert sent("M09", "ar") == ["ar"]
    assert sent("M05", "fr") == ["fr"]
    assert sent("M04", "ar") == []


def test_what_says_other_values_than_the_french_is_not_prepared_even_when_it_was_reviewed():
    moved = str(FRENCH.text(TEMPLATES["M07"].text)).replace("{jour}", "{x}").replace("{ancien_jour}", "{jour}")
    words = speaking("ar", household__rendez_vous_report__text=moved.replace("{x}", "{ancien_jour}"))
    words = approved(words, FRENCH, keys_said(TEMPLATES["M07"]), "médiatrice", DAY)
    outgoing = prepare(TEMPLATES["M07"], examples(TEMPLATES["M07"]), "ar", words=words)
    assert outgoing.messages == ()
    assert outgoing.departure.reason.message == "followup.held.differs"
    assert [(d.code, d.what) for d in outgoing.differences] == [("slot_moved", "ancien_jour"), ("slot_moved", "jour")]


def test_the_words_for_stop_and_yes_are_known_in_each_language():
    for language in ("fr", "en"):
        assert "STOP" in catalog(language).words_to_write("stop")
        assert "OUI" in catalog(language).words_to_write("yes")
