"""Keys of people and households, sealed anew under the newest of the program's keys, so that an old one can go."""

from __future__ import annotations

from sqlalchemy import Table, select, tuple_

from api.storage.engine import READ_ONLY
from api.storage.schema import metadata
from api.storage.store import Store
from api.storage.vault import SealError, Vault

BATCH = 200


def reseal(store: Store, vault: Vault) -> tuple[int, int]:
    """Seal every key anew, a batch a transaction, while others work: how many, and how many no key here opens."""
    found = [_table(store, vault, table) for table in metadata.sorted_tables if "sealing" in table.c]
    return sum(done for done, _ in found), sum(lost for _, lost in found)


def _table(store: Store, vault: Vault, table: Table) -> tuple[int, int]:
    own = list(table.primary_key)
    with store.engine.execution_options(**{READ_ONLY: True}).connect() as connection:
        keys = [tuple(row) for row in connection.execute(select(*own).where(table.c.sealing.is_not(None)))]
    parts = [_batch(store, vault, table, keys[first : first + BATCH]) for first in range(0, len(keys), BATCH)]
    return sum(done for done, _ in parts), sum(lost for _, lost in parts)


def _batch(store: Store, vault: Vault, table: Table, keys: list[tuple[object, ...]]) -> tuple[int, int]:
    own, done, lost = list(table.primary_key), 0, 0
    with store.engine.begin() as connection:
        chosen = select(*own, table.c.sealing).where(tuple_(*own).in_(keys), table.c.sealing.is_not(None))
        for *key, sealing in connection.execute(chosen).all():
            try:
                renewed = vault.renewed(sealing)
            except SealError:
                lost += 1
                continue
            same = tuple_(*own) == tuple(key)
            change = table.update().where(same, table.c.sealing == sealing).values(sealing=renewed)
            done += connection.execute(change).rowcount  # none where it was erased meanwhile
    return done, lost
