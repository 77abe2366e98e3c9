"""The tables of the event path: outbox, event log, inbox, dedupe, and what their keepers remember."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text, text

from harmonic_chassis.orm import Id, UtcDateTime
from harmonic_chassis.tables.base import metadata

Position = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite counts only a column declared INTEGER by itself."""

outbox = Table(
    "outbox",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    Column("number", BigInteger, unique=True),  # given by the relay, without holes; null until then
    Column("id", Id, nullable=False, unique=True),
    Column("type", String(200), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("organization_id", Id),
    Column("envelope", Text, nullable=False),  # JSON without the number
    Column("time", UtcDateTime, nullable=False),
)
Index(
    "ix_outbox_unnumbered",
    outbox.c.position,
    sqlite_where=text("number IS NULL"),
    postgresql_where=text("number IS NULL"),
)

subject_sequence = Table(
    "subject_sequence",
    metadata,
    Column("subject", String(200), primary_key=True),
    Column("last", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

event_log = Table(
    "event_log",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Id, nullable=False, unique=True),
    Column("type", String(200), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("organization_id", Id),
    Column("envelope", Text, nullable=False),
    Column("time", UtcDateTime, nullable=False),
    Column("routed", Integer, nullable=False),  # 0: the transport knew no consumer when it was delivered
)

relay_lease = Table(
    "relay_lease",
    metadata,
    Column("name", String(50), primary_key=True),
    Column("holder", String(120)),
    Column("fence", BigInteger, nullable=False),  # rises with each change of leader
    Column("beat", BigInteger, nullable=False),  # rises while the leader lives
    Column("numbered", BigInteger, nullable=False),  # the last number given
)

inbox = Table(
    "inbox",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    Column("consumer", String(100), nullable=False),
    Column("source", String(50), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("id", Id, nullable=False),
    Column("type", String(200), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("envelope", Text, nullable=False),
    Column("state", String(10), nullable=False),  # pending, dead, unknown; a handled row is deleted
    Column("remote", Integer, nullable=False),  # 1: the data lies with the producer and must be fetched first
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("error", Text),
    Column("trace_id", String(32)),
    Column("failed_at", UtcDateTime),
)
Index("uq_inbox_consumer_source_number", inbox.c.consumer, inbox.c.source, inbox.c.number, unique=True)
Index(
    "ix_inbox_pending",
    inbox.c.consumer,
    inbox.c.source,
    inbox.c.subject,
    inbox.c.number,
    sqlite_where=text("state = 'pending'"),
    postgresql_where=text("state = 'pending'"),
)
Index(
    "ix_inbox_turn",
    inbox.c.consumer,
    inbox.c.attempts,
    inbox.c.position,
    sqlite_where=text("state = 'pending'"),
    postgresql_where=text("state = 'pending'"),
)
Index(
    "ix_inbox_kept",
    inbox.c.state,
    inbox.c.position,
    sqlite_where=text("state <> 'pending'"),
    postgresql_where=text("state <> 'pending'"),
)

seen = Table(
    "seen",
    metadata,
    Column("consumer", String(100), primary_key=True),
    Column("source", String(50), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

reconciled = Table(
    "reconciled",
    metadata,
    Column("consumer", String(100), primary_key=True),
    Column("source", String(50), primary_key=True),
    Column("bindings", String(64), nullable=False),  # digest of the types asked for: another set starts again
    Column("number", BigInteger, nullable=False),
)
