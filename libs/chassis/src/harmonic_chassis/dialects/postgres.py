"""PostgreSQL: a pool, and a connection of its own for NOTIFY and LISTEN.

NOTIFY inside the business transaction takes a lock that all commits of the cluster queue for; so it is sent after the
commit, outside, and many commits share one notification. It may be lost: whoever listens polls slowly as well.
"""

import asyncio
import contextlib
from typing import Any

import asyncpg
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import create_async_engine

from harmonic_chassis.dialects import Signal
from harmonic_chassis.ids import new_id

CHANNEL = "harmonic"
RECONNECT_S = 1.0


KEPT = 3
"""Connections that a process keeps in its pool; beyond them it opens as it needs, and closes."""
SIGNALLING = 2
"""Two connections lie outside the pool: one listens to signals, one sends them."""


class PostgresEngines:
    """The engines of one PostgreSQL database."""

    name = "postgresql"

    def __init__(self, url: URL, connections: int) -> None:
        kept = min(KEPT, connections - SIGNALLING)
        self.writer = create_async_engine(
            url,
            pool_size=kept,
            max_overflow=connections - SIGNALLING - kept,
            pool_recycle=1800,
            hide_parameters=True,
        )
        self.reader = self.writer.execution_options(postgresql_readonly=True)
        self._dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._me = new_id()
        self._signal: Signal | None = None
        self._untold: set[str] = set()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def hear(self, signal: Signal) -> None:
        self._signal = signal
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="postgres-signals")

    def tell(self, topics: frozenset[str]) -> None:
        if self._task is not None:
            self._untold |= topics
            self._wake.set()

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        await self.writer.dispose()

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
