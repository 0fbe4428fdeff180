"""Counts -> figures in words: each with its rows for the chart, the table and the CSV."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from api.pages.statistics.charts import Column, Tick, columns, widths
from api.statistics.agreement import Agreement
from api.statistics.period import Period, midnight, monday_of
from api.storage.question_days import local_day
from bot.rule_names import rule_name
from bot.wording import SOURCE_LANGUAGE, Wording
from rules.model import Ruleset

BARS, WEEKS, SPLIT = "bars", "weeks", "split"
FEWEST_REVIEWED = 5  # below it a percentage says more about chance than about the rule
WEEKS_AHEAD = 12
COUNTED = ("statistics.head.questions", "statistics.head.share")
REVIEWED = ("statistics.head.confirmed", "statistics.head.corrected", "statistics.head.share_corrected")


@dataclass(frozen=True, slots=True)
class Row:
    """``cells``: what stands beside the label, in the order of the figure's head. ``widths``: of its bars."""

    label: str
    cells: tuple[str, ...]
    plain: tuple[object, ...]
    widths: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """``name``: of its words (``statistics.<name>``) and its CSV. ``head``: messages of the table's columns."""

    name: str
    kind: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    columns: Sequence[Column] = ()
    ticks: Sequence[Tick] = ()

    @property
    def empty(self) -> bool:
        return not any(isinstance(value, int | float) and value for row in self.rows for value in row.plain)


def bars(name: str, head: tuple[str, ...], counted: Iterable[tuple[str, int]], words: Wording) -> Figure:
    """One bar a line, the longest first, with its share of all."""
    ordered = sorted(counted, key=lambda one: (-one[1], one[0]))
    total = sum(number for _, number in ordered)
    drawn = widths([number for _, number in ordered])
    rows = [
        Row(label, (said(number, words), share(number, total, words)), (number, percent_of(number, total)), (width,))
        for (label, number), width in zip(ordered, drawn, strict=True)
    ]
    return Figure(name, BARS, head, tuple(rows))


def by_week(name: str, days: Mapping[date, int], mondays: Sequence[date], words: Wording) -> Figure:
    """One column a week; a week without any is there with nought."""
    weeks: Counter[date] = Counter()
    for day, number in days.items():
        weeks[monday_of(day)] += number
    labels = [format_date(monday, "d MMM", locale=words.locale) for monday in mondays]
    numbers = [weeks[monday] for monday in mondays]
    drawn, marks = columns(numbers, labels)
    rows = [
        Row(week_name(monday, words), (said(number, words),), (number,))
        for monday, number in zip(mondays, numbers, strict=True)
    ]
    return Figure(name, WEEKS, ("statistics.head.week", f"statistics.head.{name}"), tuple(rows), drawn, marks)


def missions(rows: Sequence[Any], words: Wording) -> Figure:
    """Settled questions by answer; two missions at once are said as such, referred ones stand apart."""
    counted: Counter[str] = Counter()
    for row in rows:
        counted[row.missions] += int(row.questions)
    named = [(missions_name(key, words), number) for key, number in counted.items()]
    return bars("missions", ("statistics.head.answer", *COUNTED), named, words)


def missions_name(key: str, words: Wording) -> str:
    ids = key.split()
    if not ids:
        return words("statistics.referred")
    said_ = " + ".join(words(f"mission.{mission}") for mission in ids)
    return words("statistics.both", missions=said_) if len(ids) > 1 else said_


def reasons(rows: Sequence[Any], words: Wording) -> Figure:
    counted: Counter[str] = Counter()
    for row in rows:
        if row.open_reason:
            counted[row.open_reason] += int(row.questions)
    named = [(words(f"replay.reason.{key}"), number) for key, number in counted.items()]
    return bars("reasons", ("statistics.head.reason", *COUNTED), named, words)


def left(rows: Mapping[str, tuple[int, int]], words: Wording) -> Figure:
    """Interviews by the question that they were left at, with how many answers came before on average."""
    ordered = sorted(rows.items(), key=lambda one: (-one[1][0], one[0]))
    drawn = widths([number for _, (number, _) in ordered])
    found = []
    for (question, (number, answers)), width in zip(ordered, drawn, strict=True):
        message = f"question.{question}"
        label = words(message) if words.has(message) else words("statistics.question.earlier")
        mean = round(answers / number, 1)
        found.append(Row(label, (said(number, words), said(mean, words)), (number, mean), (width,)))
    head = ("statistics.head.question", "statistics.head.left", "statistics.head.answered")
    return Figure("left", BARS, head, tuple(found))


