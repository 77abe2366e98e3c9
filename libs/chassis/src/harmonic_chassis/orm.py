"""Column types and conventions that every table of the house shares, portable between SQLite and PostgreSQL.

A service declares its own base::

    class Base(DeclarativeBase):
        metadata = orm.new_metadata()
        type_annotation_map = orm.TYPES
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, MetaData, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC. A naive one is refused: its meaning would depend on the machine."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone: use the Clock, or datetime.now(UTC)")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json: TypeEngine[Any] = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""A JSON document: JSONB on PostgreSQL, JSON text on SQLite."""

Id = String(36)
"""A UUID in text form."""

TYPES: dict[Any, Any] = {datetime: UtcDateTime(), dict[str, Any]: Json, list[Any]: Json}
"""For ``type_annotation_map`` of a declarative base."""


def new_metadata() -> MetaData:
    """Empty metadata with the house's naming of constraints, so that migrations can name what they drop."""
    return MetaData(naming_convention=NAMING)
