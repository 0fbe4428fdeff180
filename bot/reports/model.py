"""What a report to fill in is made of, in ids; `in_words.py` gives it words. All frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from bot.messages import Text

CELLS = ("text", "number", "date", "choice", "check")
KINDS = ("text", "lines", "number", "date", "choice", "checks", "table", "said")
Cell = str | date | Decimal
Row = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. ``kind``: one of CELLS. Its label is ``report.column.<table>.<id>``."""

    id: str
    kind: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in. ``kind``: one of KINDS; ``said`` shows sentences and leaves room below them.

    ``fact``: the fact of a situation that fills it. ``delay``: also say how long before the contact that day was.
    ``rows``: of a table, their ids, or for rows without a name how many.
    """

    id: str
    kind: str
    statements: tuple[int, ...] = ()
    choices: tuple[str, ...] = ()
    fact: str | None = None
    delay: bool = False
    columns: tuple[Column, ...] = ()
    rows: tuple[str, ...] | int = 0
    hint: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together, and the statements they serve.

    ``option``: the fact that says whether the territory takes what the section is about. ``apart``: on a sheet of
    its own. ``category``: the only category of a soutien renforcé that it is for.
    """

    id: str
    statements: tuple[int, ...]
    fields: tuple[Field, ...]
    option: str | None = None
    apart: bool = False
    category: str | None = None
    hint: bool = False


@dataclass(frozen=True, slots=True)
class Trame:
    """A report as it stands before anything is known, for contacts of a ``mission``.

    ``asked_by``: the statements that wish for it. ``categories``: those that it may be narrowed to.
    ``deciders``: open question of the text (its statement's number) -> who decides it.
    """

    id: str
    mission: str
    asked_by: tuple[int, ...]
    sections: tuple[Section, ...]
    categories: tuple[str, ...] = ()
    deciders: Mapping[int, str] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(f for section in self.sections for f in section.fields)

    def of_category(self, category: str) -> Trame:
        """The trame without the sections of other categories. Raises KeyError for a category that it does not have."""
        if category not in self.categories:
            raise KeyError(category)
        kept = tuple(s for s in self.sections if s.category in (None, category))
        return replace(self, sections=kept, categories=(category,))


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a field: its value, and what is to be read beside it. Without a value it stays to be filled.

    ``value``: an option's id, a day, an amount, a sentence; ``said``: the sentences of a field of that kind;
    ``rows``: those of a table, in order.
    """

    value: Cell | Text | None = None
    notes: tuple[Text, ...] = ()
    said: tuple[Text, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A trame with what is known. ``left_out``: the sections whose option the territory does not take.

    ``above``: what has to be read first, the verdict on the answer that it is filled from.
    """

    trame: Trame
    known: Mapping[str, Known] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    about: tuple[Text, ...] = ()
    above: tuple[Text, ...] = ()
