"""What stands in a message is typed: parsed once, written by each language's rules, isolated where directions meet."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest
from household import TEMPLATES, examples, speaking
from hypothesis import given
from hypothesis import strategies as st

from bot.followup.catalog import catalog
from bot.followup.slot_words import written
from bot.followup.slots import Month, Place, SlotError, fill, parse
from bot.followup.templates import Slot
from bot.wording import wording

LANGUAGES = ("fr", "en", "ar", "fa-AF", "ps", "tr", "uk", "ru", "pt", "es", "ro", "bn", "sq")
RIGHT_TO_LEFT = ("ar", "fa-AF", "ps")
WORDS = {language: speaking(language) for language in LANGUAGES}
FSI, LRI, PDI = "\u2068", "\u2066", "\u2069"


def slot(kind, name="x"):
    allowed = TEMPLATES.choices["lieux"] if kind == "place" else ()
    return Slot(name, kind, "lieux" if kind == "place" else "", allowed, "exemple")


def bare(text):
    return "".join(c for c in text if c not in (FSI, LRI, PDI))


def said(kind, value, language):
    return bare(written(slot(kind), value, WORDS[language]))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("name", "  Amina ", "Amina"),
        ("phone", "01.23.45.67.89", "01 23 45 67 89"),
        ("phone", "+33 1 23 45 67 89", "01 23 45 67 89"),
        ("phone", "+33 (0)6 12 34 56 78", "06 12 34 56 78"),
        ("phone", "0033612345678", "06 12 34 56 78"),
        ("phone", "+213 21 23 45 67", "+213 21 23 45 67"),
        ("phone", "115", "115"),
        ("phone", "3919", "3919"),
        ("contact", "dpo@exemple.fr", "dpo@exemple.fr"),
        ("contact", "0123456789", "01 23 45 67 89"),
        ("day", "2027-01-06", date(2027, 1, 6)),
        ("day", "6/1/2027", date(2027, 1, 6)),
        ("hour", "14h30", time(14, 30)),
        ("hour", "9 h", time(9, 0)),
        ("hour", "09:05", time(9, 5)),
        ("month", "2025-12", Month(2025, 12)),
        ("month", "12/2025", Month(2025, 12)),
        ("minutes", "45", 45),
        ("amount", "1 234,50 €", Decimal("1234.50")),
        ("amount", "80", Decimal("80.00")),
        ("reference", "SL-2027-014", "SL-2027-014"),
        ("place", "chez_vous, 3 rue des Lilas", Place("chez_vous", "3 rue des Lilas")),
        ("place", "au_telephone", Place("au_telephone")),
        ("place", "12 bis, rue Neuve, Limoux", Place(None, "12 bis, rue Neuve, Limoux")),
    ],
)
def test_a_value_is_read_as_people_write_it(kind, text, value):
    assert parse(slot(kind), text) == value


@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        ("jour", "2027-02-30", "no_such_day"),
        ("jour", "demain", "no_day"),
        ("jour", "06/01/27", "no_day"),
        ("jour", "1927-01-06", "far_year"),
        ("heure", "25:00", "no_hour"),
        ("heure", "14:", "no_hour"),
        ("duree", "0", "no_number"),
        ("duree", "601", "no_number"),
        ("duree", True, "no_number"),
        ("telephone", "01 23 45 67 8", "no_phone"),
        ("telephone", "٠١٢٣٤٥٦٧٨٩", "no_phone"),
        ("lieu", "chez_vou, 3 rue des Lilas", "no_choice"),
        ("prenom", "Ami\u202ena", "controls"),
        ("prenom", "Amina\nBonjour", "controls"),
        ("prenom", "…", "no_text"),
        ("structure", "é" * 81, "too_long"),
    ],
)
def test_a_wrong_value_is_refused_by_its_fault(name, given, code):
    template = TEMPLATES["M05"]
    with pytest.raises(SlotError) as refused:
        fill(template, examples(template) | {name: given})
    [fault] = refused.value.faults
    assert (fault.slot, fault.code) == (name, code)
    said = wording("fr")(f"followup.slot.{code}", name="la valeur", slot=name, value=given, **fault.hint)
    assert str(given) in said


@pytest.mark.parametrize("given", ["1,234", "1.234,50", "-3", "douze", "1000001", "٣"])
def test_an_amount_that_could_be_read_two_ways_is_refused(given):
    with pytest.raises(ValueError):
        parse(slot("amount"), given)


def test_every_fault_is_told_at_once_missing_and_unknown_values_too():
    with pytest.raises(SlotError) as refused:
        fill(TEMPLATES["M08"], {"jour": "hier", "heur": "9:00"})
    found = {(fault.slot, fault.code) for fault in refused.value.faults}
    assert found == {("heur", "unknown"), ("jour", "no_day"), ("heure", "missing")}


def test_typed_values_are_taken_as_they_are():
    values = fill(TEMPLATES["M08"], {"jour": date(2027, 1, 6), "heure": time(14, 30)})
    assert values == {"jour": date(2027, 1, 6), "heure": time(14, 30)}


@pytest.mark.parametrize(
    ("language", "day"),
    [
        ("fr", "mercredi 06/01/2027"),
        ("en", "Wednesday 6 January 2027"),
        ("ar", "الأربعاء 06/01/2027"),
        ("fa-AF", "چهارشنبه 6 جنوری 2027"),
        ("ps", "څلرنۍ 6 جنوري 2027"),
        ("tr", "Çarşamba 06/01/2027"),
        ("uk", "середа 06/01/2027"),
        ("ru", "среда 06/01/2027"),
        ("pt", "quarta-feira 06/01/2027"),
        ("es", "miércoles 06/01/2027"),
        ("ro", "miercuri 06/01/2027"),
        ("bn", "বুধবার 06/01/2027"),
        ("sq", "e mërkurë 06/01/2027"),
    ],
)
def test_a_day_is_its_weekday_and_its_date_with_the_month_in_letters_where_figures_could_be_misread(language, day):
    assert said("day", date(2027, 1, 6), language) == day


@pytest.mark.parametrize(
    ("language", "month"), [("fr", "décembre 2025"), ("ar", "12/2025"), ("fa-AF", "دسمبر 2025"), ("ru", "декабрь 2025")]
)
def test_a_month_is_named_but_in_arabic_where_names_differ_by_country(language, month):
    assert said("month", Month(2025, 12), language) == month


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_are_latin_and_hours_go_to_24_in_every_language(language):
    assert said("hour", time(14, 5), language) == "14:05"
    assert said("phone", "01 23 45 67 89", language) == "01 23 45 67 89"
    amount = said("amount", Decimal("80.00"), language)
    assert amount.replace(",", ".").count("80.00") == 1
    assert "€" in amount or "EUR" in amount
    assert not [c for kind in ("amount",) for c in amount if c in "\u200e\u200f\u061c"]


@pytest.mark.parametrize("n", [1, 2, 3, 11, 45, 100, 101])
def test_minutes_take_the_plural_form_of_their_number(n):
    forms = tuple(f"forme {i} de {{n}}" for i in range(6))
    words = speaking("ar", household__minutes=forms)
    form = {1: 1, 2: 2, 3: 3, 11: 5, 45: 5, 100: 4, 101: 4}[n]
    assert bare(written(slot("minutes"), n, words)) == f"forme {form} de {n}"
    assert written(slot("minutes"), 1, catalog("fr")) == "1 minute"
    assert written(slot("minutes"), 45, catalog("fr")) == "45 minutes"


names = st.text(st.characters(categories=("L", "N", "P", "Zs", "S"), exclude_characters="{}"), min_size=1).filter(
    lambda text: any(c.isalnum() for c in text) and len(text) <= 60
)
values = st.one_of(
    st.tuples(st.just("name"), names.map(lambda text: parse(slot("name"), text))),
    st.tuples(st.just("words"), names.map(lambda text: parse(slot("words"), text))),
    st.tuples(st.just("day"), st.dates(date(2000, 1, 1), date(2100, 12, 31))),
    st.tuples(st.just("hour"), st.times().map(lambda t: time(t.hour, t.minute))),
    st.tuples(st.just("month"), st.builds(Month, st.integers(2000, 2100), st.integers(1, 12))),
    st.tuples(st.just("minutes"), st.integers(1, 600)),
    st.tuples(st.just("count"), st.integers(1, 999)),
    st.tuples(st.just("amount"), st.decimals(0, 1_000_000, places=2)),
    st.tuples(st.just("place"), st.builds(Place, st.sampled_from(["chez_vous", None]), st.just("3 rue des Lilas"))),
    st.tuples(st.just("phone"), st.from_regex(r"\A0[1-9]( [0-9]{2}){4}\Z").filter(str.isascii)),
)


@given(values, st.sampled_from(LANGUAGES))
def test_isolates_are_balanced_on_each_line_and_whole_in_right_to_left_text(pair, language):
    kind, value = pair
    for line in written(slot(kind), value, WORDS[language]).split("\n"):
        depth = 0
        for c in line:
            depth += (c in (FSI, LRI)) - (c == PDI)
            assert depth >= 0
            assert depth or language not in RIGHT_TO_LEFT or c in f"{PDI} ()"
        assert depth == 0


@given(values, st.sampled_from(LANGUAGES))
def test_the_digits_of_a_value_are_the_same_in_every_language_and_in_the_same_order(pair, language):
    kind, value = pair
    if kind in ("day", "month"):  # a month's number may become its name
        number = str(value.year)
        assert number in said(kind, value, language)
        assert kind == "month" or str(value.day) in said(kind, value, language)
        return
    ours, theirs = ([c for c in said(kind, value, code) if c.isdecimal()] for code in ("fr", language))
    assert ours == theirs


@given(values.filter(lambda pair: pair[0] not in ("minutes", "count", "month", "place")))
def test_a_value_given_again_is_the_same_value(pair):
    kind, value = pair
    assert parse(slot(kind), value) == value


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)), st.sampled_from(LANGUAGES))
def test_two_days_are_never_written_alike(day, language):
    other = date(day.year, day.day, day.month) if day.day <= 12 and day.day != day.month else None
    if other:
        assert said("day", day, language) != said("day", other, language)
