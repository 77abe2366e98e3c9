"""The notebook's one table."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from harmonic_chassis import orm


class Base(DeclarativeBase):
    """The tables of the notebook."""

    metadata = orm.new_metadata()
    type_annotation_map = orm.TYPES


class Note(Base):
    """A text with a weight; once counted, it knows the artifact with its count."""

    __tablename__ = "note"

    note_id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    organization_id: Mapped[str] = mapped_column(orm.Id, index=True)
    text: Mapped[str] = mapped_column(Text)
    weight: Mapped[float]
    revision: Mapped[int]
    sha256: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
