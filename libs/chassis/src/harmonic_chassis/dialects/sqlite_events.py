"""The statements of the event path on SQLite: a batch is one visit to the connection's thread, not one a statement."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.util import await_only, greenlet_spawn

from harmonic_chassis.dialects.event_store import ClaimedRow, InboxRow, NumberedRow, OutboxRow, in_order

T = TypeVar("T")
Do = Callable[[sqlite3.Connection], T]
DRIVER = "sqlite driver"
"""Where a session, which lives for one transaction, keeps its connection as aiosqlite knows it."""

COUNT = """
INSERT INTO subject_sequence (subject, last) VALUES (?, ?)
ON CONFLICT (subject) DO UPDATE SET last = last + excluded.last RETURNING last
"""
WRITE = """
INSERT INTO outbox (id, type, kind, subject, sequence, organization_id, envelope, time) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
LEAD = """
UPDATE relay_lease SET numbered = numbered + ?, beat = beat + 1 WHERE name = 'relay' AND fence = ? RETURNING numbered
"""
LOG = """
INSERT INTO event_log (number, id, type, kind, subject, sequence, organization_id, envelope, time, routed)
SELECT number, id, type, kind, subject, sequence, organization_id, envelope, time, ? FROM outbox WHERE number = ?
"""
FRESH = "SELECT position, id, type, kind, subject, envelope FROM outbox WHERE number IS NULL ORDER BY position LIMIT ?"
MARK = "INSERT INTO seen (consumer, source, number) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
KEEP = """
INSERT INTO inbox (consumer, source, number, id, type, subject, sequence, envelope, state, remote, trace_id,
    attempts, due_at, received_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)
"""
HEADS = """
SELECT position, source, subject, type, attempts, received_at, envelope FROM inbox
WHERE consumer = ? AND state = 'pending' AND remote = 0 AND due_at <= ? AND type NOT IN ({paused}) AND NOT EXISTS (
    SELECT 1 FROM inbox AS earlier
    WHERE earlier.consumer = inbox.consumer AND earlier.source = inbox.source AND earlier.subject = inbox.subject
        AND earlier.number < inbox.number AND earlier.state = 'pending')
ORDER BY attempts, position LIMIT ?
"""
FOLLOWERS = """
SELECT position, source, subject, type, attempts, received_at, envelope, number,
    remote = 0 AND due_at <= ? AND type NOT IN ({paused})
FROM inbox
WHERE consumer = ? AND state = 'pending' AND source = ? AND subject = ? ORDER BY number LIMIT ?
"""


class SqliteEvents:
    """The event path's statements on one SQLite file."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._pool = engine.sync_engine.pool

    async def write(self, session: AsyncSession, rows: Sequence[OutboxRow]) -> None:
        await _in_session(session, lambda connection: _write(connection, rows))

    async def claim(
        self,
        session: AsyncSession,
        consumer: str,
        *,
        now: datetime,
        heads: int,
        followers: int,
        paused: Collection[str],
    ) -> list[ClaimedRow]:
        return await _in_session(
            session, lambda connection: _claim(connection, consumer, stored(now), heads, followers, list(paused))
        )

    async def done(self, session: AsyncSession, positions: Sequence[int]) -> None:
        gone = [(position,) for position in positions]
        await _in_session(
            session, lambda connection: connection.executemany("DELETE FROM inbox WHERE position = ?", gone)
        )

    async def advance(self, delivered: Sequence[tuple[int, int]], batch: int, fence: int) -> list[NumberedRow] | None:
        return await self._alone(lambda connection: _advance(connection, delivered, batch, fence))

    async def keep(self, consumer: str, rows: Sequence[InboxRow], *, now: datetime) -> int:
        return await self._alone(lambda connection: _keep(connection, consumer, rows, stored(now)))

    async def beat(self, fence: int) -> bool:
        return await self._alone(lambda connection: connection.execute(LEAD, (0, fence)).fetchone() is not None)

    async def _alone(self, do: Do[T]) -> T:
        return await greenlet_spawn(self._by_itself, do)

    def _by_itself(self, do: Do[T]) -> T:
        """On the one writing connection, straight from the pool: what it does is a transaction of its own."""
        held = self._pool.connect()
        try:
            return await_only(_visit(held.driver_connection, do))
        finally:
            held.close()


async def _in_session(session: AsyncSession, do: Do[T]) -> T:
    """Within the session's transaction, which asking for its connection begins."""
    if DRIVER not in session.info:
        connection = await session.connection()
        session.info[DRIVER] = (await connection.get_raw_connection()).driver_connection
    return await _visit(session.info[DRIVER], do)


