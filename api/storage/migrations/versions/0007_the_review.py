"""The review: its queue, verdicts, the log of changes, and what follows from a verdict."""

from collections import Counter
from datetime import UTC
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.DateTime(timezone=True)
PLAIN = sa.JSON(none_as_null=True)

# A line of the log is never changed nor removed: the database itself refuses.
APPEND_ONLY = {
    "sqlite": (
        "CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
        "CREATE TRIGGER audit_kept BEFORE DELETE ON audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION audit_append_only() RETURNS trigger AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
    ),
}
# What a household said, or did not get, and nobody has dealt with.
WAITING = (
    "handled_at IS NULL AND ((direction = 'in' AND (urgent OR kind IN ('text', 'voice')))"
    " OR (direction = 'out' AND state = 'failed'))"
)
# Why nobody may answer a logged question from the text alone; "" where somebody may.
OPEN_REASON = {
    "sqlite": "COALESCE(json_extract(answer, '$.open.reason'), '')",
    "postgresql": "COALESCE(answer::json -> 'open' ->> 'reason', '')",
}
# The questions logged before: what is referred comes first, and the rest in its order.
BACKFILL_CELLS = """
    INSERT INTO review_cells (territory, mission, open_reason, language, channel)
    SELECT DISTINCT COALESCE(territory, ''), TRIM(missions), {reason}, language, channel FROM enquiries
"""
BACKFILL = """
    INSERT INTO reviews (enquiry, token, asked_at, territory, channel, language, mission, status, open_reason, rank,
                         state, cell)
    SELECT e.id, e.token, e.asked_at, e.territory, e.channel, e.language, NULLIF(TRIM(e.missions), ''), e.status,
           NULLIF({reason}, ''), CASE WHEN e.status = 'referred' THEN 0 ELSE 3 END, 'waiting', c.id
    FROM enquiries e
    JOIN review_cells c ON c.territory = COALESCE(e.territory, '') AND c.mission = TRIM(e.missions)
        AND c.open_reason = {reason} AND c.language = e.language AND c.channel = e.channel
"""
FEW = (
    ("enquiries", "ix_enquiries_replaces", ["replaces"], "replaces IS NOT NULL"),
    (
        "reviews",
        "ix_reviews_assignee_state_rank_asked_at_enquiry",
        ["assignee", "state", "rank", "asked_at", "enquiry"],
        "assignee IS NOT NULL",
    ),
    ("reviews", "ix_reviews_second_wanted", ["second_wanted_at"], "second_wanted_at IS NOT NULL"),
    (
        "reviews",
        "ix_reviews_judged_by_rule",
        ["rule", "enquiry", "territory"],
        "state IN ('confirmed', 'corrected', 'to_cler', 'returned')",
    ),
)


def upgrade() -> None:
    op.add_column("enquiries", sa.Column("rules", PLAIN))
    op.add_column("dialogues", sa.Column("asking", sa.String))
    op.add_column("rulesets", sa.Column("proposed_by", sa.String))
    _review_cells()
    asked = {f"{kind}_where": sa.text("asker <> ''") for kind in ("sqlite", "postgresql")}
    op.create_index("ix_enquiries_with_asker", "enquiries", ["asked_at"], **asked)
    _reviews()
    for table, name, columns, where in FEW:
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    _verdicts()
    _audit()
    _tidings()
    _doctrines()
    _signings()
    _vignettes()
    _vignette_answers()
    _webhooks()
    _deliveries()
    _abandoned()
    _replies()
    _question_days()
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)
    reason = OPEN_REASON[op.get_bind().dialect.name]
    op.execute(BACKFILL_CELLS.format(reason=reason))
    op.execute(BACKFILL.format(reason=reason))
    _count_what_was_logged()


def downgrade() -> None:
    op.drop_index("ix_cases_territory_language_opened_at_reference", "cases")
    op.drop_index("ix_cases_territory_opened_at_reference", "cases")
    op.drop_index("ix_household_messages_handled", "household_messages")
    op.drop_index("ix_household_messages_waiting", "household_messages")
    op.drop_column("household_messages", "handled_at")
    for table in (
        "question_days",
        "abandoned",
        "deliveries",
        "webhooks",
        "vignette_answers",
        "vignettes",
        "signings",
        "doctrines",
        "tidings",
        "audit",
        "verdicts",
        "reviews",
        "review_cells",
    ):
        op.drop_table(table)
    op.drop_index("ix_enquiries_replaces", "enquiries")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_append_only")
    op.drop_index("ix_enquiries_with_asker", "enquiries")
    op.drop_column("rulesets", "proposed_by")
    op.drop_column("dialogues", "asking")
    op.drop_column("enquiries", "rules")


