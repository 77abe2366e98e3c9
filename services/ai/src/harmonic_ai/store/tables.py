"""The tables of the ai service: what it has measured, what it has suggested, and what it must know of others."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from harmonic_chassis import orm
from harmonic_chassis.readers import Owned


class Base(DeclarativeBase):
    metadata = orm.new_metadata()
    type_annotation_map = orm.TYPES


class UniverseRow(Owned, Base):
    """Projection: whose universe it is and who may see it."""

    __tablename__ = "universe"

    universe_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    organization_id: Mapped[str] = mapped_column(orm.Id, index=True)
    project_id: Mapped[str] = mapped_column(orm.Id)
    visibility: Mapped[str] = mapped_column(String(16))
    revision: Mapped[int] = mapped_column(Integer)
    created_by: Mapped[str | None] = mapped_column(orm.Id)


class SimulationRow(Base):
    """Projection: what the engine said of a finished simulation."""

    __tablename__ = "simulation"

    simulation_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    universe_id: Mapped[str] = mapped_column(orm.Id, index=True)
    organization_id: Mapped[str] = mapped_column(orm.Id)
    facts: Mapped[dict[str, Any]]


class DescriptorsRow(Base):
    """The measurements of one rendering."""

    __tablename__ = "descriptors"
    __table_args__ = (UniqueConstraint("rendering_id"), Index(None, "organization_id", "universe_id", "descriptors_id"))

    descriptors_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    rendering_id: Mapped[str] = mapped_column(orm.Id)
    simulation_id: Mapped[str] = mapped_column(orm.Id)
    universe_id: Mapped[str] = mapped_column(orm.Id)
    organization_id: Mapped[str] = mapped_column(orm.Id)
    soundscape_revision: Mapped[int] = mapped_column(Integer)
    descriptors: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class SuggestionRow(Base):
    """A suggestion: asked for, found (or not), perhaps applied, perhaps undone."""

    __tablename__ = "suggestion"
    __table_args__ = (Index(None, "organization_id", "universe_id", "suggestion_id"),)

    suggestion_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    universe_id: Mapped[str] = mapped_column(orm.Id)
    organization_id: Mapped[str] = mapped_column(orm.Id)
    actor_id: Mapped[str | None] = mapped_column(String(80))
    goal: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    found: Mapped[dict[str, Any] | None]
    problem: Mapped[dict[str, Any] | None]


class AppliedRow(Base):
    """That a suggestion was made a revision, and what the document was before."""

    __tablename__ = "applied_suggestion"

    suggestion_id: Mapped[str] = mapped_column(
        orm.Id, ForeignKey("suggestion.suggestion_id", ondelete="CASCADE"), primary_key=True
    )
    revision_before: Mapped[int] = mapped_column(Integer)
    revision_applied: Mapped[int] = mapped_column(Integer)
    revision_undone: Mapped[int | None] = mapped_column(Integer)
    undone: Mapped[bool] = mapped_column(Boolean)
