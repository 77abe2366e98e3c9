"""The first version of the tables of the event path."""

import sqlalchemy as sa
from alembic import op

from harmonic_chassis.orm import UtcDateTime

POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PENDING = sa.text("state = 'pending'")
KEPT = sa.text("state <> 'pending'")
UNNUMBERED = sa.text("number IS NULL")


def upgrade() -> None:
    """Create them."""
    _create_producer_tables()
    _create_consumer_tables()


def _create_producer_tables() -> None:
    op.create_table(
        "outbox",
        sa.Column("position", POSITION, autoincrement=True, nullable=False),
        sa.Column("number", sa.BigInteger()),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("type", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.String(36)),
        sa.Column("envelope", sa.Text(), nullable=False),
        sa.Column("time", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_outbox"),
        sa.UniqueConstraint("number", name="uq_outbox_number"),
        sa.UniqueConstraint("id", name="uq_outbox_id"),
    )
    op.create_index(
        "ix_outbox_unnumbered", "outbox", ["position"], sqlite_where=UNNUMBERED, postgresql_where=UNNUMBERED
    )
    op.create_table(
        "subject_sequence",
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_subject_sequence"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "event_log",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("type", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.String(36)),
        sa.Column("envelope", sa.Text(), nullable=False),
        sa.Column("time", UtcDateTime(), nullable=False),
        sa.Column("routed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_event_log"),
        sa.UniqueConstraint("id", name="uq_event_log_id"),
    )
    op.create_table(
        "relay_lease",
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("holder", sa.String(120)),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("beat", sa.BigInteger(), nullable=False),
        sa.Column("numbered", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_relay_lease"),
    )


def _create_consumer_tables() -> None:
    op.create_table(
        "inbox",
        sa.Column("position", POSITION, autoincrement=True, nullable=False),
        sa.Column("consumer", sa.String(100), nullable=False),
        sa.Column("source", sa.String(50), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("type", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("envelope", sa.Text(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("remote", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("trace_id", sa.String(32)),
        sa.Column("failed_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("position", name="pk_inbox"),
    )
    op.create_index("uq_inbox_consumer_source_number", "inbox", ["consumer", "source", "number"], unique=True)
    op.create_index(
        "ix_inbox_pending",
        "inbox",
        ["consumer", "source", "subject", "number"],
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    )
    op.create_index(
        "ix_inbox_turn", "inbox", ["consumer", "attempts", "position"], sqlite_where=PENDING, postgresql_where=PENDING
    )
    op.create_index("ix_inbox_kept", "inbox", ["state", "position"], sqlite_where=KEPT, postgresql_where=KEPT)
    op.create_table(
        "seen",
        sa.Column("consumer", sa.String(100), nullable=False),
        sa.Column("source", sa.String(50), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("consumer", "source", "number", name="pk_seen"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reconciled",
        sa.Column("consumer", sa.String(100), nullable=False),
        sa.Column("source", sa.String(50), nullable=False),
        sa.Column("bindings", sa.String(64), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "source", name="pk_reconciled"),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("reconciled", "seen", "inbox", "relay_lease", "event_log", "subject_sequence", "outbox"):
        op.drop_table(table)
