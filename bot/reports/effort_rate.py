"""The energy effort rate before and after (statement 63): energy expenses over disposable income, two years.

The text asks for it and gives no formula; this one is the ratio of ONPE's TEE_3D. A rate is shown, never a diagnosis:
TEE_3D also needs the household's decile of income, which one file cannot prove.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from dateutil.relativedelta import relativedelta

from bot.messages import Text

MONTHS, DAYS = 12, 365


@dataclass(frozen=True, slots=True)
class Period:
    """From its first day to its last, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def months(self) -> int | None:
        """How many whole calendar months; None where it is not whole months."""
        end = self.last + timedelta(days=1)
        gone = relativedelta(end, self.first)
        months = gone.years * 12 + gone.months
        return months if months and self.first + relativedelta(months=months) == end else None

    def as_long_as(self, other: Period) -> bool:
        """Whether both are as many whole months, or as many days (a leap year is as long as another year)."""
        return self.days == other.days or (self.months is not None and self.months == other.months)

    @property
    def in_a_year(self) -> Fraction:
        """What an amount of this period is multiplied by to stand for a year."""
        return Fraction(MONTHS, self.months) if self.months else Fraction(DAYS, self.days)

    @property
    def length(self) -> Text:
        if self.months:
            return Text("report.energy.months", {"n": self.months})
        return Text("report.energy.days", {"n": self.days})


@dataclass(frozen=True, slots=True)
class Year:
    """What is known of one of the two years; None: not known. Amounts in euros. Its names are those of the table."""

    depenses: Decimal | None = None
    depenses_du: date | None = None
    depenses_au: date | None = None
    revenus: Decimal | None = None
    revenus_du: date | None = None
    revenus_au: date | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(f.name for f in fields(self) if getattr(self, f.name) is None)

    @property
    def periods(self) -> tuple[Period, Period]:
        """Of the expenses and of the income. Raises ValueError where a day is missing."""
        days = (self.depenses_du, self.depenses_au, self.revenus_du, self.revenus_au)
        a, b, c, d = days
        if a is None or b is None or c is None or d is None:
            raise ValueError("a day of the periods is missing")
        return Period(a, b), Period(c, d)


@dataclass(frozen=True, slots=True)
class Energy:
    """Both years. ``annualised``: periods of different length are brought to a year, and it is said."""

    avant: Year
    apres: Year
    annualised: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    """The rate of a year, exact; None where it cannot be told. ``said``: the working, or why not."""

    value: Fraction | None
    said: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class EffortRates:
    """Both rates and the change in points (of the exact rates), with what is to be read beside them."""

    avant: Rate
    apres: Rate
    change: Fraction | None
    said: tuple[Text, ...]


def effort_rates(energy: Energy) -> EffortRates:
    """The rates before and after; each missing datum and each refusal is named."""
    before, after = (_rate(year, which, energy.annualised) for which, year in _years(energy))
    change, why = _change(energy, before, after)
    said = (*before.said, *after.said, *why, Text("report.energy.no_diagnosis"))
    return EffortRates(before, after, change, said)


def _years(energy: Energy) -> tuple[tuple[str, Year], tuple[str, Year]]:
    return ("avant", energy.avant), ("apres", energy.apres)


def _rate(year: Year, which: str, annualised: bool) -> Rate:
    label = Text(f"report.row.energie.{which}")

    def untold(why: str, **params: object) -> Rate:
        return Rate(None, (Text(f"report.energy.{why}", {"year": label, **params}),))

    if year.missing:
        return untold("missing", data=tuple(Text(f"report.column.energie.{name}") for name in year.missing))
    spent, income = year.depenses, year.revenus
    assert spent is not None and income is not None  # noqa: S101  (nothing is missing)
    if income <= 0:
        return untold("no_income" if income == 0 else "negative_income", income=income)
    if spent < 0:
        return untold("negative_expenses", expenses=spent)
    expenses_period, income_period = year.periods
    if not annualised and not expenses_period.as_long_as(income_period):
        return untold("lengths_differ", expenses=expenses_period.length, income=income_period.length)
    factors = (expenses_period.in_a_year, income_period.in_a_year) if annualised else (Fraction(1), Fraction(1))
    value = Fraction(spent) * factors[0] / (Fraction(income) * factors[1])
    working = {"year": label, "rate": tenths(value * 100), "expenses": spent, "income": income}
    said = [Text("report.energy.rate", {**working, "when": _when(expenses_period, income_period)})]
    said += _brought_to_a_year(label, (spent, income), (expenses_period, income_period), factors)
    return Rate(value, tuple(said))


def _when(expenses: Period, income: Period) -> Text:
    if expenses == income:
        return Text("report.energy.same_period", {"first": expenses.first, "last": expenses.last})
    params = {"first": expenses.first, "last": expenses.last, "income_first": income.first, "income_last": income.last}
    return Text("report.energy.two_periods", params)


def _brought_to_a_year(
    label: Text, amounts: tuple[Decimal, Decimal], periods: tuple[Period, Period], factors: tuple[Fraction, Fraction]
) -> list[Text]:
    said = []
    for what, amount, period, factor in zip(("depenses", "revenus"), amounts, periods, factors, strict=True):
        if factor != 1:
            params = {"year": label, "what": Text(f"report.column.energie.{what}"), "amount": amount}
            brought = {"length": period.length, "brought": hundredths(Fraction(amount) * factor)}
            said.append(Text("report.energy.annualised", {**params, **brought}))
    return said


def _change(energy: Energy, before: Rate, after: Rate) -> tuple[Fraction | None, tuple[Text, ...]]:
    if before.value is None or after.value is None:
        return None, (Text("report.energy.no_change"),)
    earlier, later = energy.avant.periods, energy.apres.periods
    if any(old.last >= new.first for old, new in zip(earlier, later, strict=True)):
        return None, (Text("report.energy.overlap"),)
    if not energy.annualised and not earlier[0].as_long_as(later[0]):
        params = {"before": earlier[0].length, "after": later[0].length}
        return None, (Text("report.energy.years_differ", params),)
    change = after.value - before.value
    points = tenths(change * 100)
    direction = "same" if change == 0 else "up" if change > 0 else "down"
    return change, (Text(f"report.energy.{direction}", {"points": abs(points)}), *_spent(energy, later[0], earlier[0]))


def _spent(energy: Energy, later: Period, earlier: Period) -> tuple[Text, ...]:
    """The difference of the expenses, where the periods are as long as each other."""
    before, after = energy.avant.depenses, energy.apres.depenses
    if before is None or after is None or not later.as_long_as(earlier):
        return ()
    way = "less" if after < before else "more"
    return (Text(f"report.energy.spent_{way}", {"difference": abs(after - before)}),)


def tenths(value: Fraction) -> Decimal:
    """Rounded to one decimal, a half away from zero."""
    return _rounded(value, Decimal("0.1"))


def hundredths(value: Fraction) -> Decimal:
    """Rounded to the cent, a half away from zero."""
    return _rounded(value, Decimal("0.01"))


def _rounded(value: Fraction, step: Decimal) -> Decimal:
    scaled = abs(value) / Fraction(step)
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    rounded = Decimal(whole) * step
    return (-rounded if value < 0 else rounded).quantize(step, ROUND_HALF_UP)
