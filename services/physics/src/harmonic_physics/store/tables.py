"""Universes with their revisions, and simulations."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from harmonic_chassis import orm
from harmonic_chassis.readers import Owned


class Base(DeclarativeBase):
    """The tables of the physics service."""

    metadata = orm.new_metadata()
    type_annotation_map = orm.TYPES


class Universe(Owned, Base):
    """A universe as it is now; its documents are its revisions."""

    __tablename__ = "universe"
    __table_args__ = (Index("ix_universe_organization_id_created_at", "organization_id", "created_at", "universe_id"),)

    universe_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    organization_id: Mapped[str] = mapped_column(orm.Id)
    project_id: Mapped[str] = mapped_column(orm.Id, index=True)
    created_by: Mapped[str | None] = mapped_column(orm.Id, index=True)
    """None once the user is erased."""
    name: Mapped[str] = mapped_column(Text)
    system: Mapped[str] = mapped_column(String(60))
    preset: Mapped[str | None] = mapped_column(String(60))
    visibility: Mapped[str] = mapped_column(String(20), index=True)
    revision: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Revision(Base):
    """A document as it was written once, for ever."""

    __tablename__ = "universe_revision"

    universe_id: Mapped[str] = mapped_column(ForeignKey("universe.universe_id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]
    author_id: Mapped[str | None] = mapped_column(orm.Id, index=True)
    created_at: Mapped[datetime]


class Simulation(Base):
    """A run of one revision with a seed. Its id is its operation's."""

    __tablename__ = "simulation"
    __table_args__ = (Index("ix_simulation_organization_id_digest", "organization_id", "digest"),)

    simulation_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    organization_id: Mapped[str] = mapped_column(orm.Id)
    universe_id: Mapped[str] = mapped_column(ForeignKey("universe.universe_id", ondelete="CASCADE"), index=True)
    revision: Mapped[int]
    seed: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    engine_version: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    """queued until it ends; what happens between is the job's to tell."""
    created_by: Mapped[str | None] = mapped_column(orm.Id, index=True)
    trajectory: Mapped[dict[str, Any] | None] = mapped_column(orm.Json)
    frames: Mapped[int | None]
    events: Mapped[int | None]
    duration: Mapped[float | None]
    time_unit: Mapped[str | None] = mapped_column(String(4))
    energy_error: Mapped[float | None]
    problem: Mapped[dict[str, Any] | None] = mapped_column(orm.Json)
    cpu_seconds: Mapped[float | None]
    """The estimate that it began with."""
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Sweep(Base):
    """A sweep over one revision. Its id is its operation's."""

    __tablename__ = "sweep"

    sweep_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    organization_id: Mapped[str] = mapped_column(orm.Id, index=True)
    universe_id: Mapped[str] = mapped_column(ForeignKey("universe.universe_id", ondelete="CASCADE"), index=True)
    revision: Mapped[int]
    plan: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(20))
    created_by: Mapped[str | None] = mapped_column(orm.Id)
    cpu_seconds: Mapped[float]
    table: Mapped[dict[str, Any] | None] = mapped_column(orm.Json)
    problem: Mapped[dict[str, Any] | None] = mapped_column(orm.Json)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SweepPoint(Base):
    """One point of a sweep, claimed by one worker at a time."""

    __tablename__ = "sweep_point"

    sweep_id: Mapped[str] = mapped_column(ForeignKey("sweep.sweep_id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    parameters: Mapped[dict[str, Any]]
    seed: Mapped[int] = mapped_column(BigInteger)
    claimed_by: Mapped[str | None] = mapped_column(orm.Id)
    claimed_at: Mapped[datetime | None]
    done: Mapped[bool]
    descriptors: Mapped[dict[str, Any] | None] = mapped_column(orm.Json)
    problem: Mapped[str | None] = mapped_column(Text)


def holder_of(simulation_id: str) -> str:
    """Who pins a simulation's artifacts."""
    return f"simulation/{simulation_id}"
