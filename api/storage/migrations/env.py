"""Run by Alembic. The connection, already in its transaction, is handed over by ``api.storage.migrate``."""

from alembic import context

import api.storage.access_schema
import api.storage.household_schema
import api.storage.matrix_schema
import api.storage.review_schema
import api.storage.speech_schema  # noqa: F401  (their tables are in the metadata)
from api.storage.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