def _review_cells() -> None:
    alike = ("territory", "mission", "open_reason", "language", "channel")
    op.create_table(
        "review_cells",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in alike),
        sa.PrimaryKeyConstraint("id", name="pk_review_cells"),
        sa.UniqueConstraint(*alike, name="uq_review_cells_" + "_".join(alike)),
    )


def _reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("enquiry", SERIAL, autoincrement=False, nullable=False),
        sa.Column("token", sa.String, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("territory", sa.String),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("mission", sa.String),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("open_reason", sa.String),
        sa.Column("rule", sa.String),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("contested_at", INSTANT),
        sa.Column("assignee", SERIAL),
        sa.Column("second_wanted_at", INSTANT),
        sa.Column("cell", SERIAL, nullable=False),
        sa.ForeignKeyConstraint(["cell"], ["review_cells.id"], name="fk_reviews_cell"),
        sa.ForeignKeyConstraint(["assignee"], ["accounts.id"], name="fk_reviews_assignee"),
        sa.ForeignKeyConstraint(["enquiry"], ["enquiries.id"], name="fk_reviews_enquiry"),
        sa.PrimaryKeyConstraint("enquiry", name="pk_reviews"),
        sa.UniqueConstraint("token", name="uq_reviews_token"),
    )
    op.create_index("ix_reviews_state_rank_asked_at_enquiry", "reviews", ["state", "rank", "asked_at", "enquiry"])
    op.create_index(
        "ix_reviews_territory_state_rank_asked_at_enquiry",
        "reviews",
        ["territory", "state", "rank", "asked_at", "enquiry"],
    )
    op.create_index(
        "ix_reviews_referred_by_rule",
        "reviews",
        ["rule", "asked_at", "enquiry", "territory", "state"],
        sqlite_where=sa.text("status = 'referred'"),
        postgresql_where=sa.text("status = 'referred'"),
    )
    op.create_index(
        "ix_reviews_cell_state_rank_asked_at_enquiry", "reviews", ["cell", "state", "rank", "asked_at", "enquiry"]
    )
    op.create_index(
        "ix_reviews_reviewed",
        "reviews",
        ["state", "rule", "territory", "asked_at"],
        sqlite_where=sa.text("state IN ('confirmed', 'corrected')"),
        postgresql_where=sa.text("state IN ('confirmed', 'corrected')"),
    )


