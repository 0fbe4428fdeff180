"""Keys of people and households, sealed anew under the newest of the program's keys, so that an old one can go."""

from __future__ import annotations

from sqlalchemy import Table, select, tuple_

from api.storage.engine import READ_ONLY
from api.storage.schema import metadata
from api.storage.store import Store
from api.storage.vault import Vault

BATCH = 200


def reseal(store: Store, vault: Vault) -> int:
    """Seal every key anew, a batch a transaction, while others work. How many. Raises SealError."""
    return sum(_table(store, vault, table) for table in metadata.sorted_tables if "sealing" in table.c)


def _table(store: Store, vault: Vault, table: Table) -> int:
    own = list(table.primary_key)
    with store.engine.execution_options(**{READ_ONLY: True}).connect() as connection:
        keys = [tuple(row) for row in connection.execute(select(*own).where(table.c.sealing.is_not(None)))]
    return sum(_batch(store, vault, table, keys[first : first + BATCH]) for first in range(0, len(keys), BATCH))


def _batch(store: Store, vault: Vault, table: Table, keys: list[tuple[object, ...]]) -> int:
    own, done = list(table.primary_key), 0
    with store.engine.begin() as connection:
        chosen = select(*own, table.c.sealing).where(tuple_(*own).in_(keys), table.c.sealing.is_not(None))
        for *key, sealing in connection.execute(chosen).all():
            same = tuple_(*own) == tuple(key)
            renewed = table.update().where(same, table.c.sealing == sealing).values(sealing=vault.renewed(sealing))
            done += connection.execute(renewed).rowcount  # none where it was erased meanwhile
    return done
