"""The tables of artifacts: what there is, what must be kept and for whom, and who may read it."""

from sqlalchemy import BigInteger, Column, Index, String, Table

from harmonic_chassis.orm import Id, UtcDateTime
from harmonic_chassis.tables.base import metadata

artifact = Table(
    "artifact",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("media_type", String(100), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("producer", String(50), nullable=False),
    Column("kept_at", UtcDateTime, nullable=False),  # when it was last pinned or unpinned
)

artifact_pin = Table(
    "artifact_pin",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("holder", String(200), primary_key=True),  # such as simulation/<id>
    Column("organization_id", Id, nullable=False),
)
Index("ix_artifact_pin_holder", artifact_pin.c.holder)

artifact_grant = Table(
    "artifact_grant",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("holder", String(200), primary_key=True),
    Column("reader", String(36), primary_key=True),  # an organization's id, or `public`
)
Index("ix_artifact_grant_holder", artifact_grant.c.holder)
