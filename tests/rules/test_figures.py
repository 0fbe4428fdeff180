"""The figures of the contract: worked by hand, then what holds for all counts."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.figures.anniversaries import a_year_after
from rules.figures.counts import NUMBERS, Counts, CountsError, parse_counts
from rules.figures.figures import N1_FLOOR, SR_FLOOR, n1_readings, required, sr_readings
from rules.figures.forfait import (
    DIMENSIONS,
    Choices,
    boxes,
    euros,
    forfaits,
    mixed_spread,
    supplementary,
    tranches,
    values_open,
)
from rules.figures.households import HouseholdError, parse_household
from rules.figures.tally import Tally

EXAMPLES = settings(max_examples=200, deadline=None)
TODAY = date(2026, 11, 25)
choices = st.builds(Choices, **{name: st.sampled_from(values) for name, values in DIMENSIONS.items()})
a_count = st.one_of(st.none(), st.integers(0, 400))
some_counts = st.builds(
    Counts,
    **dict.fromkeys(NUMBERS, a_count),
    option_n1=st.sampled_from([None, True, False]),
    target=st.sampled_from([None, Fraction(1, 5), Fraction(3, 10), Fraction(55, 100)]),
)


def _reading(counts, name):
    return next(r for r in (*sr_readings(counts), *n1_readings(counts).readings) if r.id == name)


def _choices(**said):
    usual = {"raised": "everybody", "basis": "achieved", "partial": "nothing", "tranches": "several", "step": "points"}
    return Choices(**{**usual, **said})


# --- worked by hand


def test_twenty_percent_of_47_is_10_rounded_up_and_9_rounded_down():
    # 47 x 20 / 100 = 9.4
    assert (required(SR_FLOOR, 47, "up"), required(SR_FLOOR, 47, "down")) == (10, 9)


@pytest.mark.parametrize(
    ("with_sr", "status", "lacking"),
    [(8, "not_met", (2, 1)), (9, "rounding", (1, 0)), (10, "met", (0, 0))],
)
def test_nine_households_of_47_hang_on_the_rounding(with_sr, status, lacking):
    found = _reading(Counts(followed=47, with_sr=with_sr), "sr.followed")
    assert (found.status, tuple(r.lacking for r in found.required)) == (status, lacking)


def test_the_same_21_households_are_enough_or_not_by_what_they_are_a_share_of():
    # 20 % of 110 = 22, of 120 = 24, of 100 = 20
    counts = Counts(visited=120, followed=110, contracted=100, with_sr=21)
    found = {r.of: (r.share, r.status, r.required[0].lacking) for r in sr_readings(counts)}
    assert found == {
        "followed": (Fraction(21, 110), "not_met", 1),
        "visited": (Fraction(21, 120), "not_met", 3),
        "contracted": (Fraction(21, 100), "met", 0),
    }


def test_households_are_counted_and_not_sr():
    # 25 of 110 households; they had 40 SR between them
    few, many = Counts(followed=110, with_sr=25, sr_total=25), Counts(followed=110, with_sr=25, sr_total=40)
    assert sr_readings(few) == sr_readings(many)
    assert forfaits(few) == forfaits(many)


def test_a_contracted_share_is_read_beside_the_floor():
    # 30 % of 110 = 33
    found = _reading(Counts(followed=110, with_sr=25, target=Fraction(30, 100)), "target.followed")
    assert (found.status, found.required[0].number, found.required[0].lacking) == ("not_met", 33, 8)


def test_an_n1_that_was_declined_counts_under_one_reading_only():
    # 15 % of 100 = 15: 12 done, 2 arranged (14), then 3 declined and 1 not reached (18)
    counts = Counts(
        option_n1=True, beneficiaries=100, n1_done=12, n1_planned=2, n1_refused=3, n1_unreached=1,
    )  # fmt: skip
    found = {n: _reading(counts, f"n1.beneficiaries.{n}") for n in ("done", "arranged", "called")}
    assert {n: (r.numerator, r.status) for n, r in found.items()} == {
        "done": (12, "not_met"), "arranged": (14, "not_met"), "called": (18, "met"),
    }  # fmt: skip
    assert found["done"].ambiguities == ("A4",)
    assert found["called"].ambiguities == ("A4", "A13")


@pytest.mark.parametrize(("option", "said"), [(None, "unknown"), (False, "not_taken")])
def test_without_the_option_no_n1_is_counted(option, said):
    found = n1_readings(Counts(option_n1=option, beneficiaries=100, n1_done=12))
    assert (found.option, found.readings) == (said, ())


def test_more_sr_than_followed_households_is_not_a_share():
    found = _reading(Counts(followed=10, contracted=8, with_sr=12), "sr.followed")
    assert (found.clash, found.status, found.share) == (True, "unknown", None)
    assert _reading(Counts(contracted=8, with_sr=12), "sr.contracted").status == "met"


def test_the_forfait_of_110_households_with_25_in_sr():
    # 20 % of 110 = 22, so 3 more; 30 % = 33 is not reached: 3 of 11 begun. 2 points: 24.2 -> 25 reached: 1 tranche
    amounts = {a.euros for a in forfaits(Counts(followed=110, with_sr=25))[0].amounts}
    assert amounts == {
        33_000,  # 300 x 110: no tranche, or none complete
        33_150,  # R2: 33 000 + 3 x 50
        34_500,  # R1 in proportion: 33 000 + 110 x 50 x 3/11
        38_500,  # R1, one tranche: 350 x 110
    }


def test_three_in_ten_make_350_and_four_in_ten_400_under_r1():
    # as ambiguity A3 says of R1
    for with_sr, each in ((20, 300), (30, 350), (40, 400)):
        assert euros(Counts(followed=100, with_sr=with_sr), "followed", "followed", _choices()) == each * 100


def test_a_quarter_with_sr_is_half_a_tranche():
    # 25 of 100: 5 of the 10 households of the tranche
    found = {partial: tranches(25, 100, _choices(partial=partial)) for partial in DIMENSIONS["partial"]}
    assert found == {"nothing": 0, "pro_rata": Fraction(1, 2), "whole": 1}


def test_ten_percent_of_the_floor_is_two_points():
    # 25 % is 5 points above 20 %: 2 tranches of 2 points, and the half of a third
    step = _choices(step="of_floor", partial="pro_rata")
    assert tranches(25, 100, step) == Fraction(5, 2)
    assert tranches(25, 100, _choices(step="of_floor", partial="pro_rata", tranches="one")) == 1


def test_r2_pays_households_beyond_the_floor_and_with_nothing_those_of_complete_tranches():
    # 35 of 100: 15 beyond 20; the one complete tranche of 10 points has 10
    found = {partial: supplementary(35, 100, _choices(partial=partial)) for partial in DIMENSIONS["partial"]}
    assert found == {"nothing": 10, "pro_rata": 15, "whole": 15}
    assert supplementary(35, 100, _choices(tranches="one", partial="whole")) == 10


def test_a_contracted_share_may_be_paid_in_place_of_the_one_achieved():
    # 30 % of 100 contracted, 45 achieved. R1, complete tranches: 350 x 100, or 400 x 100
    counts = Counts(followed=100, with_sr=45, target=Fraction(30, 100))
    found = {basis: euros(counts, "followed", "followed", _choices(basis=basis)) for basis in DIMENSIONS["basis"]}
    assert found == {"contracted": 35_000, "achieved": 40_000}
    assert "nobody" not in values_open(counts)["raised"]


def test_where_the_contract_stops_at_the_floor_only_the_base_is_left():
    (found, *_) = forfaits(Counts(followed=100, with_sr=45, target=Fraction(20, 100)))
    assert (found.spread, found.missing) == ((30_000, 30_000), ())


def test_without_the_sr_only_the_base_can_be_told_and_what_is_missing_is_named():
    (found, visited, _) = forfaits(Counts(followed=100))
    assert (found.spread, found.missing) == ((30_000, 30_000), ("with_sr",))
    assert (visited.amounts, visited.missing) == ((), ("visited",))


# --- for all counts


@EXAMPLES
@given(st.sampled_from([SR_FLOOR, N1_FLOOR, Fraction(3, 10)]), st.integers(1, 100_000))
def test_rounded_up_is_the_least_number_whose_share_reaches_the_threshold(threshold, whole):
    number = required(threshold, whole, "up")
    assert Fraction(number, whole) >= threshold > Fraction(number - 1, whole)
    assert required(threshold, whole, "down") in (number, number - 1)


@EXAMPLES
@given(some_counts)
def test_an_unknown_count_never_gives_met_or_not_met(counts):
    for reading in (*sr_readings(counts), *n1_readings(counts).readings):
        unknown = [name for name in (*reading.counted, reading.of) if getattr(counts, name) is None]
        assert reading.missing == tuple(unknown)
        if unknown:
            assert (reading.status, reading.share) == ("unknown", None)


@EXAMPLES
@given(some_counts)
def test_a_verdict_is_that_of_the_exact_share(counts):
    for reading in (*sr_readings(counts), *n1_readings(counts).readings):
        if reading.status in ("met", "not_met", "rounding"):
            assert (reading.share >= reading.threshold) == (reading.required[0].lacking == 0)


@EXAMPLES
@given(st.integers(0, 400), st.integers(1, 400), choices)
def test_no_reading_gives_less_than_the_base(with_sr, followed, chosen):
    counts = Counts(followed=followed, with_sr=with_sr, target=Fraction(3, 10))
    assert euros(counts, "followed", "followed", chosen) >= 300 * followed


@EXAMPLES
@given(st.integers(0, 400), st.integers(1, 400), choices)
def test_one_more_household_in_sr_never_lowers_the_amount(with_sr, followed, chosen):
    less, more = (Counts(followed=followed, with_sr=n, target=Fraction(3, 10)) for n in (with_sr, with_sr + 1))
    assert euros(less, "followed", "followed", chosen) <= euros(more, "followed", "followed", chosen)


@EXAMPLES
@given(st.integers(0, 400), st.integers(1, 400), st.sampled_from(DIMENSIONS["step"]))
def test_a_begun_tranche_gives_between_nothing_and_the_whole(with_sr, whole, step):
    nothing, part, all_of_it = (tranches(with_sr, whole, _choices(partial=p, step=step)) for p in DIMENSIONS["partial"])
    assert nothing <= part <= all_of_it <= nothing + 1
    assert (part == nothing) == (all_of_it == nothing)


@EXAMPLES
@given(st.lists(choices, unique=True, max_size=40))
def test_boxes_hold_exactly_the_readings_given_each_once(readings):
    held = [
        one
        for box in boxes(readings)
        for one in _inside(box)
    ]  # fmt: skip
    assert len(held) == len(set(held))
    assert set(held) == set(readings)


def _inside(box):
    found = [{}]
    for name, values in box.items():
        found = [{**one, name: value} for one in found for value in values]
    return [Choices(**one) for one in found]


@EXAMPLES
@given(some_counts)
def test_every_amount_of_the_tables_lies_in_the_spread_of_all_readings(counts):
    spread = mixed_spread(counts)
    for forfait in forfaits(counts):
        for amount in forfait.amounts:
            assert spread[0] <= amount.euros <= spread[1]


# --- one household a line


CELLS = {
    "visite": ["", "oui", "non"],
    "date_dst": ["", "2025-06-02", "2026-03-04"],
    "suivi": ["oui", "non", ""],
    "conventionne": ["oui", "non"],
    "beneficiaire": ["oui", "", "non"],
    "nombre_sr": ["0", "1", "3", ""],
    "n1": ["aucun", "realise", "refuse", "prevu", "injoignable", ""],
    "date_n1": ["", "2026-07-08"],
}
lines = st.lists(st.fixed_dictionaries({name: st.sampled_from(values) for name, values in CELLS.items()}), max_size=12)


def _households(rows):
    found = []
    for row in rows:
        try:
            found.append(parse_household(row, TODAY))
        except HouseholdError:
            continue
    return found


def _tallied(numbered, year):
    tally = Tally(year)
    for line, household in numbered:
        tally.add(household, line)
    return tally


@EXAMPLES
@given(lines, st.randoms(), st.sampled_from([None, 2026]))
def test_the_order_of_the_lines_does_not_matter(rows, random, year):
    numbered = list(enumerate(_households(rows), 2))
    shuffled = list(numbered)
    random.shuffle(shuffled)
    one, other = _tallied(numbered, year), _tallied(shuffled, year)
    assert one.counts() == other.counts()
    assert one.blanks() == other.blanks()
    assert one.anniversaries == other.anniversaries


@EXAMPLES
@given(lines)
def test_a_count_is_known_exactly_where_no_cell_it_needs_is_blank(rows):
    households = _households(rows)
    counts = _tallied(enumerate(households, 2), None).counts()
    followed = [one.cells.get("suivi") for one in households]
    assert counts.followed == (None if None in followed else followed.count(True))
    sr = [one.sr for one in households]
    assert counts.with_sr == (None if None in sr else sum(n > 0 for n in sr))


def test_a_year_counts_its_own_households_and_the_n1_of_those_visited_before():
    rows = [
        {"date_dst": "2025-06-02", "n1": "realise", "date_n1": "2026-06-02", "nombre_sr": "2", "suivi": "oui"},
        {"date_dst": "2025-07-01", "n1": "refuse", "date_n1": "2026-07-02", "nombre_sr": "0", "suivi": "oui"},
        {"date_dst": "2026-03-04", "n1": "aucun", "nombre_sr": "1", "suivi": "oui"},
        {"date_dst": "2026-03-05", "n1": "aucun", "nombre_sr": "0", "suivi": "non"},
    ]
    tally = _tallied(enumerate(_households(rows), 2), 2026)
    counts = tally.counts()
    assert (counts.visited, counts.followed, counts.with_sr, counts.cohort) == (2, 1, 1, 2)
    assert (counts.n1_done, counts.n1_refused, counts.n1_planned) == (1, 1, 0)
    assert _tallied(enumerate(_households(rows), 2), None).counts().with_sr == 2


def test_without_a_date_nobody_knows_which_year_a_household_is_of():
    tally = _tallied(enumerate(_households([{"visite": "oui", "suivi": "oui", "nombre_sr": "0"}]), 2), 2026)
    assert (tally.counts().visited, tally.counts().with_sr) == (None, 0)
    assert ("visited", "date_dst") in {(blank.count, blank.column) for blank in tally.blanks()}


def test_each_mark_has_its_own_year():
    row = {"date_dst": "2025-03-10", "date_derniere_visite": "2025-04-02", "n1": "realise", "date_n1": "10/03/2026"}
    found = {a.mark: a for a in _tallied([(2, parse_household(row, TODAY))], None).anniversaries}
    assert (found["date_dst"].exact, found["date_dst"].earliest) == (1, 0)
    # 10 March 2026 is 23 days before 2 April 2026
    assert (found["date_derniere_visite"].reached, found["date_derniere_visite"].earliest) == (0, -23)
    assert (found["date_fin_sr"].known, found["date_fin_sr"].without) == (0, 1)
    assert a_year_after(date(2024, 2, 29)) == date(2025, 2, 28)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ({"date_dst": "2026-02-30"}, "date_dst", "not_a_day"),
        ({"date_dst": "2026-11-26"}, "date_dst", "in_the_future"),
        ({"suivi": "peut-être"}, "suivi", "not_yes_no"),
        ({"nombre_sr": "-1"}, "nombre_sr", "not_a_number"),
        ({"nombre_sr": "1,5"}, "nombre_sr", "not_a_number"),
        ({"n1": "fait"}, "n1", "not_an_n1"),
        ({"n1": "aucun", "date_n1": "2026-01-02"}, "n1", "n1_without_n1"),
        ({"n1": "realise", "date_n1": "2027-01-02"}, "date_n1", "in_the_future"),
        ({"date_dst": "2026-05-02", "date_n1": "2026-05-01", "n1": "realise"}, "date_n1", "too_early"),
        ({"visite": "non", "date_dst": "2026-05-02"}, "visite", "visited_all_the_same"),
        ({"nombre_sr": "0", "date_fin_sr": "2026-05-02"}, "nombre_sr", "sr_without_sr"),
        ({"reference": "x" * 101}, "reference", "too_long"),
    ],
)
def test_a_cell_that_cannot_be_is_refused_with_its_column(row, column, code):
    with pytest.raises(HouseholdError) as refused:
        parse_household(row, TODAY)
    assert [(error.fact, error.code) for error in refused.value.errors] == [(column, code)]


@pytest.mark.parametrize(
    ("raw", "name", "code"),
    [
        ({"follower": 3}, "follower", "unknown_count"),
        ({"followed": -1}, "followed", "not_a_count"),
        ({"followed": 1.5}, "followed", "not_a_count"),
        ({"followed": True}, "followed", "not_a_count"),
        ({"followed": 10**9}, "followed", "not_a_count"),
        ({"option_n1": "oui"}, "option_n1", "not_a_bool"),
        ({"target": 15}, "target", "not_a_target"),
        ({"target": "trente"}, "target", "not_a_target"),
        ({"target": "NaN"}, "target", "not_a_target"),
        ({"with_sr": 3, "sr_total": 2}, "sr_total", "too_few_sr"),
        ({"with_sr": 0, "sr_total": 2}, "sr_total", "too_few_sr"),
        ([110], "counts", "not_an_object"),
    ],
)
def test_counts_that_cannot_be_are_refused_by_name(raw, name, code):
    with pytest.raises(CountsError) as refused:
        parse_counts(raw)
    assert [(error.fact, error.code) for error in refused.value.errors] == [(name, code)]


def test_a_target_is_read_to_the_last_decimal():
    assert parse_counts({"target": "27,5"}).target == Fraction(11, 40) == parse_counts({"target": 27.5}).target
