"""A service's database: transactions that carry their messages, consistent reads, and the signal after a commit.

The same code runs on SQLite and PostgreSQL; what differs is in ``harmonic_chassis.dialects``, used from here alone.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Literal

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from harmonic_chassis.clock import Clock, SystemClock
from harmonic_chassis.context import MessageContext, current
from harmonic_chassis.dialects import Engines
from harmonic_chassis.dialects.event_store import EventStore
from harmonic_chassis.flow import Flow
from harmonic_chassis.uow import ClaimCheck, UnitOfWork

Topic = Literal["outbox", "inbox", "job", "remote"]
CONNECTIONS = 8
"""The most that a process opens to a server, where its settings say nothing else."""


class Database:
    """One database of one service. Cheap to make; connects when first used."""

    def __init__(self, engines: Engines, *, service: str, clock: Clock | None = None) -> None:
        self._engines = engines
        self.service = service
        self.clock = clock or SystemClock()
        self.claim_check: ClaimCheck | None = None
        self.flow = Flow()
        """Counts what passes through this process."""
        self._listeners: list[tuple[Callable[[], None], frozenset[str]]] = []

    @classmethod
    def from_url(
        cls, url: str, *, service: str, clock: Clock | None = None, connections: int = CONNECTIONS
    ) -> "Database":
        """``sqlite+aiosqlite:///path/physics.db`` or ``postgresql+asyncpg://user@host/name``; ``service`` is the
        source of what it emits, ``connections`` the most that are opened to a server."""
        return cls(engines_for(url, connections), service=service, clock=clock)

    @property
    def dialect(self) -> Literal["sqlite", "postgresql"]:
        return "sqlite" if self._engines.name == "sqlite" else "postgresql"

    @property
    def events(self) -> EventStore:
        """The statements of the event path, for relay, inbox and handlers."""
        return self._engines.events

    @property
    def writer(self) -> AsyncEngine:
        """The engine that writes, for migrations and tests."""
        return self._engines.writer

    @asynccontextmanager
    async def transaction(
        self, context: MessageContext | None = None, *, handling: bool = False
    ) -> AsyncIterator[UnitOfWork]:
        """A write transaction: commits at the end of the block, rolls back when it raises. READ COMMITTED on
        PostgreSQL; on SQLite the one writer, so keep it short. ``handling``: on the event path's own connections."""
        engine = self._engines.handling if handling else self._engines.writer
        async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
            uow = UnitOfWork(
                session,
                context or current(),
                source=self.service,
                clock=self.clock,
                events=self._engines.events,
                claim_check=self.claim_check,
            )
            yield uow
            await uow.flush()
        self._committed(uow)

    def announce(self, *topics: Topic) -> None:
        """There was a commit outside of `transaction`: call those who wait for these topics, here and elsewhere."""
        self._signal(frozenset(topics))
        self._engines.tell(frozenset(topics))

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that can only read."""
        async with AsyncSession(self._engines.reader, expire_on_commit=False) as session:
            yield session

    def on_commit(self, callback: Callable[[], None], *topics: Topic) -> Callable[[], None]:
        """Call ``callback`` after each commit that wrote outbox, inbox or job rows (or only the named topics), here or
        in another process once ``start`` was called. It may be missed: poll as well. Returns what takes it back."""
        entry = (callback, frozenset(topics))
        self._listeners.append(entry)

        def remove() -> None:
            if entry in self._listeners:
                self._listeners.remove(entry)

        return remove

    async def start(self) -> None:
        """Exchange word of commits with the other processes that use this database."""
        await self._engines.hear(self._signal)

    async def ping(self) -> None:
        """Raises when the database does not answer."""
        async with self.reading() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection."""
        await self._engines.close()

    def _committed(self, uow: UnitOfWork) -> None:
        topics = frozenset(uow.effects.topics)
        if topics:
            self._signal(topics)
            self._engines.tell(topics)
        for fn in uow.effects.after:
            fn()

    def _signal(self, topics: frozenset[str]) -> None:
        for callback, wanted in list(self._listeners):
            if not wanted or wanted & topics:
                asyncio.get_running_loop().call_soon(callback)


def engines_for(url: str, connections: int = CONNECTIONS) -> Engines:
    """The engines of a database URL. Raises ValueError for another driver."""
    parsed = make_url(url)
    if parsed.drivername == "sqlite+aiosqlite":
        from harmonic_chassis.dialects.sqlite import SqliteEngines

        return SqliteEngines(parsed)
    if parsed.drivername == "postgresql+asyncpg":
        from harmonic_chassis.dialects.postgres import PostgresEngines

        return PostgresEngines(parsed, connections)
    raise ValueError(
        f"{parsed.render_as_string()}: use sqlite+aiosqlite:///path/name.db or postgresql+asyncpg://user@host/name"
    )
