"""A real service in a test: its own database, migrated, its app behind a client, its messages and jobs at work.

async with running(service) as house:
    answer = await house.client.post("/v1/things", json={...}, headers=house.auth())
    await house.drain()
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Set
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import orjson
from sqlalchemy import select
from starlette.types import ASGIApp

from harmonic_chassis import migrate, settings
from harmonic_chassis.clock import Clock
from harmonic_chassis.context import current
from harmonic_chassis.ids import new_id
from harmonic_chassis.inbox import dead_letters
from harmonic_chassis.peers import local_peers
from harmonic_chassis.service import ALL_ROLES, Chassis, Role, Service
from harmonic_chassis.tables.event_path import event_log, outbox
from harmonic_chassis.testing.authority import Authority
from harmonic_chassis.transport.base import Outcome, Outgoing, Transport
from harmonic_chassis.transport.local import LocalTransport
from harmonic_contracts.base import MessageData
from harmonic_contracts.envelope import Envelope
from harmonic_contracts.registry import of_data, subject_of
from harmonic_contracts.roles import Role as Membership

Data = TypeVar("Data", bound=MessageData)
Found = TypeVar("Found")
SECRET = "a secret of tests, known to all"  # noqa: S105  # it guards nothing
PATIENCE_S = 60.0


async def eventually(probe: Callable[[], Awaitable[Found]], timeout_s: float = 20.0) -> Found:
    """What the probe finds, as soon as it finds something true; TimeoutError when it never does."""
    async with asyncio.timeout(timeout_s):
        while True:
            if found := await probe():
                return found
            await asyncio.sleep(0.02)


class House:
    """A running service and what a test does with it. `user_id`, `organization_id` and `project_id` are those that
    `token()` takes when it is given none."""

    def __init__(self, chassis: Chassis, client: httpx2.AsyncClient, authority: Authority) -> None:
        self.chassis = chassis
        self.client = client
        self.authority = authority
        self.user_id, self.organization_id, self.project_id = new_id(), new_id(), new_id()
        self._numbers: dict[str, int] = {}

    def token(
        self,
        *,
        user_id: str | None = None,
        organization_id: str | None = None,
        role: Membership | None = Membership.OWNER,
        project_id: str | None = None,
        issued_at: float | None = None,
        lifetime_s: float = 600.0,
    ) -> str:
        """A user's access token (without `Bearer`)."""
        return self.authority.user_token(
            user_id or self.user_id,
            organization_id or self.organization_id,
            role,
            project_id=project_id or self.project_id,
            issued_at=issued_at,
            lifetime_s=lifetime_s,
        )

    def auth(self, **who: Any) -> dict[str, str]:
        """The Authorization header of a user; takes what `token` takes."""
        return {"Authorization": f"Bearer {self.token(**who)}"}

    def service_auth(
        self, service: str = "gateway", organization_id: str | None = None, on_behalf_of: str | None = None
    ) -> dict[str, str]:
        """The Authorization header of another service."""
        audience = self.chassis.service.name
        token = self.authority.service_token(service, audience, organization_id, on_behalf_of)
        return {"Authorization": f"Bearer {token}"}

    async def deliver(
        self,
        data: MessageData,
        *,
        organization_id: str | None = None,
        actor_id: str | None = None,
        time: datetime | None = None,
    ) -> str:
        """Another service says this event, or gives this command, by the transport; returns the message's id."""
        declared = of_data(data)
        source = declared.service if declared.kind == "event" else "gateway"
        self._numbers[source] = number = self._numbers.get(source, 0) + 1
        context = current()
        envelope = Envelope(
            id=new_id(),
            source=source,
            type=declared.name,
            subject=subject_of(data),
            sequence=number,
            number=number,
            time=time or self.chassis.clock.now(),
            data=data.model_dump(mode="json"),
            correlationid=context.correlation_id,
            organizationid=organization_id or getattr(data, "organization_id", self.organization_id),
            actorid=actor_id or self.user_id,
            traceparent=context.traceparent,
        )
        body = envelope.model_dump_json(exclude_none=True).encode()
        (outcome,) = await self.chassis.transport.publish([Outgoing(envelope.id, envelope.type, source, number, body)])
        if outcome is not Outcome.DELIVERED:
            raise AssertionError(f"{declared.name} was not delivered but {outcome.value}: does a handler take it?")
        return envelope.id

    async def emitted(self, model: type[Data]) -> list[Data]:
        """What the service has said so far in messages of this type, in order."""
        name = of_data(model).name
        found: list[Data] = []
        async with self.chassis.db.reading() as session:
            for table in (event_log, outbox):
                order = table.c.number if table is event_log else table.c.position
                rows = await session.scalars(select(table.c.envelope).where(table.c.type == name).order_by(order))
                found += [model.model_validate(orjson.loads(row)["data"]) for row in rows]
        return found

    async def drain(self, timeout_s: float = PATIENCE_S) -> None:
        """Wait until the outbox, the inbox and the jobs are idle. Raises with the traceback of any dead letter.

        A message that the broker has and nobody else is in none of them: so idle must last for a moment there."""
        looks = 1 if isinstance(self.chassis.transport, LocalTransport) else 8
        quiet = 0
        async with asyncio.timeout(timeout_s):
            while quiet <= looks:
                quiet = quiet + 1 if await self.chassis.idle() else 0
                await self._raise_dead_letters()
                await asyncio.sleep(0.0 if quiet and looks == 1 else 0.02)
        await self._raise_dead_letters()

    async def _raise_dead_letters(self) -> None:
        async with self.chassis.db.reading() as session:
            dead = await dead_letters(session)
        if dead:
            raise AssertionError(f"{len(dead)} dead letters, the first {dead[0].type}:\n{dead[0].error}")