def corrected(rows: Mapping[str, tuple[int, int]], ruleset: Ruleset, words: Wording) -> Figure:
    """Of each rule, the reviewed answers: confirmed and corrected; no percentage of fewer than five."""
    ordered = sorted(rows.items(), key=lambda one: (-one[1][1], -one[1][0], one[0]))
    most = max((right + wrong for _, (right, wrong) in ordered), default=0)
    found = []
    for rule, (right, wrong) in ordered:
        total = right + wrong
        told = total >= FEWEST_REVIEWED
        cells = (said(right, words), said(wrong, words))
        cells += (share(wrong, total, words) if told else words("statistics.few"),)
        plain = (right, wrong, percent_of(wrong, total) if told else None)
        scaled = tuple(round(100 * part / most, 2) for part in (right, wrong))
        found.append(Row(rule_name(rule, ruleset, words), cells, plain, scaled))
    return Figure("corrected", SPLIT, ("statistics.head.rule", *REVIEWED), tuple(found))


def agreements(judged: Sequence[tuple[str, Agreement]], words: Wording) -> Figure:
    """Of each vignette, how far visitors agree."""
    found = []
    for title, one in judged:
        agree = "—" if one.with_rules is None else said(one.with_rules, words)
        cells = (said(one.answers, words), ratio(one.commonest, words), ratio(one.pairs, words), agree)
        plain = (one.answers, round(float(one.commonest) * 100, 1), round(float(one.pairs) * 100, 1), one.with_rules)
        found.append(Row(title, cells, plain, (round(float(one.pairs) * 100, 2),)))
    head = ("statistics.head.vignette", "statistics.head.answers", "statistics.head.commonest", "statistics.head.pairs",
            "statistics.head.with_rules")  # fmt: skip
    return Figure("agreement", BARS, head, tuple(found))


def disagreements(rows: Sequence[tuple[str, int, Any]], ruleset: Ruleset, words: Wording) -> Figure:
    found = [
        Row(
            rule_name(rule, ruleset, words),
            (ratio(differ, words), said(number, words)),
            (round(float(differ) * 100, 1), number),
            (round(float(differ) * 100, 2),),
        )
        for rule, number, differ in rows
    ]
    head = ("statistics.head.rule", "statistics.head.disagreement", "statistics.head.vignettes")
    return Figure("disagreement", BARS, head, tuple(found))


def due_bounds(now: datetime) -> tuple[list[date], list[datetime]]:
    """The Mondays of the next weeks, this one first, and the moments between which a due is of each."""
    monday = monday_of(local_day(now))
    mondays = [monday + timedelta(weeks=week) for week in range(WEEKS_AHEAD + 1)]
    return mondays[:-1], [midnight(day) for day in mondays]


def due(late: int, numbers: Sequence[int], mondays: Sequence[date], words: Wording) -> Figure:
    """N+1 by the week in which they are to be proposed; those of before this week are late."""
    drawn = by_week("due", dict(zip(mondays, numbers, strict=True)), mondays, words)
    behind = Row(words("statistics.due.late"), (said(late, words),), (late,))
    return Figure(drawn.name, WEEKS, drawn.head, (behind, *drawn.rows), drawn.columns, drawn.ticks)


def week_name(monday: date, words: Wording) -> str:
    year, week, _ = monday.isocalendar()
    begins = format_date(monday, "d MMM y", locale=words.locale)
    return words("statistics.week", week=str(week), year=str(year), monday=begins)


def period_name(period: Period, words: Wording) -> str:
    return words("statistics.period", first=period.first, last=period.last)


def said(value: float, words: Wording) -> str:
    return str(format_decimal(value, locale=words.locale))


def ratio(part: Any, words: Wording) -> str:
    """In percent; what is not quite nought or all is not written as such."""
    value = float(part)
    sign = "< " if 0 < value < 0.001 else "> " if 0.999 < value < 1 else ""
    value = 0.001 if sign == "< " else 0.999 if sign else round(value, 3)
    pattern = "#,##0.#\u202f%" if words.language == SOURCE_LANGUAGE else "#,##0.#%"
    return sign + str(format_percent(value, pattern, locale=words.locale))


def share(part: int, whole: int, words: Wording) -> str:
    return ratio(part / whole if whole else 0, words)


def percent_of(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0
