"""The French times: what they mean seen from a day, and the words that say them."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.understanding.french_time import read
from bot.understanding.intervals import Amount, Interval, easter
from bot.understanding.month_names import MONTHS
from bot.understanding.numbers import WORDS

TODAY = date(2026, 4, 10)  # a Friday
WRITTEN_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))
PAST, FUTURE = "past", "future"


def _days(text, today=TODAY, tense=PAST):
    """The one stretch of days that a text tells, as (first, last)."""
    readings = read(text, today)
    assert len(readings) == 1, readings
    days = getattr(readings[0], tense)
    return days and (days.first, days.last)


def _d(text):
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("text", "tense", "first", "last"),
    [
        ("en octobre", PAST, "2025-10-01", "2025-10-31"),
        ("en octobre", FUTURE, "2026-10-01", "2026-10-31"),
        ("en mars dernier", PAST, "2026-03-01", "2026-03-31"),
        ("au mois de mai", PAST, "2025-05-01", "2025-05-31"),
        ("le 21 avril", FUTURE, "2026-04-21", "2026-04-21"),
        ("le 21 avril", PAST, "2025-04-21", "2025-04-21"),
        ("le vingt et un avril", FUTURE, "2026-04-21", "2026-04-21"),
        ("le 1er mai", FUTURE, "2026-05-01", "2026-05-01"),
        ("mardi 21 avril", FUTURE, "2026-04-21", "2026-04-21"),
        ("jeudi 23", FUTURE, "2026-04-23", "2026-04-23"),
        ("21/04", FUTURE, "2026-04-21", "2026-04-21"),
        ("21.04.26", FUTURE, "2026-04-21", "2026-04-21"),
        ("21/04/2025", PAST, "2025-04-21", "2025-04-21"),
        ("2025-04-21", PAST, "2025-04-21", "2025-04-21"),
        ("10/2025", PAST, "2025-10-01", "2025-10-31"),
        ("le 12 janv. 2026", PAST, "2026-01-12", "2026-01-12"),
        ("en oct. 2025", PAST, "2025-10-01", "2025-10-31"),
        ("visite en ocotbre", PAST, "2025-10-01", "2025-10-31"),
        ("en fevrié", PAST, "2026-02-01", "2026-02-28"),
        ("EN DÉCEMBRE", PAST, "2025-12-01", "2025-12-31"),
        ("jeudi prochain", FUTURE, "2026-04-16", "2026-04-16"),
        ("jeudi", FUTURE, "2026-04-16", "2026-04-16"),
        ("jeudi", PAST, "2026-04-09", "2026-04-09"),
        ("jeudi dernier", PAST, "2026-04-02", "2026-04-09"),
        ("samedi prochain", FUTURE, "2026-04-11", "2026-04-18"),
        ("mardi de la semaine prochaine", FUTURE, "2026-04-14", "2026-04-14"),
        ("lundi en huit", FUTURE, "2026-04-20", "2026-04-20"),
        ("début janvier", PAST, "2026-01-01", "2026-01-12"),
        ("mi-février", PAST, "2026-02-09", "2026-02-21"),
        ("fin mars", PAST, "2026-03-19", "2026-03-31"),
        ("fin 2025", PAST, "2025-09-01", "2025-12-31"),
        ("en 2024", PAST, "2024-01-01", "2024-12-31"),
        ("l'hiver dernier", PAST, "2025-12-01", "2026-03-31"),
        ("hiver 2024-2025", PAST, "2024-12-01", "2025-03-31"),
        ("été dernier", PAST, "2025-06-01", "2025-09-30"),
        ("cet été", FUTURE, "2026-06-01", "2026-09-30"),
        ("avant Noël", PAST, None, "2025-12-24"),
        ("la semaine dernière", PAST, "2026-03-30", "2026-04-05"),
        ("la semaine du 20 avril", FUTURE, "2026-04-20", "2026-04-26"),
        ("début de semaine prochaine", FUTURE, "2026-04-13", "2026-04-15"),
        ("le mois prochain", FUTURE, "2026-05-01", "2026-05-31"),
        ("à la fin du mois", FUTURE, "2026-04-19", "2026-04-30"),
        ("l'année dernière", PAST, "2025-01-01", "2025-12-31"),
        ("l'an dernier, en octobre", PAST, "2025-10-01", "2025-10-31"),
        ("en octobre de l'année dernière", PAST, "2025-10-01", "2025-10-31"),
        ("hier", PAST, "2026-04-09", "2026-04-09"),
        ("avant-hier matin", PAST, "2026-04-08", "2026-04-08"),
        ("ce matin", PAST, "2026-04-10", "2026-04-10"),
        ("après-demain", FUTURE, "2026-04-12", "2026-04-12"),
        ("dans quinze jours", FUTURE, "2026-04-22", "2026-04-28"),
        ("d'ici trois semaines", FUTURE, "2026-04-10", "2026-05-04"),
        ("il y a trois semaines", PAST, "2026-03-17", "2026-03-23"),
        ("il y a un an et demi", PAST, "2024-08-26", "2024-11-24"),
        ("y a deux ou trois mois", PAST, "2025-12-26", "2026-02-25"),
        ("il y a plus de six mois", PAST, None, "2025-10-10"),
        ("il y a moins de trois mois", PAST, "2026-01-10", "2026-04-10"),
        ("en mai ou juin", PAST, "2025-05-01", "2025-06-30"),
        ("le 3 du mois dernier", PAST, "2026-03-03", "2026-03-03"),
    ],
)
def test_words_and_the_days_that_they_mean(text, tense, first, last):
    assert _days(text, tense=tense) == (_d(first), _d(last))


@pytest.mark.parametrize(
    ("text", "kind", "first", "last"),
    [
        ("depuis six mois", "since", "2025-09-25", "2025-10-25"),
        ("depuis octobre", "since", "2025-10-01", "2025-10-31"),
        ("ça fait un an", "since", "2025-02-24", "2025-05-25"),
        ("sa fait 4 mois", "since", "2025-11-25", "2025-12-25"),
        ("il y a six mois que", "since", "2025-09-25", "2025-10-25"),
        ("jusqu'en novembre", "until", "2025-11-01", "2025-11-30"),
    ],
)
def test_since_and_until_when(text, kind, first, last):
    (reading,) = read(text, TODAY)
    assert reading.kind == kind
    assert (reading.past.first, reading.past.last) == (_d(first), _d(last))


@pytest.mark.parametrize(
    "text", ["d'avril à septembre 2025", "entre avril et septembre 2025", "avril 2025 à septembre 2025"]
)
def test_from_one_month_to_another(text):
    readings = read("de " + text if text[0] == "a" else text, TODAY)
    assert [r.kind for r in readings] == ["between"]
    assert readings[0].past.first == date(2025, 4, 1)
    assert readings[0].last.last == date(2025, 9, 30)


def test_a_duration_told_from_another_event_is_only_a_duration():
    (reading,) = read("deux ou trois mois après", TODAY)
    assert reading.kind == "after"
    assert reading.past is None
    assert reading.duration.least == Amount(2, -15)
    assert reading.duration.most == Amount(3, 15)
    assert read("trois mois avant", TODAY)[0].kind == "before"
    assert read("pendant six mois", TODAY)[0].kind == "for"


@pytest.mark.parametrize(
    "text",
    [
        "je", "je je je", "j'y retourne", "Je suis là", "31 avril", "le 30 février", "le 29 février 2025", "le 32 mars",
        "45/13/2025", "24/24", "7j/7", "jeudi 21 avril", "Mme Avril", "M. Mars", "place du 8 mai 1945",
        "rue du 4 septembre",
        "a été fait", "n'a pas été", "ce jour-là", "il y a quelques mois", "depuis longtemps", "il y a longtemps",
        "un ménage", "cinq personnes", "80 m2", "1200 euros", "le 3e étage", "06 12 34 56 78", "un DST d'hiver", "mai",
        "mars est une planète", "un jour", "hiver 2024", "le vendredi", "au 15 rue",
    ],
)  # fmt: skip
def test_what_tells_no_day_tells_none(text):
    assert not [r for r in read(text, TODAY) if r.past or r.future]


def test_a_running_month_may_be_meant_of_what_is_to_come_and_not_surely_of_the_past():
    (reading,) = read("en avril", TODAY)
    assert reading.past is None
    assert reading.future == Interval(TODAY, date(2026, 4, 30))


def test_the_words_are_those_of_the_text():
    text = "Bon, la visite c'était EN  Février dernier, je crois."
    (reading,) = read(text, TODAY)
    assert reading.span.of(text) == "EN  Février dernier"


@pytest.mark.parametrize(
    ("year", "day"), [(2024, "2024-03-31"), (2025, "2025-04-20"), (2026, "2026-04-05"), (2038, "2038-04-25")]
)
def test_easter(year, day):
    assert easter(year) == date.fromisoformat(day)


@given(
    DAYS,
    st.integers(1, 330),
    st.sampled_from(["le {n} {month}", "{n} {month}", "{weekday} {n} {month}", "le {n:02}/{m:02}"]),
)
@settings(max_examples=200, deadline=None)
def test_a_day_of_the_last_months_is_read_as_that_day(today, ago, form):
    day = today - timedelta(days=ago)
    text = form.format(n=day.day, m=day.month, month=WRITTEN_MONTHS[day.month - 1], weekday=WEEKDAYS[day.weekday()])
    assert _days(text, today) == (day, day)


@given(
    DAYS,
    st.integers(1, 330),
    st.sampled_from(["le {n} {month}", "le {n:02}/{m:02}", "{n} {month} {y}", "{n:02}.{m:02}.{s}"]),
)
@settings(max_examples=200, deadline=None)
def test_a_day_to_come_is_read_as_that_day(today, ahead, form):
    day = today + timedelta(days=ahead)
    month = WRITTEN_MONTHS[day.month - 1]
    text = form.format(n=day.day, m=day.month, month=month, y=day.year, s=f"{day.year % 100:02}")
    assert _days(text, today, FUTURE) == (day, day)


@given(
    DAYS,
    st.integers(32, 330),
    st.sampled_from(["en {month}", "au mois de {month}", "visite {month}", "en {month} {y}"]),
)
@settings(max_examples=200, deadline=None)
def test_the_interval_of_a_month_holds_the_day(today, ago, form):
    day = today - timedelta(days=ago)
    assume((day.year, day.month) != (today.year, today.month) and (today - day).days < 330)
    readings = read(form.format(month=WRITTEN_MONTHS[day.month - 1], y=day.year), today)
    assert day in readings[0].past


@given(
    DAYS,
    st.integers(1, 60),
    st.sampled_from(["jours", "semaines", "mois"]),
    st.sampled_from(["il y a", "depuis", "ça fait"]),
)
@settings(max_examples=200, deadline=None)
def test_the_interval_of_a_duration_holds_the_day_that_lies_so_long_before(today, n, unit, how):
    day = {
        "jours": lambda: today - timedelta(days=n),
        "semaines": lambda: today - timedelta(weeks=n),
        "mois": lambda: Amount(n).before(today),
    }[unit]()
    said = next(word for word, value in WORDS.items() if value == n) if n % 2 else str(n)
    (reading,) = read(f"{how} {said} {unit}", today)
    assert day in reading.past
    assert reading.past.last <= today


@given(DAYS, st.integers(1, 30), st.sampled_from(["jours", "semaines", "mois"]))
@settings(max_examples=100, deadline=None)
def test_the_interval_of_a_term_holds_the_day_that_lies_so_long_ahead(today, n, unit):
    day = Amount(n).after(today) if unit == "mois" else today + timedelta(days=n * (7 if unit == "semaines" else 1))
    (reading,) = read(f"dans {n} {unit}", today)
    assert day in reading.future
    assert reading.future.first >= today


@given(DAYS, st.integers(0, 6), st.sampled_from(["", " prochain", " dernier"]))
@settings(max_examples=150, deadline=None)
def test_a_weekday_is_that_day_of_the_week_within_two_weeks(today, weekday, way):
    for reading in read(f"on se voit {WEEKDAYS[weekday]}{way}", today):
        for days in (reading.past, reading.future):
            if days:
                assert days.first.weekday() == days.last.weekday() == weekday
                assert abs((days.first - today).days) <= 14
                assert abs((days.last - today).days) <= 14


@given(st.integers(2020, 2035), st.integers(1, 12), st.integers(1, 40))
@settings(max_examples=150, deadline=None)
def test_a_day_that_no_calendar_has_is_none(year, month, number):
    found = read(f"le {number} {WRITTEN_MONTHS[month - 1]} {year}", TODAY)
    days = [r.past for r in found if r.past and r.past.first == r.past.last]
    possible = number <= monthrange(year, month)[1]
    assert days == ([Interval(date(year, month, number), date(year, month, number))] if possible else [])


@given(st.sampled_from([m for m in MONTHS if len(m) >= 6]), st.data())
@settings(max_examples=100, deadline=None)
def test_a_long_month_is_read_with_two_letters_swapped(month, data):
    i = data.draw(st.integers(0, len(month) - 2))
    swapped = month[:i] + month[i + 1] + month[i] + month[i + 2 :]
    today = date(2026, 7, 15) if month != "juillet" else date(2026, 3, 15)
    assert read(f"en {swapped}", today)[0].past == read(f"en {month}", today)[0].past


@given(st.text(max_size=80), DAYS)
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_and_first_days_come_before_last_ones(text, today):
    for reading in read(text, today):
        for days in (reading.past, reading.future):
            if days and days.first and days.last:
                assert days.first <= days.last
        assert 0 <= reading.span.start < reading.span.end <= len(text)
