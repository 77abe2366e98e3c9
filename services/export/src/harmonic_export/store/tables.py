"""The tables of the export service: exports, imports, visualizations, and what it must know of performances."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from harmonic_chassis import orm
from harmonic_chassis.readers import Owned


class Base(DeclarativeBase):
    metadata = orm.new_metadata()
    type_annotation_map = orm.TYPES


class UniverseRow(Owned, Base):
    """Projection: who may read a universe, and so what was exported of it."""

    __tablename__ = "universe"

    universe_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    organization_id: Mapped[str] = mapped_column(orm.Id, index=True)
    visibility: Mapped[str] = mapped_column(String(20))
    created_by: Mapped[str | None] = mapped_column(orm.Id)


class SimulationRow(Base):
    """Projection: a finished simulation as its event told it."""

    __tablename__ = "simulation"

    simulation_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    universe_id: Mapped[str] = mapped_column(orm.Id, index=True)
    organization_id: Mapped[str] = mapped_column(orm.Id, index=True)
    facts: Mapped[dict[str, Any]]


class RenderingRow(Base):
    """Projection: a finished rendering as its event told it."""

    __tablename__ = "rendering"

    rendering_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    simulation_id: Mapped[str] = mapped_column(orm.Id)
    universe_id: Mapped[str] = mapped_column(orm.Id, index=True)
    organization_id: Mapped[str] = mapped_column(orm.Id, index=True)
    facts: Mapped[dict[str, Any]]


class VisualizationRow(Base):
    """A stored visualization spec."""

    __tablename__ = "visualization"
    __table_args__ = (Index(None, "organization_id", "visualization_id"),)

    visualization_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    organization_id: Mapped[str] = mapped_column(orm.Id)
    project_id: Mapped[str] = mapped_column(orm.Id, index=True)
    name: Mapped[str] = mapped_column(String(120))
    revision: Mapped[int] = mapped_column(Integer)
    spec: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ExportRow(Base):
    """An export; its id is its operation's. `inputs_digest` names all that made its files."""

    __tablename__ = "export"
    __table_args__ = (Index(None, "organization_id", "export_id"), Index(None, "organization_id", "inputs_digest"))

    export_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    organization_id: Mapped[str] = mapped_column(orm.Id)
    universe_id: Mapped[str] = mapped_column(orm.Id, index=True)
    universe_revision: Mapped[int] = mapped_column(Integer)
    rendering_id: Mapped[str] = mapped_column(orm.Id)
    actor_id: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(16))
    inputs_digest: Mapped[str | None] = mapped_column(String(64))
    formats: Mapped[list[Any]]
    files: Mapped[list[Any]]
    problem: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]


class ImportRow(Base):
    """An import; its id is its operation's."""

    __tablename__ = "import"
    __table_args__ = (Index(None, "organization_id", "import_id"),)

    import_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    organization_id: Mapped[str] = mapped_column(orm.Id)
    project_id: Mapped[str] = mapped_column(orm.Id)
    actor_id: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(16))
    universe_id: Mapped[str | None] = mapped_column(orm.Id)
    soundscape_id: Mapped[str | None] = mapped_column(orm.Id)
    problem: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
