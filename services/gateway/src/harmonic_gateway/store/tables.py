"""The tables of the gateway. It knows order, never domain: documents of others are kept as they came."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from harmonic_chassis import orm


class Base(DeclarativeBase):
    metadata = orm.new_metadata()
    type_annotation_map = orm.TYPES


class OperationRow(Base):
    """An operation: the projection of a service's job, or the face of a performance."""

    __tablename__ = "operation"

    operation_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    service: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(100))
    organization_id: Mapped[str] = mapped_column(orm.Id)
    owner_id: Mapped[str | None] = mapped_column(String(80))
    """Whose alone it is; None: every member may follow it."""
    state: Mapped[str] = mapped_column(String(20))
    document: Mapped[dict[str, Any]]
    sequence: Mapped[int] = mapped_column(BigInteger)
    """The place of the last change in the order of its subject: an older one changes nothing."""
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_operation_organization_id_operation_id", "organization_id", "operation_id"),)


class PerformanceRow(Base):
    """A performance at rest, and the columns by which it is found."""

    __tablename__ = "performance"

    performance_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    organization_id: Mapped[str] = mapped_column(orm.Id, index=True)
    universe_id: Mapped[str] = mapped_column(orm.Id, index=True)
    phase: Mapped[str] = mapped_column(String(20))
    owner_id: Mapped[str | None] = mapped_column(String(80))
    """Whose alone it is; None: every member may follow it."""
    deadline_at: Mapped[datetime | None] = mapped_column(index=True)
    """None once it has ended."""
    state: Mapped[dict[str, Any]]


class PerformanceStepRow(Base):
    """Which performance a step's id belongs to."""

    __tablename__ = "performance_step"

    step_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    performance_id: Mapped[str] = mapped_column(orm.Id, index=True)


class StreamHeadRow(Base):
    """The last number of an organization's stream. Its lock, held to the commit, makes numbers follow commits."""

    __tablename__ = "stream_head"

    organization_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)


class StreamEventRow(Base):
    """One numbered event of an organization's stream."""

    __tablename__ = "stream_event"

    organization_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    type: Mapped[str] = mapped_column(String(100))
    operation_id: Mapped[str | None] = mapped_column(orm.Id)
    owner_id: Mapped[str | None] = mapped_column(String(80))
    """Whose alone it is; None: every member is told."""
    time: Mapped[datetime] = mapped_column(index=True)
    data: Mapped[dict[str, Any]]

    __table_args__ = (Index("ix_stream_event_operation_id_number", "operation_id", "number"),)
