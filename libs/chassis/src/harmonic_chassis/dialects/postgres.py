"""PostgreSQL: two pools, and a connection of its own for NOTIFY and LISTEN.

NOTIFY inside the business transaction takes a lock that all commits of the cluster queue for; so it is sent after the
commit, outside, and many commits share one notification. It may be lost: whoever listens polls slowly as well.
"""

import asyncio
import contextlib
from typing import Any, cast

import asyncpg
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from harmonic_chassis.dialects import Signal
from harmonic_chassis.dialects.event_store import EventStore
from harmonic_chassis.dialects.postgres_events import PostgresEvents
from harmonic_chassis.ids import new_id

CHANNEL = "harmonic"
RECONNECT_S = 1.0


KEPT, PRUNE_S = 3, 30.0
"""Connections that a process keeps however long it is idle; of what it opened beyond them, those go that were not
needed for so long. (To close them at once would mean to open them again for every burst.)"""
IDLE_IN_TRANSACTION_MS = 60_000
"""A process that stands still within a transaction (stopped, or its machine gone) loses it, with its locks, after so
long: longer than any handler may take."""
SIGNALLING = 1
"""One connection lies outside the pools: it listens to signals and sends them."""
PATIENT = {"idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_MS)}
BY_INDEX = {**PATIENT, "enable_seqscan": "off", "jit": "off"}
"""For the event path: a plan made while its tables were empty must not scan them when they are full."""


class PostgresEngines:
    """The engines of one PostgreSQL database: one for the event path with connections of its own, one for the rest."""

    name = "postgresql"

    def __init__(self, url: URL, connections: int) -> None:
        path = max(1, min(3, (connections - SIGNALLING) // 3))
        self.writer = _engine(url, connections - SIGNALLING - path, PATIENT)
        self.reader = self.writer.execution_options(postgresql_readonly=True)
        self.handling = _engine(url, path, BY_INDEX)
        self.events: EventStore = PostgresEvents(self.handling)
        self._dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._me = new_id()
        self._signal: Signal | None = None
        self._untold: set[str] = set()
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def hear(self, signal: Signal) -> None:
        self._signal = signal
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(self._run(), name="postgres-signals"),
                asyncio.create_task(self._prune(), name="postgres-prune"),
            ]

    def tell(self, topics: frozenset[str]) -> None:
        if self._tasks:
            self._untold |= topics
            self._wake.set()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self.handling.dispose()
        await self.writer.dispose()

    async def _prune(self) -> None:
        """Close what was idle at two looks in a row, down to KEPT."""
        pool, before = cast("QueuePool", self.writer.pool), 0
        while True:
            await asyncio.sleep(PRUNE_S)
            idle = pool.checkedin()
            for _ in range(min(idle, before) - KEPT):
                async with self.writer.connect() as connection:
                    await connection.invalidate()
            before = pool.checkedin()

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._serve()
            await asyncio.sleep(RECONNECT_S)

    async def _serve(self) -> None:
        connection = await asyncpg.connect(self._dsn)
        try:
            await connection.add_listener(CHANNEL, self._heard)
            while True:
                await self._wake.wait()
                self._wake.clear()
                topics, self._untold = ",".join(sorted(self._untold)), set()
                if topics:
                    await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, f"{self._me} {topics}")
        finally:
            connection.terminate()

    def _heard(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        sender, _, topics = payload.partition(" ")
        if sender != self._me and self._signal is not None:
            self._signal(frozenset(topics.split(",")))


def _engine(url: URL, connections: int, settings: dict[str, str]) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_use_lifo=True,
        pool_recycle=1800,
        hide_parameters=True,
        connect_args={"server_settings": settings},
    )
