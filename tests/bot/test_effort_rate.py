"""The energy effort rate before and after: worked by hand, and what happens where it cannot be told."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports.effort_rate import Energy, Period, Year, effort_rates, hundredths, tenths
from bot.reports.energy import parse_energy
from bot.reports.in_words import in_words
from bot.reports.model import Field, Known, Report, Section, Trame
from bot.wording import wording
from rules.errors import SituationError
from tests.bot.reporting import ENERGY

ALONE = Trame("n1", "suivi_n1", (67,), (Section("energie", (63,), (Field("taux", "said"),)),))


def changed(**changes):
    """ENERGY with « avant__depenses="…" » and the like; None takes a datum away."""
    raw = deepcopy(ENERGY)
    for name, value in changes.items():
        year, _, datum = name.partition("__")
        if datum:
            raw[year][datum] = value
        else:
            raw[name] = value
    return raw


def rates(**changes):
    return effort_rates(parse_energy(changed(**changes)))


def told(found):
    """What is said, in French, with plain spaces."""
    report = in_words(Report(ALONE, {"taux": Known(said=found.said)}), wording("fr"))
    return [line.replace("\u00a0", " ").replace("\u202f", " ") for line in report.sections[0].fields[0].said]


def test_a_worked_case():
    found = rates()
    assert found.avant.value == Fraction(145020, 1480000)
    assert found.apres.value == Fraction(1210, 15000)
    assert found.change == Fraction(1210, 15000) - Fraction(145020, 1480000)
    assert told(found)[:4] == [
        "Avant : taux d’effort énergétique de 9,8 % — 1 450,20 € de dépenses d’énergie pour 14 800 € de revenus "
        "disponibles, du 1 octobre 2024 au 30 septembre 2025.",
        "Après : taux d’effort énergétique de 8,1 % — 1 210 € de dépenses d’énergie pour 15 000 € de revenus "
        "disponibles, du 1 octobre 2025 au 30 septembre 2026.",
        "Évolution, en points : − 1,7 (calculée sur les taux exacts, puis arrondie).",
        "Dépenses d’énergie : 240,20 € de moins. Cet écart n’est corrigé ni des prix ni de la météo.",
    ]


@pytest.mark.parametrize("changes", [{}, {"avant__revenus": None}, {"avant__revenus": 0}, {"apres": None}])
def test_precarity_is_never_diagnosed_and_the_mark_of_8_percent_comes_with_both_its_conditions(changes):
    lines = told(rates(**changes))
    assert lines[-1].startswith("Un taux n’est pas un diagnostic de précarité énergétique.")
    (marked,) = (line for line in lines if "8 %" in line and "TEE_3D" in line)
    assert "deux conditions" in marked and "trois premiers déciles" in marked and "ne prouve pas le décile" in marked


@given(st.sampled_from(["avant", "apres"]), st.sets(st.sampled_from(sorted(ENERGY["avant"])), min_size=1))
def test_each_missing_datum_is_named_and_no_rate_is_shown_without_it(year, missing):
    found = rates(**{f"{year}__{datum}": None for datum in missing})
    rate = getattr(found, year)
    assert rate.value is None and found.change is None
    (why,) = rate.said
    assert {text.message for text in why.params["data"]} == {f"report.column.energie.{datum}" for datum in missing}


def test_a_year_that_is_not_given_misses_everything():
    found = effort_rates(parse_energy({}))
    assert (found.avant.value, found.apres.value, found.change) == (None, None, None)
    assert told(found)[0] == (
        "Avant : le taux ne peut pas être calculé. Il manque : dépenses d’énergie (€), début des dépenses, fin des "
        "dépenses, revenus disponibles (€), début des revenus, fin des revenus."
    )


@pytest.mark.parametrize(
    ("income", "said"),
    [
        ("0", "Après : les revenus disponibles sont nuls, le taux n’a pas de sens. Décrivez la situation en mots."),
        ("0.00", "Après : les revenus disponibles sont nuls, le taux n’a pas de sens. Décrivez la situation en mots."),
        ("-120.50", "Après : les revenus disponibles sont négatifs (-120,50 €), le taux n’a pas de sens."),
    ],
)
def test_no_income_or_a_negative_one_is_said_in_words(income, said):
    found = rates(apres__revenus=income)
    assert found.apres.value is None and found.change is None
    assert told(found)[1].startswith(said)


def test_negative_expenses_give_no_rate_and_no_expenses_give_a_rate_of_zero():
    assert rates(apres__depenses="-3").apres.value is None
    assert rates(apres__depenses="0").apres.value == 0


def test_periods_of_different_length_are_refused():
    found = rates(avant__depenses_du="2024-11-01", avant__depenses_au="2025-02-28")
    assert found.avant.value is None
    assert told(found)[0].startswith("Avant : les dépenses portent sur 4 mois et les revenus sur 12 mois,")


def test_periods_of_different_length_are_brought_to_a_year_only_when_asked_and_it_is_shown():
    four_months = {"avant__depenses": "700", "avant__depenses_du": "2024-11-01", "avant__depenses_au": "2025-02-28"}
    found = rates(**four_months, annualiser=True)
    assert found.avant.value == Fraction(2100, 14800)
    assert told(found)[1].startswith(
        "Avant, ramené à un an : dépenses d’énergie (€) — 700 € sur 4 mois, soit 2 100,00 € sur un an."
    )
    assert found.change == Fraction(1210, 15000) - Fraction(2100, 14800)
    assert not any("de moins" in line for line in told(found))


def test_a_period_that_is_not_whole_months_is_counted_in_days():
    found = rates(
        avant__depenses="730", avant__depenses_du="2024-10-05", avant__depenses_au="2025-02-27", annualiser=True
    )
    assert Period(date(2024, 10, 5), date(2025, 2, 27)).days == 146
    assert found.avant.value == Fraction(730 * 365, 146 * 14800)


def test_years_of_different_length_or_that_overlap_are_not_compared():
    half = {f"apres__{what}_au": "2026-03-31" for what in ("depenses", "revenus")}
    found = rates(**half)
    assert found.apres.value is not None and found.change is None
    assert "L’évolution n’est pas calculée : 12 mois avant, 6 mois après." in told(found)[2]
    found = rates(apres__depenses_du="2025-09-30", apres__depenses_au="2026-09-29")
    assert found.change is None
    assert told(found)[2].startswith("L’évolution n’est pas calculée : la période d’après commence avant la fin")


def test_a_leap_year_is_as_long_as_another():
    leap, other = Period(date(2024, 1, 1), date(2024, 12, 31)), Period(date(2025, 1, 1), date(2025, 12, 31))
    assert (leap.days, other.days) == (366, 365)
    assert leap.as_long_as(other) and leap.months == other.months == 12


def test_an_amount_that_binary_fractions_cannot_hold_is_exact():
    found = rates(avant__depenses="0.10", avant__revenus="0.30")
    assert found.avant.value == Fraction(1, 3)


@given(st.decimals(0, 10**6, places=2), st.decimals(Decimal("0.01"), 10**6, places=2))
def test_the_rate_is_the_exact_ratio(spent, income):
    days = (date(2025, 1, 1), date(2025, 12, 31))
    year = Year(spent, *days, income, *days)
    assert effort_rates(Energy(year, Year())).avant.value == Fraction(spent) / Fraction(income)


def test_a_half_is_rounded_away_from_zero():
    assert [tenths(Fraction(n, 100)) for n in (125, -125, 124, 5, -4)] == [
        Decimal(text) for text in ("1.3", "-1.3", "1.2", "0.1", "0.0")
    ]
    assert str(hundredths(Fraction(1, 3))) == "0.33"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ([], {("energy", "energy_not_an_object")}),
        ({"avent": {}}, {("avent", "energy_unknown")}),
        ({"avant": {"depense": 3}}, {("avant.depense", "energy_unknown")}),
        ({"avant": {"depenses": "1 200"}}, {("avant.depenses", "energy_not_an_amount")}),
        ({"avant": {"depenses": True}}, {("avant.depenses", "energy_not_an_amount")}),
        ({"avant": {"depenses": float("nan")}}, {("avant.depenses", "energy_not_an_amount")}),
        ({"avant": {"depenses": "NaN"}}, {("avant.depenses", "energy_not_an_amount")}),
        ({"avant": {"depenses": "1e12"}}, {("avant.depenses", "energy_not_an_amount")}),
        ({"avant": {"depenses": "12.345"}}, {("avant.depenses", "energy_not_an_amount")}),
        ({"apres": {"revenus_du": "2025-02-30"}}, {("apres.revenus_du", "not_a_date")}),
        ({"apres": {"revenus_du": "9999-12-31"}}, {("apres.revenus_du", "year_out_of_range")}),
        ({"annualiser": "oui", "apres": 3}, {("annualiser", "not_a_bool"), ("apres", "energy_not_an_object")}),
        (
            {"avant": {"depenses_du": "2025-02-01", "depenses_au": "2025-01-01"}},
            {("avant.depenses_du", "energy_backwards")},
        ),
    ],
)
def test_figures_that_cannot_be_read_are_all_named(raw, told):
    with pytest.raises(SituationError) as refused:
        parse_energy(raw)
    assert {(e.fact, e.code) for e in refused.value.errors} == told


@pytest.mark.parametrize("written", ["1450,20", "1450.20", " 1450.20 ", Decimal("1450.20")])
def test_an_amount_may_be_written_with_a_comma(written):
    assert parse_energy({"avant": {"depenses": written}}).avant.depenses == Decimal("1450.20")
