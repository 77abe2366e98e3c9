"""Projections: the tables of a service that hold what others' events told, and nothing else.

So each can be made again from the producers' event logs (`harmonic_chassis.rebuild`), and two of them can be compared
by one hash.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import orjson
from sqlalchemy import ColumnElement, Select, Table, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

from harmonic_chassis.tables.edge import ended, membership, project

if TYPE_CHECKING:
    from harmonic_chassis.service import Service

BATCH = 500


@dataclass(frozen=True)
class Projection:
    """A table that events alone write; where it also has rows of the service's own, `only` says which are told."""

    table: Table
    only: ColumnElement[bool] | None = None

    @classmethod
    def of(cls, row: type[DeclarativeBase], only: ColumnElement[bool] | None = None) -> "Projection":
        """The projection whose rows are of this class."""
        return cls(cast("Table", row.__table__), only)

    def rows(self) -> Select[Any]:
        """The projected rows, in the order of their key."""
        chosen = select(self.table).order_by(*self.table.primary_key)
        return chosen if self.only is None else chosen.where(self.only)


DIRECTORY = (Projection(membership), Projection(project), Projection(ended))
"""The chassis' own: members, projects and what has ended, in every service but the one that owns them."""


def projections_of(service: "Service") -> tuple[Projection, ...]:
    """All projections in a service's database."""
    return (*service.projections, *(() if service.directory is not None else DIRECTORY))


async def projection_hash(session: AsyncSession, projections: Sequence[Projection]) -> str:
    """The SHA-256 of all projected rows: equal where, and only where, they hold the same, whatever the database."""
    digest = hashlib.sha256()
    for projection in projections:
        digest.update(projection.table.name.encode())
        async for row in await session.stream(projection.rows(), execution_options={"yield_per": BATCH}):
            digest.update(orjson.dumps(list(row), bytes.hex, orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z) + b"\n")
    return digest.hexdigest()
