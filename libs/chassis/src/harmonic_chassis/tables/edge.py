"""The tables of the edge: stored replies by idempotency key, and the projections of members and projects, and of whom
and what there is no more."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, String, Table

from harmonic_chassis.orm import Id, Json, UtcDateTime
from harmonic_chassis.tables.base import metadata

idempotency = Table(
    "idempotency",
    metadata,
    Column("caller", String(100), primary_key=True),  # a user id or service:<name>; keys of callers are apart
    Column("key", String(200), primary_key=True),
    Column("digest", String(64), nullable=False),  # SHA-256 of method, path and body: the request it belongs to
    Column("status", Integer),  # null only inside the transaction that writes the row
    Column("headers", Json),
    Column("body", LargeBinary),
    Column("created_at", UtcDateTime, nullable=False),
)
Index("ix_idempotency_created_at", idempotency.c.created_at)

membership = Table(
    "membership",
    metadata,
    Column("organization_id", Id, primary_key=True),
    Column("user_id", Id, primary_key=True),
    Column("role", String(10)),  # null: no member any more
    Column("changed_at", UtcDateTime, nullable=False),
)
Index("ix_membership_user_id", membership.c.user_id)

project = Table(
    "project",
    metadata,
    Column("project_id", Id, primary_key=True),
    Column("organization_id", Id, nullable=False),
    Column("name", String(200), nullable=False),
    Column("deleted", Boolean, nullable=False),
)
Index("ix_project_organization_id", project.c.organization_id)

ended = Table(
    "ended",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the id of an erased user or a deleted organization
    Column("ended_at", UtcDateTime, nullable=False),
)
