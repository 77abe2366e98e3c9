"""Locks: how long a statement waits for another transaction, how writers are kept out of a table, and how transactions
about one thing take turns. SQLite has one writer: there none is waited for."""

from collections.abc import Sequence

from sqlalchemy import Table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

LOCK_NOT_AVAILABLE = "55P03"


async def limit_lock_wait(session: AsyncSession, seconds: float) -> None:
    """From here on in this transaction give up a wait for a lock after so long; 0 goes back to the server's default."""
    if session.get_bind().dialect.name == "postgresql":
        limit = f"'{int(seconds * 1000)}ms'" if seconds else "DEFAULT"
        await session.execute(text(f"SET LOCAL lock_timeout = {limit}"))


def gave_up_waiting(error: DBAPIError) -> bool:
    """Whether the statement failed because it waited too long for a lock."""
    return getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE


async def keep_writers_out(session: AsyncSession, tables: Sequence[Table]) -> None:
    """Nobody else writes these tables until the transaction ends; readers go on. SQLite's writer is alone anyway."""
    if session.get_bind().dialect.name == "postgresql" and tables:
        quote = session.get_bind().dialect.identifier_preparer.format_table
        names = ", ".join(quote(table) for table in tables)
        await session.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))


async def take_turns(session: AsyncSession, names: Sequence[str]) -> None:
    """Wait until no other transaction has these names, then have them until this one ends. SQLite's writer is alone."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(_TURNS, {"names": list(names)})


_TURNS = text(
    "SELECT pg_advisory_xact_lock(number) FROM ("  # always in one order: so no two wait for each other
    "SELECT DISTINCT hashtextextended(name, 0) AS number FROM unnest(CAST(:names AS text[])) AS name ORDER BY number"
    ") AS numbers"
)
