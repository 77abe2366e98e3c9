"""The statements of the event path on PostgreSQL: each a single round trip, with arrays for batches.

Their tables are empty now and full a moment later, so what the planner believes of them is often wrong. The statements
leave it no bad choice: rows are found by their place on disk (``ctid``) or in correlated subqueries with a LIMIT, which
only an index serves; and where batches are joined, ``generate_series`` tells the planner that they are large.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from harmonic_chassis.dialects.event_store import ClaimedRow, InboxRow, NumberedRow, OutboxRow, in_order

WRITE = """
WITH said AS (
    SELECT *, row_number() OVER (PARTITION BY subject ORDER BY place) AS step,
        count(*) OVER (PARTITION BY subject) AS many
    FROM ROWS FROM (
        unnest($1::text[]), unnest($2::text[]), unnest($3::text[]), unnest($4::text[]), unnest($5::text[]),
        unnest($6::text[]), unnest($7::timestamptz[]), generate_series(1, $8::int)
    ) AS said(id, type, kind, subject, organization_id, envelope, time, place)
), counted AS (
    INSERT INTO subject_sequence AS known (subject, last)
    SELECT subject, max(many) FROM said GROUP BY subject ORDER BY subject
    ON CONFLICT (subject) DO UPDATE SET last = known.last + excluded.last
    RETURNING subject, last
)
INSERT INTO outbox (id, type, kind, subject, sequence, organization_id, envelope, time)
SELECT id, type, kind, subject, last - many + step, organization_id,
    left(envelope, -1) || ',"sequence":' || (last - many + step) || '}', time
FROM said JOIN counted USING (subject) ORDER BY place
"""

WRITE_ONE = """
WITH counted AS (
    INSERT INTO subject_sequence AS known (subject, last) VALUES ($4::varchar, 1)
    ON CONFLICT (subject) DO UPDATE SET last = known.last + 1 RETURNING last
)
INSERT INTO outbox (id, type, kind, subject, sequence, organization_id, envelope, time)
SELECT $1::varchar, $2::varchar, $3::varchar, $4::varchar, last, $5::varchar,
    left($6::text, -1) || ',"sequence":' || last || '}', $7::timestamptz FROM counted
