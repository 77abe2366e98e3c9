"""The books of a platform: its databases, read from outside, to see that nothing was lost, done twice or left."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

from sqlalchemy import Connection, MetaData, String, cast, func, select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

SETTLE_S = 60.0


@dataclass(frozen=True)
class Ledger:
    """The databases by service name."""

    databases: Mapping[str, str]

    async def rows(self, service: str, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """What a statement gives in the database of one service."""
        engine = create_async_engine(self.databases[service], poolclass=NullPool)
        try:
            async with engine.connect() as connection:
                return [tuple(row) for row in await connection.execute(text(statement), values)]
        finally:
            await engine.dispose()

    async def count(self, service: str, table: str, where: str = "1 = 1", **values: Any) -> int:
        """How many rows of a table satisfy a condition."""
        statement = f'SELECT count(*) FROM "{table}" WHERE {where}'  # noqa: S608  (of the tests' own making)
        return int((await self.rows(service, statement, **values))[0][0])

    async def performed_once(self, result: Mapping[str, Any]) -> None:
        """Check that a performance, of this result, has left exactly one row of each of its parts."""
        parts = {"physics": "simulation", "audio": "rendering", "export": "export"}
        for service, part in parts.items():
            known = await self.rows(
                service,
                f'SELECT {part}_id, state FROM "{part}" WHERE universe_id = :universe',  # noqa: S608
                universe=result["universe_id"],
            )
            assert known in ([(result[f"{part}_id"], word)] for word in ("completed", "succeeded")), (
                f"{service}: {known}"
            )
            jobs = await self.rows(service, "SELECT state FROM job WHERE job_id = :id", id=result[f"{part}_id"])
            assert jobs == [("succeeded",)], f"{service}: {jobs}"
        assert await self.count("gateway", "performance", "universe_id = :id", id=result["universe_id"]) == 1

    async def settled(self) -> None:
        """Wait until no outbox, no inbox and no public job holds anything to do."""
        deadline = monotonic() + SETTLE_S
        while busy := [line for name in self.databases for line in await self._busy(name)]:
            if monotonic() > deadline:
                raise AssertionError(f"not quiet after {SETTLE_S:.0f} s: {', '.join(busy)}")
            await asyncio.sleep(0.2)

    async def faults(self) -> list[str]:
        """What is wrong in a settled platform: dead letters, holes in the numbers of events, unread messages."""
        return [line for name in self.databases for line in await self._faults(name)]

    async def traces(self, *identifiers: str) -> dict[str, int]:
        """Every column of every table that holds one of these ids as its whole value, with its count of rows."""
        found: dict[str, int] = {}
        for service, url in self.databases.items():
            engine = create_async_engine(url, poolclass=NullPool)
            try:
                async with engine.connect() as connection:
                    counts = await connection.run_sync(_holding, list(identifiers))
            finally:
                await engine.dispose()
            found |= {f"{service}.{place}": count for place, count in counts.items()}
        return found

    async def _busy(self, service: str) -> list[str]:
        work = {
            "outbox": "SELECT count(*) FROM outbox",
            "inbox": "SELECT count(*) FROM inbox WHERE state = 'pending'",
            "job": "SELECT count(*) FROM job WHERE public AND state IN ('queued', 'running')",
        }
        [counts] = await self.rows(service, "SELECT " + ", ".join(f"({each})" for each in work.values()))
        return [f"{service}.{table}: {count}" for table, count in zip(work, counts, strict=True) if count]

    async def _faults(self, service: str) -> list[str]:
        found = [
            f"{service}: message {number} of {source} ({type_}) is {state} in the inbox of {consumer}: {error}"
            for consumer, source, number, type_, state, error in await self.rows(
                service, "SELECT consumer, source, number, type, state, error FROM inbox"
            )
        ]
        [(first, last, count)] = await self.rows(service, "SELECT min(number), max(number), count(*) FROM event_log")
        if count and (first != 1 or last != count):
            found.append(f"{service}: the event log has {count} events between {first} and {last}")
        return found


def _holding(connection: Connection, identifiers: list[str]) -> dict[str, int]:
    metadata = MetaData()
    metadata.reflect(connection)
    found = {}
    for table in metadata.sorted_tables:
        for column in table.columns:
            if not isinstance(column.type, String):
                continue
            statement = select(func.count()).select_from(table).where(cast(column, String).in_(identifiers))
            if count := connection.execute(statement).scalar_one():
                found[f"{table.name}.{column.name}"] = int(count)
    return found