async def _visit(driver: Any, do: Do[T]) -> T:
    # aiosqlite's own methods go this way, one statement a visit; a function of ours makes one visit of many statements.
    result: T = await driver._execute(do, driver._conn)
    return result


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _write(connection: sqlite3.Connection, rows: Sequence[OutboxRow]) -> None:
    counts = Counter(row.subject for row in rows)
    following = {
        subject: connection.execute(COUNT, (subject, counts[subject])).fetchone()[0] - counts[subject]
        for subject in sorted(counts)
    }
    for row in rows:
        sequence = following[row.subject] = following[row.subject] + 1
        envelope = f'{row.envelope[:-1]},"sequence":{sequence}}}'
        connection.execute(WRITE, (*row[:4], sequence, row.organization_id, envelope, stored(row.time)))


def _advance(
    connection: sqlite3.Connection, delivered: Sequence[tuple[int, int]], batch: int, fence: int
) -> list[NumberedRow] | None:
    with _transaction(connection):
        fresh = connection.execute(FRESH, (batch,)).fetchall()
        lead = connection.execute(LEAD, (len(fresh), fence)).fetchone()
        if lead is None:
            return None
        connection.executemany(LOG, [(routed, number) for number, routed in delivered])
        connection.executemany("DELETE FROM outbox WHERE number = ?", [(number,) for number, _ in delivered])
        first = lead[0] - len(fresh) + 1
        given = [NumberedRow(first + place, *row[1:]) for place, row in enumerate(fresh)]
        connection.executemany(
            "UPDATE outbox SET number = ? WHERE position = ?",
            [(first + place, row[0]) for place, row in enumerate(fresh)],
        )
    return given


def _keep(connection: sqlite3.Connection, consumer: str, rows: Sequence[InboxRow], now: str) -> int:
    kept = 0
    with _transaction(connection):
        for row in rows:
            if connection.execute(MARK, (consumer, row.source, row.number)).rowcount:
                connection.execute(KEEP, (consumer, *row, now, now))
                kept += 1
    return kept


def _claim(
    connection: sqlite3.Connection, consumer: str, now: str, most: int, behind: int, paused: list[str]
) -> list[ClaimedRow]:
    marks = ",".join("?" * len(paused))
    found = connection.execute(HEADS.format(paused=marks), (consumer, now, *paused, most)).fetchall()
    heads = [_claimed(row) for row in found]
    taken = {head.position for head in heads}
    followers: list[Any] = []
    statement = FOLLOWERS.format(paused=marks)
    for source, subject in dict.fromkeys((head.source, head.subject) for head in heads):
        asked = (now, *paused, consumer, source, subject, behind + 1)
        followers += [row for row in connection.execute(statement, asked) if row[0] not in taken]
    followers.sort(key=lambda row: row[7])
    return in_order(heads, [(_claimed(row), bool(row[8])) for row in followers[:behind]])


def _claimed(row: Sequence[Any]) -> ClaimedRow:
    received_at = datetime.fromisoformat(row[5]).replace(tzinfo=UTC)
    position, source, subject, type_, attempts = row[:5]
    return ClaimedRow(position, source, subject, type_, attempts, received_at, row[6])


def stored(time: datetime) -> str:
    """A time as `UtcDateTime` keeps it in SQLite."""
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
