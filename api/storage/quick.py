"""Statements that every event runs: made once, and run without what SQLAlchemy does anew at each call.

A conversation's event runs a dozen small statements. SQLite needs a few microseconds for each, SQLAlchemy ten times as
long, and thirty times where the statement is made anew. A Quick has the SQL and the types of SQLAlchemy, and the cursor
of the driver.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy import bindparam as bound
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any]
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Made:
    """One statement for one database: its SQL, its parameters in order or by name, and what of them and of the columns
    is written or read otherwise than the driver has it; ``gives``: whether there are rows."""

    sql: str
    positional: bool
    names: tuple[str, ...]
    writes: tuple[tuple[str, Convert], ...]
    reads: tuple[tuple[int, Convert], ...]
    gives: bool

    def parameters(self, values: dict[str, Any]) -> Any:
        for name, to in self.writes:
            values[name] = to(values[name])
        return [values[name] for name in self.names] if self.positional else values

    def read(self, row: Row) -> Row:
        found = list(row)
        for place, to in self.reads:
            found[place] = to(found[place])
        return tuple(found)


class Quick:
    """A statement whose values are all bound by name. It runs in the transaction of the connection it is given.

    ``statement``: or a function that makes it of a dialect's own ``insert``, where the two databases differ.
    """

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._made: dict[str, _Made] = {}

    def rows(self, connection: Connection, **values: object) -> list[Row]:
        """All rows, with Python's own values. Raises SQLAlchemy's errors, without the values in them."""
        made = self._made.get(connection.dialect.name) or self._compile(connection.dialect)
        cursor = connection.connection.cursor()
        try:
            parameters = made.parameters(values)
            if told := connection.dispatch.before_cursor_execute:
                told(connection, cursor, made.sql, parameters, None, False)
            cursor.execute(made.sql, parameters)
            found = cursor.fetchall() if made.gives else []
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(made.sql, error, connection) from error
        finally:
            cursor.close()
        return [made.read(row) for row in found] if made.reads else found

    def first(self, connection: Connection, **values: object) -> Row | None:
        """The first row, or None."""
        found = self.rows(connection, **values)
        return found[0] if found else None

    def value(self, connection: Connection, **values: object) -> Any:
        """The first value of the first row, or None."""
        found = self.rows(connection, **values)
        return found[0][0] if found else None

    def run(self, connection: Connection, **values: object) -> None:
        self.rows(connection, **values)

    def _compile(self, dialect: Dialect) -> _Made:
        statement = self._statement
        if callable(statement):
            statement = statement((postgresql if dialect.name == "postgresql" else sqlite).insert)
        compiled = statement.compile(dialect=dialect)
        names = tuple((compiled.positiontup if compiled.positional else None) or compiled.binds)
        writes = [(name, _writing(compiled.binds[name].type, dialect)) for name in dict.fromkeys(names)]
        columns = [c.type.dialect_impl(dialect).result_processor(dialect, None) for c in statement.exported_columns]
        reads = tuple((place, to) for place, to in enumerate(columns) if to is not None)
        converted = tuple((name, to) for name, to in writes if to is not None)
        made = _Made(str(compiled), compiled.positional, names, converted, reads, bool(columns))
        self._made[dialect.name] = made
        return made


def _writing(column: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return column.dialect_impl(dialect).bind_processor(dialect)


def bound_columns(table: Table, *without: str) -> dict[str, Any]:
    """The columns of a table as values of a Quick, each under its name."""
    return {column.name: bound(column.name, type_=column.type) for column in table.c if column.name not in without}


def _wrapped(sql: str, error: Exception, connection: Connection) -> BaseException:
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, None, None)  # type: ignore[arg-type]
    return DBAPIError.instance(
        sql, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, connection_invalidated=lost, dialect=dialect
    )
