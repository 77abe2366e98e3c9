"""Worlds to test the event path in: services with a database each, joined by a transport, and handlers whose effects
are rows that witness what was handled, how often and in which order."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select, text

from harmonic_chassis.database import Database
from harmonic_chassis.event_path import EventPath
from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.ids import new_id
from harmonic_chassis.reconcile import DatabaseEvents
from harmonic_chassis.relay import RelayPace
from harmonic_chassis.retries import RetryPolicy
from harmonic_chassis.tables import metadata
from harmonic_chassis.transport.base import Transport
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.base import MessageData
from harmonic_contracts.messages.physics import UniverseCreated, UniverseRevised

QUICK = RetryPolicy(max_attempts=3, base_s=0.05, pause_s=0.05, pause_cap_s=0.1, claim_retry_s=0.1)
PACE = RelayPace(poll_s=0.1, retry_s=0.05, unrouted_retry_s=0.2)
SERVICES = ("physics", "audio", "ai")

effects_metadata = MetaData()
effects = Table(
    "effect",
    effects_metadata,
    Column("place", Integer, primary_key=True, autoincrement=True),
    Column("type", String(100)),
    Column("subject", String(100)),
    Column("revision", Integer),
)
"""What handlers did, in the consumer's own database: the witness of exactly-once and of order."""


def created(universe_id: str | None = None, revision: int = 1, **changed: Any) -> UniverseCreated:
    """A universe.created event; of a new universe where none is named."""
    return UniverseCreated(**_facts(universe_id, revision, changed))


def revised(universe_id: str, revision: int) -> UniverseRevised:
    """A universe.revised event."""
    return UniverseRevised(**_facts(universe_id, revision, {}))


def _facts(universe_id: str | None, revision: int, changed: dict[str, Any]) -> dict[str, Any]:
    chosen = universe_id or new_id()
    facts = {"universe_id": chosen, "organization_id": chosen, "project_id": chosen, "revision": revision}
    return {**facts, "system": "orbits", "name": "Kepler", "visibility": "private", **changed}


async def note(message: Message[Any], uow: UnitOfWork) -> None:
    """Leave an effect."""
    values = {"type": message.envelope.type, "subject": message.envelope.subject, "revision": message.data.revision}
    await uow.session.execute(insert(effects).values(**values))


def noting(*models: type[MessageData], consumer: str | None = None) -> Handlers:
    """Handlers that only leave their effect."""
    handlers = Handlers()

    @handlers.on(*(models or (UniverseCreated, UniverseRevised)), consumer=consumer)
    async def handle(message: Message[Any], uow: UnitOfWork, _chassis: object) -> None:
        await note(message, uow)

    return handlers


@dataclass
class World:
    """Services with a database each, joined by one transport."""

    databases: dict[str, Database]
    make_transport: Callable[[], Transport]
    kind: str
    paths: list[EventPath] = field(default_factory=list)
    transports: list[Transport] = field(default_factory=list)
    background: list[asyncio.Task[None]] = field(default_factory=list)
    """Tasks of the test that end with it."""

    @property
    def physics(self) -> Database:
        """The producer's database."""
        return self.databases["physics"]

    async def transport(self) -> Transport:
        """Another transport of the same way, as another process would have."""
        transport = self.make_transport()
        await transport.start()
        self.transports.append(transport)
        return transport

    async def run(
        self, service: str, handlers: Handlers | None = None, *, transport: Transport | None = None, **options: Any
    ) -> EventPath:
        """Start an instance of a service."""
        path = EventPath(
            self.databases[service],
            transport or await self.transport(),
            handlers or Handlers(),
            service=service,
            **{"policy": QUICK, "pace": PACE, "sources": DatabaseEvents(self.databases), **options},
        )
        await path.start()
        if "reconcile_every_s" not in options and path._reconcile is not None:
            await path._reconcile.stop()  # a test reconciles when it says so, however slow the machine is
        self.paths.append(path)
        return path

    async def emit(self, *messages: MessageData, service: str = "physics") -> list[str]:
        """Say these, in one transaction; their ids."""
        async with self.databases[service].transaction() as uow:
            return [uow.emit(message) for message in messages]

    async def settle(self, seconds: float = 15.0) -> None:
        """Wait until every running service is idle, twice in a row, so that nothing is between two of them."""
        quiet = 0
        async with asyncio.timeout(seconds):
            while quiet < 3:
                quiet = quiet + 1 if all([await path.idle() for path in self.paths]) else 0
                await asyncio.sleep(0.02)

    async def until(self, true: Callable[[], Awaitable[Any]], seconds: float = 15.0) -> None:
        """Wait until the condition holds."""
        async with asyncio.timeout(seconds):
            while not await true():  # noqa: ASYNC110  # the condition lies in databases
                await asyncio.sleep(0.01)

    async def effects(self, service: str = "audio") -> list[tuple[str, int]]:
        """The (subject, revision) that the service's handlers noted, in order."""
        async with self.databases[service].reading() as session:
            rows = await session.execute(select(effects.c.subject, effects.c.revision).order_by(effects.c.place))
            return [(subject, revision) for subject, revision in rows]

    async def rows(self, service: str, statement: str) -> list[Any]:
        """What a query finds in a service's database."""
        async with self.databases[service].reading() as session:
            return list((await session.execute(text(statement))).all())

    async def count(self, service: str, table: str, where: str = "1 = 1") -> int:
        """How many rows a service's table has."""
        ((count,),) = await self.rows(service, f"SELECT count(*) FROM {table} WHERE {where}")  # noqa: S608
        return int(count)

    @property
    def over_a_broker(self) -> bool:
        """Whether a broker lies between the services."""
        return "rabbit" in self.kind

    async def physics_forgets_its_leader(self) -> None:
        """Spares a test the wait for a dead leader's lease."""
        async with self.physics.transaction() as uow:
            await uow.session.execute(text("UPDATE relay_lease SET holder = NULL"))

    async def noted(self, count: int, service: str = "audio", *, seconds: float = 15.0) -> None:
        """Wait until the service's handlers have left so many effects."""

        async def there() -> bool:
            return len(await self.effects(service)) >= count

        await self.until(there, seconds)

    async def revisions(self, universe_id: str, service: str = "audio") -> list[int]:
        """The revisions of one universe that the service's handlers noted, in order."""
        return [number for subject, number in await self.effects(service) if subject == f"universe/{universe_id}"]

    async def leave(self, path: EventPath, *, killed: bool = False) -> None:
        """Stop one instance, or kill it."""
        await (path.kill() if killed else path.stop())
        self.paths.remove(path)

    async def close(self) -> None:
        """Stop all in the order in which a house stops."""
        await asyncio.gather(*self.background)
        for path in self.paths:
            await path.stop()
        for transport in self.transports:
            await transport.stop()
        for database in self.databases.values():
            await database.close()


async def create_tables(database: Database) -> None:
    """The chassis' tables and those of the effects, in an empty database."""
    async with database.writer.begin() as connection:
        for each in (metadata, effects_metadata):
            await connection.run_sync(each.create_all)
