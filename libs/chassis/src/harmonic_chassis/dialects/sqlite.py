"""SQLite as a server's database: WAL, one writer, a pool of readers, every write begun IMMEDIATE.

With a single writing connection a process never sees "database is locked" from itself; a second process waits
``busy_timeout``. Python's own transaction handling is switched off (``isolation_level=None``), because it begins late.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import URL, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from harmonic_chassis.dialects import Signal

READERS = 4
BUSY_TIMEOUT_MS = 30_000


class SqliteEngines:
    """The engines of one SQLite file. One process writes it, so there is nobody to tell of commits."""

    name = "sqlite"

    def __init__(self, url: URL) -> None:
        if not url.database or url.database == ":memory:":
            raise ValueError("SQLite needs a file: sqlite+aiosqlite:///path/name.db (several connections share it)")
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        self.writer = _engine(url, pool_size=1, begin="BEGIN IMMEDIATE", query_only=False)
        self.reader = _engine(url, pool_size=READERS, begin="BEGIN", query_only=True)

    async def hear(self, signal: Signal) -> None:
        """Nothing to hear: no other process writes this file."""

    def tell(self, topics: frozenset[str]) -> None:
        """Nobody to tell."""

    async def close(self) -> None:
        await self.reader.dispose()
        await self.writer.dispose()


def _engine(url: URL, *, pool_size: int, begin: str, query_only: bool) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=60,
        hide_parameters=True,
        connect_args={"isolation_level": None, "timeout": BUSY_TIMEOUT_MS / 1000},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in _pragmas(query_only):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin_transaction(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _pragmas(query_only: bool) -> list[str]:
    common = [f"busy_timeout={BUSY_TIMEOUT_MS}", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"]
    return [*common, "query_only=ON"] if query_only else common
