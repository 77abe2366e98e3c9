"""The seam between the two databases: everything that SQLite and PostgreSQL do differently, and nothing else."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import DeclarativeBase

from harmonic_chassis.dialects.event_store import EventStore

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
    from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

    Insert = PostgresInsert | SqliteInsert
Signal = Callable[[frozenset[str]], None]


class Engines(Protocol):
    """A database as the house uses it: one way to write, one to read, and word of commits of other processes."""

    name: str
    writer: AsyncEngine
    reader: AsyncEngine
    handling: AsyncEngine
    """For the transactions of handlers."""
    events: EventStore

    async def hear(self, signal: Signal) -> None:
        """Call ``signal`` with the topics of commits made by other processes, from now on."""
        ...

    def tell(self, topics: frozenset[str]) -> None:
        """Let the other processes know of a commit; returns at once."""
        ...

    async def close(self) -> None:
        """Give all connections back."""
        ...


def insert(session: AsyncSession, table: Table | type[DeclarativeBase]) -> "Insert":
    """An INSERT with ``on_conflict_do_nothing`` and ``on_conflict_do_update``, in the session's dialect."""
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import Insert as PostgresInsert  # slow to import, and only one is needed

        return PostgresInsert(table)
    from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

    return SqliteInsert(table)
