"""Statements that every event runs: made once, and run without what SQLAlchemy does anew at each call.

A conversation's event runs a dozen small statements. SQLite needs a few microseconds for each, SQLAlchemy ten times as
long, and thirty times where the statement is made anew. A Quick has the SQL and the types of SQLAlchemy, and the cursor
of the driver.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy import bindparam as bound
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any] | None
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Made:
    """One statement for one database: its SQL, how each parameter is written, by position or by name, and how each
    column is read; ``plain``: as the driver has them."""

    sql: str
    positional: bool
    writes: tuple[tuple[str, Convert], ...]
    reads: tuple[Convert, ...]
    plain: bool

    def parameters(self, values: Mapping[str, object]) -> Any:
        if self.positional:
            return [values[name] if to is None else to(values[name]) for name, to in self.writes]
        return {name: values[name] if to is None else to(values[name]) for name, to in self.writes}

    def read(self, row: Row) -> Row:
        return tuple([v if r is None else r(v) for v, r in zip(row, self.reads, strict=True)])


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
            connection.dispatch.before_cursor_execute(connection, cursor, made.sql, parameters, None, False)
            cursor.execute(made.sql, parameters)
            found = cursor.fetchall() if made.reads else []
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(made.sql, error, connection) from error
        finally:
            cursor.close()
        return found if made.plain else [made.read(row) for row in found]

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
        names = (compiled.positiontup if compiled.positional else None) or compiled.binds
        writes = tuple((name, _writing(compiled.binds[name].type, dialect)) for name in names)
        reads = tuple(c.type.dialect_impl(dialect).result_processor(dialect, None) for c in statement.exported_columns)
        made = self._made[dialect.name] = _Made(str(compiled), compiled.positional, writes, reads, not any(reads))
        return made


def _writing(column: TypeEngine[Any], dialect: Dialect) -> Convert:
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
