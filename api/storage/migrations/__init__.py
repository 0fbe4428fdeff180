"""The migrations, one file a step under ``versions/``, the same for SQLite and PostgreSQL."""
