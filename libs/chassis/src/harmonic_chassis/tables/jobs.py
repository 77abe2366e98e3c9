"""The tables of durable long work: jobs, and when each schedule is due next."""

from sqlalchemy import Boolean, Column, Double, Index, Integer, String, Table, text

from harmonic_chassis.orm import Id, Json, UtcDateTime
from harmonic_chassis.tables.base import metadata

job = Table(
    "job",
    metadata,
    Column("job_id", Id, primary_key=True),
    Column("kind", String(100), nullable=False),
    Column("organization_id", Id, nullable=False),
    Column("actor_id", String(100)),
    Column("owner_id", String(80)),  # whose alone the news of it are; null: every member's
    Column("payload", Json, nullable=False),
    Column("context", Json, nullable=False),  # the chain of messages that caused it
    Column("state", String(10), nullable=False),  # an OperationState
    Column("public", Boolean, nullable=False),  # whether it is announced as an operation; scheduled care is not
    Column("progress", Double, nullable=False),
    Column("cancel_requested", Boolean, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),  # when it first got a worker
    Column("fence", Integer, nullable=False),  # rises with each claim; every write of a worker names its own
    Column("lease_owner", String(120)),
    Column("lease_until", UtcDateTime),
    Column("attempts", Integer, nullable=False),  # failures and lost leases since the last progress
    Column("waits", Integer, nullable=False),  # times in a row that a dependency was down
    Column("reasons", Json, nullable=False),  # why each attempt failed
    Column("checkpoint", Json),  # where the resume state lies in the artifact store
    Column("result", Json),
    Column("problem", Json),
    Column("wall_seconds", Double, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)
_QUEUED, _RUNNING = text("state = 'queued'"), text("state = 'running'")
Index("ix_job_queued", job.c.organization_id, job.c.due_at, sqlite_where=_QUEUED, postgresql_where=_QUEUED)
Index("ix_job_running", job.c.organization_id, job.c.lease_until, sqlite_where=_RUNNING, postgresql_where=_RUNNING)
Index("ix_job_ended", job.c.ended_at)

organization_turn = Table(
    "organization_turn",
    metadata,
    Column("organization_id", Id, primary_key=True),
    Column("served_at", UtcDateTime, nullable=False),  # when a worker last took one of its jobs
)

schedule = Table(
    "schedule",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("due_at", UtcDateTime, nullable=False),
    Column("job_id", Id),
)