_migrated: dict[str, bytes] = {}


async def _new_sqlite(service: Service, folder: Path) -> str:
    """A new, migrated SQLite file. Migrations run once a process; the following files are copies of the first."""
    file = folder / f"{service.name}.db"
    url = f"sqlite+aiosqlite:///{file}"
    if file.exists():
        await migrate.upgrade(url, service)
    elif service.migrations in _migrated:
        file.write_bytes(_migrated[service.migrations])
    else:
        await migrate.upgrade(url, service)
        _migrated[service.migrations] = file.read_bytes()
    return url


@asynccontextmanager
async def running(
    service: Service,
    *,
    database_url: str | None = None,
    transport: Transport | None = None,
    roles: Set[Role] = ALL_ROLES,
    peers: Mapping[str, ASGIApp] | None = None,
    given: Mapping[str, Any] | None = None,
    data_dir: Path | None = None,
    clock: Clock | None = None,
    authority: Authority | None = None,
) -> AsyncIterator[House]:
    """Run the service until the end of the block. Without a database URL it has a new SQLite file, without a transport
    a local one, without peers nobody but an authority in organization's place. `given` are settings."""
    authority = authority or Authority()
    async with AsyncExitStack() as stack:
        folder = data_dir or Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        url = database_url or await _new_sqlite(service, folder)
        if database_url is not None:
            await migrate.upgrade(url, service)
        values = {
            "database_url": url,
            "service_secret": SECRET,
            "cursor_secret": SECRET,
            "data_dir": folder,
            "worker_slots": 2,
        }
        chosen = settings.load(service.settings, **{**values, **(given or {})})
        apps: dict[str, ASGIApp] = {"organization": authority, **(peers or {})}
        way = transport or LocalTransport()
        if transport is None:
            await way.start()
            stack.push_async_callback(way.stop)
        peers_ = local_peers(apps, service.name, SECRET)
        chassis = await stack.enter_async_context(
            Chassis.run(service, chosen, way, roles=roles, peers=peers_, clock=clock)
        )
        apps[service.name] = chassis.app
        client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=chassis.app), base_url="http://house")
        await stack.enter_async_context(client)
        yield House(chassis, client, authority)
