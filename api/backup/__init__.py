"""Backups: one file that holds the database as it stood at one moment, and what else must last, but no key."""
