"""The tables: projections of universes and simulations; soundscapes with their revisions; renderings."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from harmonic_chassis import orm
from harmonic_chassis.readers import Owned


class Base(DeclarativeBase):
    """The base of this service's tables."""

    metadata = orm.new_metadata()
    type_annotation_map = orm.TYPES


class Universe(Owned, Base):
    """What physics last said of a universe: whose it is and who may read it."""

    __tablename__ = "universe"

    universe_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    organization_id: Mapped[str] = mapped_column(orm.Id, index=True)
    project_id: Mapped[str] = mapped_column(orm.Id, index=True)
    revision: Mapped[int]
    system: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(Text)
    visibility: Mapped[str] = mapped_column(String(20))
    preset: Mapped[str | None] = mapped_column(String(100))
    created_by: Mapped[str | None] = mapped_column(orm.Id)
    """Its maker, who may read it while it is private."""


class Simulation(Base):
    """A completed simulation, as physics told of it: where the trajectory is."""

    __tablename__ = "simulation"

    simulation_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    universe_id: Mapped[str] = mapped_column(orm.Id, index=True)
    organization_id: Mapped[str] = mapped_column(orm.Id, index=True)
    digest: Mapped[str] = mapped_column(String(64))
    trajectory: Mapped[dict[str, Any]]


class SoundscapeRow(Base):
    """A universe's soundscape: the document of its newest revision."""

    __tablename__ = "soundscape"

    soundscape_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    universe_id: Mapped[str] = mapped_column(orm.Id, unique=True)
    organization_id: Mapped[str] = mapped_column(orm.Id, index=True)
    revision: Mapped[int]
    document: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class SoundscapeRevisionRow(Base):
    """A revision of a soundscape, kept for ever: renderings name it."""

    __tablename__ = "soundscape_revision"

    soundscape_id: Mapped[str] = mapped_column(
        orm.Id, ForeignKey("soundscape.soundscape_id", ondelete="CASCADE"), primary_key=True
    )
    revision: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]
    author_id: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime]


class RenderingRow(Base):
    """A rendering: asked for, and, once completed, its artifacts and measurements."""

    __tablename__ = "rendering"
    __table_args__ = (Index("ix_rendering_organization_id_digest", "organization_id", "digest"),)

    rendering_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    universe_id: Mapped[str] = mapped_column(orm.Id, index=True)
    simulation_id: Mapped[str] = mapped_column(orm.Id)
    organization_id: Mapped[str] = mapped_column(orm.Id)
    soundscape_id: Mapped[str] = mapped_column(orm.Id)
    soundscape_revision: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(64))
    result: Mapped[dict[str, Any] | None]
    """The contract's RenderingCompleted, once completed."""
    analysis: Mapped[dict[str, Any] | None]
    legend: Mapped[list[Any] | None]
    problem: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SoundWorkRow(Base):
    """An analysis or a conversion of an uploaded sound, or of a rendering's master."""

    __tablename__ = "sound_work"

    work_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    """``analysis`` or ``conversion``."""
    organization_id: Mapped[str] = mapped_column(orm.Id, index=True)
    project_id: Mapped[str] = mapped_column(orm.Id, index=True)
    universe_id: Mapped[str | None] = mapped_column(orm.Id, index=True)
    """Whose readers may read it; None for an upload, which every member may."""
    rendering_id: Mapped[str | None] = mapped_column(orm.Id)
    actor_id: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(20))
    source: Mapped[dict[str, Any]]
    """The sound, as an ArtifactRef."""
    wanted: Mapped[dict[str, Any] | None]
    """What a conversion makes."""
    result: Mapped[dict[str, Any] | None]
    report: Mapped[dict[str, Any] | None]
    """An analysis' long document."""
    artifact: Mapped[dict[str, Any] | None]
    """An analysis' waveform and tracks, or a conversion's file."""
    problem: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