def _verdicts() -> None:
    op.create_table(
        "verdicts",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("token", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("missions", PLAIN),
        sa.Column("reason", sa.String),
        sa.Column("statements", PLAIN),
        sa.Column("account", SERIAL, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("authoritative", sa.Boolean, nullable=False),
        sa.Column("replaced_at", INSTANT),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="fk_verdicts_account"),
        sa.ForeignKeyConstraint(["token"], ["enquiries.token"], name="fk_verdicts_token"),
        sa.PrimaryKeyConstraint("id", name="pk_verdicts"),
    )
    op.create_index("ix_verdicts_token", "verdicts", ["token"])
    op.create_index(
        "uq_verdicts_one_that_counts",
        "verdicts",
        ["token"],
        unique=True,
        sqlite_where=sa.text("authoritative AND replaced_at IS NULL"),
        postgresql_where=sa.text("authoritative AND replaced_at IS NULL"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("account", SERIAL),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("territory", sa.String),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("subject_id", sa.String, nullable=False),
        sa.Column("details", PLAIN),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_subject_subject_id", "audit", ["subject", "subject_id"])


def _tidings() -> None:
    op.create_table(
        "tidings",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("visitor", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("about", sa.String, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("shown_at", INSTANT),
        sa.Column("failure", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_tidings"),
    )
    op.create_index("ix_tidings_visitor_shown_at", "tidings", ["visitor", "shown_at"])


def _doctrines() -> None:
    op.create_table(
        "doctrines",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("territory", sa.String, nullable=False),
        sa.Column("zone", sa.String, nullable=False),
        sa.Column("missions", PLAIN, nullable=False),
        sa.Column("said", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("written_by", SERIAL, nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("signed_by", sa.String),
        sa.Column("decided_on", sa.Date),
        sa.Column("published_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.ForeignKeyConstraint(["written_by"], ["accounts.id"], name="fk_doctrines_written_by"),
        sa.PrimaryKeyConstraint("id", name="pk_doctrines"),
    )
    op.create_index(
        "uq_doctrines_one_in_force",
        "doctrines",
        ["territory", "zone"],
        unique=True,
        sqlite_where=sa.text("published_at IS NOT NULL AND ended_at IS NULL"),
        postgresql_where=sa.text("published_at IS NOT NULL AND ended_at IS NULL"),
    )


def _signings() -> None:
    op.create_table(
        "signings",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("subject_id", sa.String, nullable=False),
        sa.Column("change", sa.String, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("account", SERIAL),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("signed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="fk_signings_account"),
        sa.PrimaryKeyConstraint("id", name="pk_signings"),
        sa.UniqueConstraint("subject", "subject_id", "change", name="uq_signings_subject_subject_id_change"),
    )


def _vignettes() -> None:
    op.create_table(
        "vignettes",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("territory", sa.String),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("said", sa.String, nullable=False),
        sa.Column("facts", PLAIN, nullable=False),
        sa.Column("rules", PLAIN, nullable=False),
        sa.Column("made_by", SERIAL, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("published_at", INSTANT),
        sa.Column("closed_at", INSTANT),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name="fk_vignettes_made_by"),
        sa.PrimaryKeyConstraint("id", name="pk_vignettes"),
    )


def _vignette_answers() -> None:
    op.create_table(
        "vignette_answers",
        sa.Column("vignette", SERIAL, autoincrement=False, nullable=False),
        sa.Column("visitor", sa.String, nullable=False),
        sa.Column("territory", sa.String),
        sa.Column("mission", sa.String, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["vignette"], ["vignettes.id"], name="fk_vignette_answers_vignette"),
        sa.PrimaryKeyConstraint("vignette", "visitor", name="pk_vignette_answers"),
    )


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("territory", sa.String),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("sealing", sa.LargeBinary, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("made_by", SERIAL),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("shown_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name="fk_webhooks_made_by"),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("webhook", SERIAL, nullable=False),
        sa.Column("verdict", SERIAL),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("delivered_at", INSTANT),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("failure", sa.String),
        sa.Column("given_up_at", INSTANT),
        sa.ForeignKeyConstraint(["verdict"], ["verdicts.id"], name="fk_deliveries_verdict"),
        sa.ForeignKeyConstraint(["webhook"], ["webhooks.id"], name="fk_deliveries_webhook"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_webhook_made_at", "deliveries", ["webhook", "made_at"])


def _abandoned() -> None:
    op.create_table(
        "abandoned",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("question", sa.String, nullable=False),
        sa.Column("answered", sa.Integer, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("territory", sa.String),
        sa.Column("left_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_abandoned"),
    )
    op.create_index("ix_abandoned_territory_left_at", "abandoned", ["territory", "left_at"])


def _replies() -> None:
    """What households said and nobody has dealt with; the lists of cases."""
    op.add_column("household_messages", sa.Column("handled_at", INSTANT))
    where = {"sqlite_where": sa.text(WAITING), "postgresql_where": sa.text(WAITING)}
    op.create_index("ix_household_messages_waiting", "household_messages", ["made_at", "id", "case_ref"], **where)
    done = {"sqlite_where": sa.text("handled_at IS NOT NULL"), "postgresql_where": sa.text("handled_at IS NOT NULL")}
    op.create_index("ix_household_messages_handled", "household_messages", ["handled_at", "id"], **done)
    op.create_index("ix_cases_territory_opened_at_reference", "cases", ["territory", "opened_at", "reference"])
    by_language = ["territory", "language", "opened_at", "reference"]
    op.create_index("ix_cases_territory_language_opened_at_reference", "cases", by_language)


def _question_days() -> None:
    op.create_table(
        "question_days",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("territory", sa.String, nullable=False),
        sa.Column("missions", sa.String, nullable=False),
        sa.Column("open_reason", sa.String, nullable=False),
        sa.Column("questions", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("day", "territory", "missions", "open_reason", name="pk_question_days"),
    )


def _count_what_was_logged() -> None:
    """The questions logged before, by day."""
    log = sa.table(
        "enquiries",
        sa.column("asked_at", INSTANT),
        sa.column("territory", sa.String),
        sa.column("answer", PLAIN),
    )
    zone, counted = ZoneInfo("Europe/Paris"), Counter()
    for asked_at, territory, answer in op.get_bind().execute(sa.select(log).execution_options(yield_per=1000)):
        aware = asked_at if asked_at.tzinfo else asked_at.replace(tzinfo=UTC)
        reason = (answer.get("open") or {}).get("reason") or ""
        counted[aware.astimezone(zone).date(), territory or "", " ".join(answer["missions"]), reason] += 1
    names = ("day", "territory", "missions", "open_reason")
    columns = (sa.column("day", sa.Date), *(sa.column(name) for name in (*names[1:], "questions")))
    days = sa.table("question_days", *columns)
    rows = [dict(zip(names, key, strict=True)) | {"questions": number} for key, number in counted.items()]
    if rows:
        op.bulk_insert(days, rows)
