"""A report in ids -> the same in the words of a language, for whoever draws it as a document or as a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from bot.messages import Text
from bot.reports.model import Column, Field, Known, Report, Section
from bot.wording import Wording

LABELS = ("what", "answer", "row", "room", "fill", "contents", "pick")
LANGUAGE_TAGS = {"fr": "fr-FR", "en": "en-GB"}


@dataclass(frozen=True, slots=True)
class WordedChoice:
    id: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class WordedCell:
    """One thing to fill in. ``value``: what is shown; ``day``: that of a date, as ISO."""

    name: str
    kind: str
    label: str
    value: str = ""
    day: str = ""
    choices: tuple[WordedChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class WordedRow:
    """A row of a table, named by its number or its words."""

    label: str
    named: bool
    cells: tuple[WordedCell, ...]


@dataclass(frozen=True, slots=True)
class WordedField:
    """A field: its own cell or, of a table, its rows; ``said``: the sentences above the room to write."""

    cell: WordedCell
    hint: str
    statements: str
    notes: tuple[str, ...]
    said: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    legends: tuple[str, ...] = ()
    rows: tuple[WordedRow, ...] = ()


@dataclass(frozen=True, slots=True)
class WordedSection:
    """A section under its number. ``left_out``: why there is nothing to fill in it, else empty."""

    id: str
    number: int
    title: str
    statements: str
    hint: str
    apart: bool
    fields: tuple[WordedField, ...]
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class WordedReport:
    """All that a reader sees. ``tag``: the language as BCP 47; ``about``: what it was filled from; ``above``: what has
    to be read first."""

    tag: str
    direction: str
    title: str
    lead: tuple[str, ...]
    about: tuple[str, ...]
    sections: tuple[WordedSection, ...]
    foot: str
    labels: Mapping[str, str] = field(default_factory=dict)
    above: tuple[str, ...] = ()


def in_words(report: Report, words: Wording) -> WordedReport:
    """The report in the language of ``words``. Raises MissingMessage."""
    return _Teller(report, words).report()


@dataclass(frozen=True, slots=True)
class _Teller:
    of: Report
    words: Wording

    def report(self) -> WordedReport:
        trame = self.of.trame
        category = f".{trame.categories[0]}" if len(trame.categories) == 1 else ""
        lead = ("asked", "no_name", "text_silent", *(("categories",) if trame.categories else ()))
        params = {"statements": self._numbers(trame.asked_by)}
        return WordedReport(
            tag=LANGUAGE_TAGS.get(self.words.language, self.words.language),
            direction=self.words.direction,
            title=self.words(f"report.title.{trame.id}{category}"),
            lead=tuple(self.words.say(Text(f"report.lead.{one}", params if one == "asked" else {})) for one in lead),
            about=tuple(self.say(line) for line in self.of.about),
            sections=tuple(self._section(i, s) for i, s in enumerate(trame.sections, 1)),
            foot=self.words("report.foot"),
            labels={one: self.words(f"report.label.{one}") for one in LABELS},
            above=tuple(self.say(line) for line in self.of.above),
        )

    def _section(self, number: int, section: Section) -> WordedSection:
        left_out = section.id in self.of.left_out
        fields = [f for f in section.fields if not left_out or f.fact == section.option]
        return WordedSection(
            id=section.id,
            number=number,
            title=self.words(f"report.section.{section.id}"),
            statements=self._cited(section.statements),
            hint=self.words(f"report.section.{section.id}.hint") if section.hint and not left_out else "",
            apart=section.apart and not left_out,
            fields=tuple(self._field(f) for f in fields),
            left_out=self.words(f"report.section.{section.id}.left_out") if left_out else "",
        )

    def _field(self, field: Field) -> WordedField:
        known = self.of.known.get(field.id, Known())
        cell = self._cell(field.id, field, f"report.field.{field.id}", known.value)
        worded = WordedField(
            cell=cell,
            hint=self.words(f"report.field.{field.id}.hint") if field.hint else "",
            statements=self._cited(field.statements) if field.statements else "",
            notes=tuple(self.say(note) for note in known.notes),
            said=tuple(self.say(line) for line in known.said),
        )
        return self._table(field, known, worded) if field.kind == "table" else worded

    def _table(self, field: Field, known: Known, worded: WordedField) -> WordedField:
        labels = {c.id: f"report.column.{field.id}.{c.id}" for c in field.columns}
        names = field.rows if isinstance(field.rows, tuple) else ()
        rows = []
        for i in range(len(names) or max(int(str(field.rows)), len(known.rows))):
            given = known.rows[i] if i < len(known.rows) else {}
            cells = tuple(
                self._cell(f"{field.id}-{i + 1}-{c.id}", c, labels[c.id], given.get(c.id)) for c in field.columns
            )
            title = self.words(f"report.row.{field.id}.{names[i]}") if names else str(i + 1)
            rows.append(WordedRow(title, bool(names), cells))
        heads = tuple(self.words(labels[c.id]) for c in field.columns)
        legends = tuple(self._legend(c, labels[c.id]) for c in field.columns if c.choices)
        return replace(worded, heads=heads, legends=legends, rows=tuple(rows))

    def _cell(self, name: str, what: Field | Column, label: str, value: object) -> WordedCell:
        cell = WordedCell(name, what.kind, self.words(label))
        if what.choices:
            chosen = tuple(WordedChoice(c, self._choice(what.id, c), c == value) for c in what.choices)
            return replace(cell, choices=chosen, value=next((c.label for c in chosen if c.chosen), ""))
        if isinstance(value, date):
            return replace(cell, day=value.isoformat(), value=self._day(value))
        if isinstance(value, Decimal):
            return replace(cell, value=self._number(value))
        if isinstance(value, Text):
            return replace(cell, value=self.say(value))
        return replace(cell, value=str(value or ""))

    def _choice(self, field: str, choice: str) -> str:
        own = f"report.choice.{field}.{choice}"
        return self.words(own if self.words.has(own) else f"report.choice.{choice}")

    def _legend(self, column: Column, label: str) -> str:
        choices = ", ".join(self._choice(column.id, c) for c in column.choices)
        return self.words("report.legend", column=self.words(label), choices=choices)

    def say(self, text: Text) -> str:
        """The sentence, with its amounts written as the language writes them."""
        return self.words.say(self._numbered(text))

    def _numbered(self, text: Text) -> Text:
        return Text(text.message, {name: self._spelt(value) for name, value in text.params.items()})

    def _spelt(self, value: object) -> object:
        if isinstance(value, Text):
            return self._numbered(value)
        if isinstance(value, tuple):
            return tuple(self._spelt(v) for v in value)
        return self._number(value) if isinstance(value, Decimal) else value

    def _number(self, value: Decimal) -> str:
        digits = -int(value.as_tuple().exponent)
        return format_decimal(
            value, format=f"#,##0.{'0' * digits}" if digits > 0 else "#,##0", locale=self.words.locale
        )

    def _day(self, value: date) -> str:
        return format_date(value, "dd/MM/yyyy", locale=self.words.locale)

    def _cited(self, numbers: tuple[int, ...]) -> str:
        return self.words("report.statements", numbers=self._numbers(numbers))

    def _numbers(self, numbers: tuple[int, ...]) -> str:
        return ", ".join(str(n) for n in numbers)
