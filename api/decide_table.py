"""A table of situations, CSV or Parquet -> the same rows with their answers after them, in streams, by every core."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TextIO

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.progress import Progress

from api.deciding import Decider
from api.every_core import in_order
from api.logbook import harmless
from api.table_rows import ANSWER, Cells, RowDecider
from bot.wording import nearest_language, wording

ROWS = 2000  # in one part
HEADS = tuple(f"answer_{name}" for name in ANSWER)


class TableError(ValueError):
    """A file that cannot be read as a table; the message says which and why."""


@dataclass(frozen=True)
class Asked:
    """How the rows are to be decided. ``territory``: whose settings hold; ``lang``: of the texts."""

    decider: Decider
    lang: str
    territory: str | None
    today: date

    def rows(self) -> RowDecider:
        return RowDecider(self.decider, self.lang, self.territory, self.today)

    def facts_in(self, head: Sequence[str]) -> list[str]:
        """The columns that are facts, each once."""
        known = self.decider.compiled.ruleset.vocabulary.facts
        return [name for name in dict.fromkeys(head) if name in known]


def decide_csv(asked: Asked, file: Path, out: TextIO) -> int:
    """Answer a CSV table with one fact a column. A column that is no fact is kept and not read.

    Returns how many rows were refused; each says why in its ``answer_error`` column. Raises TableError.
    """
    with file.open(encoding="utf-8-sig", newline="") as source:
        try:
            return _decide_csv(asked, file, source, out)
        except (UnicodeDecodeError, csv.Error) as error:
            raise TableError(wording(nearest_language(asked.lang))("table.csv", file=file.name, detail=error)) from None


def _decide_csv(asked: Asked, file: Path, source: TextIO, out: TextIO) -> int:
    dialect = _dialect(source)
    reader = csv.reader(source, dialect=dialect)
    head = next(reader, [])
    facts = asked.facts_in(head)
    places = {name: head.index(name) for name in facts}
    rows = asked.rows()

    def work(part: list[list[str]]) -> tuple[list[list[str]], list[Cells]]:
        wide = [[*row[: len(head)], *[""] * (len(head) - len(row))] for row in part]
        return wide, rows.answers(facts, [[row[places[name]] for name in facts] for row in wide])

    writer = csv.writer(out, delimiter=dialect.delimiter, lineterminator="\n")
    writer.writerow([*head, *HEADS])

    def write(result: tuple[list[list[str]], list[Cells]]) -> list[Cells]:
        given, answers = result
        writer.writerows([*map(harmless, row), *cells] for row, cells in zip(given, answers, strict=True))
        return answers

    with file.open("rb") as lines:
        total = sum(1 for _ in lines) - 1
    apply = in_order if total > ROWS else map
    return _count(asked, file, total, map(write, apply(work, _parts(row for row in reader if row))))


def _dialect(source: TextIO) -> type[csv.Dialect]:
    try:
        return csv.Sniffer().sniff(source.readline(), ",;\t")
    except csv.Error:  # one column alone
        return csv.excel
    finally:
        source.seek(0)


def _parts(rows: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    while part := list(islice(rows, ROWS)):
        yield part


def decide_parquet(asked: Asked, file: Path, to: Path) -> int:
    """The same from a Parquet file into another. Raises TableError."""
    try:
        source = pq.ParquetFile(file)
    except pa.ArrowInvalid as error:
        words = wording(nearest_language(asked.lang))
        raise TableError(words("table.parquet", file=file.name, detail=str(error).split(".")[0])) from None
    facts = asked.facts_in(source.schema_arrow.names)
    rows = asked.rows()

    def work(part: pa.RecordBatch) -> tuple[pa.RecordBatch, list[Cells]]:
        columns = [part.column(name).to_pylist() for name in facts]
        given = list(zip(*columns, strict=True)) if columns else [()] * part.num_rows
        return part, rows.answers(facts, given)

    schema = pa.schema([*source.schema_arrow, *(pa.field(name, pa.string()) for name in HEADS)])
    with pq.ParquetWriter(to, schema) as writer:

        def write(result: tuple[pa.RecordBatch, list[Cells]]) -> list[Cells]:
            part, answers = result
            said = [pa.array(column, pa.string()) for column in zip(*answers, strict=True)]
            writer.write_batch(pa.RecordBatch.from_arrays([*part.columns, *said], schema=schema))
            return answers

        total = source.metadata.num_rows
        apply = in_order if total > ROWS else map
        return _count(asked, file, total, map(write, apply(work, source.iter_batches(ROWS, use_threads=False))))


def _count(asked: Asked, file: Path, total: int, written: Iterator[list[Cells]]) -> int:
    """Show the progress of what is written, say how much it was, and return how many rows were refused."""
    done = wrong = 0
    with Progress(console=Console(stderr=True), auto_refresh=False) as progress:
        task = progress.add_task(file.name, total=total)
        for answers in written:
            done += len(answers)
            wrong += sum(bool(cells[-1]) for cells in answers)
            progress.update(task, completed=done, refresh=True)
    print(wording(nearest_language(asked.lang))("decide.done", done=done, wrong=wrong), file=sys.stderr)
    return wrong
