"""The register of what is kept names every table and column of the database, and everything in it has its words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import inspect, text

from api.jobs.adding import SCHEMA, prepare_tables
from api.privacy.register import HEAD, NATURES, in_words, register, rows
from api.privacy.terms import read_terms
from api.storage.retention import SWEEPS
from api.storage.store import Store
from bot.wording import languages, wording


def columns_of(store: Store) -> Iterator[tuple[str, str]]:
    inspector = inspect(store.engine)
    for schema in (None, SCHEMA) if store.engine.dialect.name == "postgresql" else (None,):
        for table in inspector.get_table_names(schema=schema):
            for column in inspector.get_columns(table, schema=schema):
                yield table, column["name"]


def registered() -> list[tuple[str, str]]:
    natures = ((table, of) for kind in register() for table, of in kind.tables.items())
    return [(table, column) for table, of in natures for columns in of.values() for column in columns]


def test_every_table_and_column_of_the_database_is_in_the_register(store: Store) -> None:
    prepare_tables(store.engine.url)
    assert sorted(set(columns_of(store)) - set(registered())) == []


def test_the_register_names_no_column_that_is_not_there(store: Store) -> None:
    prepare_tables(store.engine.url)
    missing = set(registered()) - set(columns_of(store))
    if store.engine.dialect.name == "postgresql":  # the jobs' tables differ a little
        assert missing == set()
    else:
        assert {table for table, _ in missing} == {"event_dispatch_kv"}


def test_a_new_column_that_is_not_registered_is_found(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE visitors ADD COLUMN nickname VARCHAR"))
    assert set(columns_of(store)) - set(registered()) == {("visitors", "nickname")}


def test_no_column_is_of_two_kinds() -> None:
    found = registered()
    assert {one for one in found if found.count(one) > 1} == set()


def test_only_known_natures_are_written() -> None:
    assert {nature for kind in register() for of in kind.tables.values() for nature in of} <= set(NATURES)


def test_what_has_days_is_swept_and_what_is_kept_is_not() -> None:
    assert {kind.id for kind in register() if kind.days is not None} == set(SWEEPS)


@pytest.mark.parametrize("language", languages())
def test_every_kind_is_told_in_words(language: str, tmp_path) -> None:
    days = read_terms(tmp_path).days
    for kind in register():
        said = in_words(kind, days.get(kind.id), wording(language))
        assert set(said) == set(HEAD) and all(said.values())
    assert len(list(rows(days, wording(language)))) == len(register())
