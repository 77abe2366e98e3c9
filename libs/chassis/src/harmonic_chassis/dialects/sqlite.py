"""SQLite as a server's database: WAL, one writer, a pool of readers, every write begun IMMEDIATE.

With a single writing connection a process never sees "database is locked" from itself; a second process waits
``busy_timeout``. Python's own transaction handling is switched off (``isolation_level=None``), because it begins late.
"""

import asyncio
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import await_only

from harmonic_chassis.dialects import Signal
from harmonic_chassis.dialects.event_store import EventStore
from harmonic_chassis.dialects.sqlite_cursor import OneVisitDriver
from harmonic_chassis.dialects.sqlite_events import SqliteEvents

READERS = 4
LOOK_S = 0.25
EVERYTHING = frozenset({"outbox", "inbox", "job", "remote"})
BUSY_TIMEOUT_MS = 30_000


class SqliteEngines:
    """The engines of one SQLite file. Its services write it from one process; a command beside them may write, too. The
    file itself tells of that: its log grows, and SQLite counts the commits of others (``data_version``)."""

    name = "sqlite"

    def __init__(self, url: URL) -> None:
        if not url.database or url.database == ":memory:":
            raise ValueError("SQLite needs a file: sqlite+aiosqlite:///path/name.db (several connections share it)")
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        self.writer = _engine(url, pool_size=1, begin="BEGIN IMMEDIATE", query_only=False)
        self.reader = _engine(url, pool_size=READERS, begin="BEGIN", query_only=True)
        self.handling = self.writer
        self._log = Path(f"{url.database}-wal")
        self._watch: asyncio.Task[None] | None = None
        self.events: EventStore = SqliteEvents(self.writer)

    async def hear(self, signal: Signal) -> None:
        if self._watch is None:
            self._watch = asyncio.create_task(self._watched(signal), name="sqlite-signals")

    def tell(self, topics: frozenset[str]) -> None:
        """Others see it by themselves."""

    async def _watched(self, signal: Signal) -> None:
        """Look at the log's length and time, which costs next to nothing; ask SQLite only where those have changed."""
        seen, version = self._log_state(), await self._others_commits()
        while True:
            await asyncio.sleep(LOOK_S)
            now = self._log_state()
            if now != seen:
                seen, before, version = now, version, await self._others_commits()
                if version != before:
                    signal(EVERYTHING)

    def _log_state(self) -> tuple[int, int]:
        try:
            found = self._log.stat()
        except FileNotFoundError:
            return 0, 0
        return found.st_size, found.st_mtime_ns

    async def _others_commits(self) -> int:
        """A number that changes when another connection than the writer commits; of ours, only the writer does."""
        async with self.writer.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            rows = await driver.execute_fetchall("PRAGMA data_version")
        return int(next(iter(rows))[0])

    async def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait({self._watch})
            self._watch = None
        await self.reader.dispose()
        await self.writer.dispose()


def _engine(url: URL, *, pool_size: int, begin: str, query_only: bool) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=60,
        pool_reset_on_return=None,
        hide_parameters=True,
        module=OneVisitDriver(),
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
        # One visit to the connection's thread; as a statement of SQLAlchemy's it takes three.
        driver = connection.connection.driver_connection
        try:
            await_only(driver._execute(driver._conn.execute, begin))
        except BaseException:
            # Cancelled on the way it may begin all the same: the connection must not go back to the pool as it is.
            connection.invalidate()
            raise

    @event.listens_for(engine.sync_engine, "reset")
    def end_transaction(connection: Any, _record: Any, state: Any) -> None:
        if not state.terminate_only and connection.driver_connection.in_transaction:
            connection.rollback()

    return engine


def _pragmas(query_only: bool) -> list[str]:
    common = [f"busy_timeout={BUSY_TIMEOUT_MS}", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"]
    return [*common, "query_only=ON"] if query_only else common
