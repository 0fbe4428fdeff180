"""The tables of those who sign in, and of the visitors whom a coordinator invited."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from api.storage.schema import Instant, Plain, Serial, metadata

# name: what the person types to sign in, in lower case. password: an argon2 hash. sealing, totp: the shared secret of
# the second factor, under a key of the account's own. subject: issuer and subject at an OpenID provider.
# territory: None for the national reader.
accounts = Table(
    "accounts",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("name", String, nullable=False, unique=True),
    Column("role", String, nullable=False),
    Column("territory", String),
    Column("language", String, nullable=False),
    Column("password", String),
    Column("sealing", LargeBinary),
    Column("totp", LargeBinary),
    Column("totp_used", Integer),
    Column("subject", String, unique=True),
    Column("made_at", Instant, nullable=False),
    Column("closed_at", Instant),
)

# key: the hash of what the cookie holds.
sessions = Table(
    "sessions",
    metadata,
    Column("key", String, primary_key=True),
    Column("account", Serial, ForeignKey("accounts.id"), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("ended_at", Instant),
    Index(None, "account"),
)

# A program that reads: scopes as a list of names. key: the hash of its secret.
api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False, unique=True),
    Column("label", String, nullable=False),
    Column("scopes", Plain, nullable=False),
    Column("territory", String),
    Column("made_by", Serial, ForeignKey("accounts.id")),
    Column("made_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("ended_at", Instant),
)

# key: the hash of the link's token. most: how many may join by it, None for no limit.
invitations = Table(
    "invitations",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False, unique=True),
    Column("territory", String, nullable=False),
    Column("made_by", Serial, ForeignKey("accounts.id"), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("most", Integer),
    Column("joined", Integer, nullable=False),
    Column("ended_at", Instant),
    Index(None, "territory"),
)

# key: the asker's keyed hash. address: where the channel reaches them, under a key of their own.
visitors = Table(
    "visitors",
    metadata,
    Column("key", String, primary_key=True),
    Column("channel", String, nullable=False),
    Column("territory", String),
    Column("language", String, nullable=False),
    Column("invitation", Serial, ForeignKey("invitations.id")),
    Column("sealing", LargeBinary),
    Column("address", LargeBinary),
    Column("joined_at", Instant, nullable=False),
    Column("left_at", Instant),
    Index(None, "territory"),
)