"""

ADVANCE = """
WITH fresh AS MATERIALIZED (
    SELECT ctid AS at, position FROM outbox WHERE number IS NULL ORDER BY position LIMIT $4
), lead AS (
    UPDATE relay_lease SET numbered = numbered + (SELECT count(*) FROM fresh), beat = beat + 1
    WHERE name = 'relay' AND fence = $3 RETURNING numbered - (SELECT count(*) FROM fresh) AS last
), moved AS (
    DELETE FROM outbox
    WHERE EXISTS (SELECT FROM lead) AND ctid = ANY(ARRAY(
        SELECT found.at FROM unnest($1::bigint[]) AS gone
        CROSS JOIN LATERAL (SELECT ctid AS at FROM outbox WHERE number = gone LIMIT 1) AS found))
    RETURNING *
), logged AS (
    INSERT INTO event_log (number, id, type, kind, subject, sequence, organization_id, envelope, time, routed)
    SELECT number, id, type, kind, subject, sequence, organization_id, envelope, time,
        CASE WHEN number = ANY($2::bigint[]) THEN 0 ELSE 1 END
    FROM moved
), given AS (
    UPDATE outbox SET number = lead.last + array_position(ARRAY(SELECT position FROM fresh ORDER BY position), position)
    FROM lead WHERE ctid = ANY(ARRAY(SELECT at FROM fresh))
    RETURNING outbox.number, id, type, kind, subject, envelope
)
SELECT given.* FROM lead LEFT JOIN given ON true ORDER BY given.number
"""

KEEP = """
WITH got AS (
    SELECT * FROM ROWS FROM (
        unnest($2::text[]), unnest($3::bigint[]), unnest($4::text[]), unnest($5::text[]), unnest($6::text[]),
        unnest($7::bigint[]), unnest($8::text[]), unnest($9::text[]), unnest($10::int[]), unnest($11::text[]),
        generate_series(1, $12::int)
    ) AS got(source, number, id, type, subject, sequence, envelope, state, remote, trace_id, place)
), marked AS (
    INSERT INTO seen (consumer, source, number) SELECT $1, source, number FROM got ORDER BY place
    ON CONFLICT DO NOTHING RETURNING source, number
), kept AS (
    INSERT INTO inbox (consumer, source, number, id, type, subject, sequence, envelope, state, remote, attempts,
        due_at, received_at, trace_id)
    SELECT $1, source, number, id, type, subject, sequence, envelope, state, remote, 0, $13, $13, trace_id
    FROM got JOIN marked USING (source, number) ORDER BY place
    RETURNING 1
)
SELECT count(*) FROM kept
"""

CLAIM = """
WITH heads AS (
    SELECT position, source, subject, type, attempts, received_at, envelope, number FROM inbox
    WHERE consumer = $1 AND state = 'pending' AND remote = 0 AND due_at <= $2 AND type <> ALL($3::text[])
        AND number = (
            SELECT first.number FROM inbox AS first
            WHERE first.consumer = inbox.consumer AND first.source = inbox.source AND first.subject = inbox.subject
                AND first.state = 'pending'
            ORDER BY first.number LIMIT 1)
    ORDER BY attempts, position LIMIT $4 FOR UPDATE SKIP LOCKED
), followers AS (
    SELECT position, next.source, next.subject, type, attempts, received_at, envelope, number,
        remote = 0 AND due_at <= $2 AND type <> ALL($3::text[]) AS ready
    FROM (SELECT source, subject, min(number) AS first FROM heads GROUP BY source, subject) AS begun
    CROSS JOIN LATERAL (
        SELECT * FROM inbox
        WHERE consumer = $1 AND state = 'pending' AND source = begun.source AND subject = begun.subject
            AND number > begun.first
        ORDER BY number LIMIT $5
    ) AS next
    ORDER BY number LIMIT $5
)
SELECT *, NULL::boolean AS ready FROM heads UNION ALL SELECT * FROM followers
"""

DONE = "DELETE FROM inbox WHERE position = ANY($1::bigint[])"

# A beat that a crash of the server forgets costs nothing: so it does not wait for the disk.
BEAT = """
WITH soft AS (SELECT set_config('synchronous_commit', 'off', true) AS mode)
UPDATE relay_lease SET beat = beat + 1 FROM soft
WHERE name = 'relay' AND fence = $1 AND soft.mode IS NOT NULL RETURNING fence
"""


class PostgresEvents:
    """The event path's statements on one PostgreSQL database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def write(self, session: AsyncSession, rows: Sequence[OutboxRow]) -> None:
        connection = await session.connection()
        if len(rows) == 1:
            await connection.exec_driver_sql(WRITE_ONE, tuple(rows[0]))
        else:
            await connection.exec_driver_sql(WRITE, (*_columns(rows), len(rows)))

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
        connection = await session.connection()
        found: Sequence[Any] = (
            await connection.exec_driver_sql(CLAIM, (consumer, now, list(paused), heads, followers))
        ).all()
        first = sorted((row for row in found if row[8] is None), key=lambda row: (row[4], row[0]))
        rest = sorted((row for row in found if row[8] is not None), key=lambda row: row[7])
        return in_order([ClaimedRow(*row[:7]) for row in first], [(ClaimedRow(*row[:7]), row[8]) for row in rest])

    async def done(self, session: AsyncSession, positions: Sequence[int]) -> None:
        connection = await session.connection()
        await connection.exec_driver_sql(DONE, (list(positions),))

    async def advance(self, delivered: Sequence[tuple[int, int]], batch: int, fence: int) -> list[NumberedRow] | None:
        numbers = [number for number, _ in delivered]
        unrouted = [number for number, routed in delivered if not routed]
        async with self._driver() as driver:
            rows = await driver.fetch(ADVANCE, numbers, unrouted, fence, batch)
        if not rows:
            return None
        return [] if rows[0][0] is None else [NumberedRow(*row) for row in rows]

    async def keep(self, consumer: str, rows: Sequence[InboxRow], *, now: datetime) -> int:
        async with self._driver() as driver:
            return int(await driver.fetchval(KEEP, consumer, *_columns(rows), len(rows), now))

    async def beat(self, fence: int) -> bool:
        async with self._driver() as driver:
            return await driver.fetchval(BEAT, fence) is not None

    @asynccontextmanager
    async def _driver(self) -> AsyncIterator[Any]:
        """A connection of the pool as asyncpg knows it. No transaction is begun: each statement is its own."""
        async with self._engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            while driver.is_closed():  # it died in the pool, where nobody looks
                await connection.invalidate()
                driver = (await connection.get_raw_connection()).driver_connection
            try:
                yield driver
            except BaseException:
                if driver.is_closed():
                    await connection.invalidate()
                raise


def _columns(rows: Sequence[tuple[Any, ...]]) -> tuple[list[Any], ...]:
    return tuple(list(column) for column in zip(*rows, strict=True))
