"""A service, and the chassis that carries it: everything is opened, started and stopped here, in one visible order."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence, Set
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import MetaData

from harmonic_chassis import access, forgetting, tracing
from harmonic_chassis.access import Directory, ProjectedDirectory
from harmonic_chassis.artifacts import Artifacts
from harmonic_chassis.clock import Clock, SystemClock
from harmonic_chassis.database import Database
from harmonic_chassis.event_path import EventPath
from harmonic_chassis.handlers import Handlers
from harmonic_chassis.http.write import KeyGate
from harmonic_chassis.jobs import JobKind, Schedule, cancel_handlers
from harmonic_chassis.metrics import Metrics
from harmonic_chassis.peers import Peers, http_peers
from harmonic_chassis.projections import Projection
from harmonic_chassis.relay import RelayPace
from harmonic_chassis.settings import ServiceSettings
from harmonic_chassis.tokens import Jwks, TokenVerifier
from harmonic_chassis.transport.base import Transport

if TYPE_CHECKING:
    from fastapi import APIRouter, FastAPI
    from starlette.types import ASGIApp

    from harmonic_chassis.jobs.workers import Workers

log = logging.getLogger(__name__)

Role = Literal["serve", "work"]
ALL_ROLES: frozenset[Role] = frozenset({"serve", "work"})
Stop = Callable[[], Awaitable[None]]


def _no_jobs() -> Sequence[JobKind[Any, Any]]:
    return ()


@dataclass(frozen=True)
class Service:
    """What a service is, for those who run, migrate and route to it. Routers and jobs are given as functions, so that
    naming a service imports neither."""

    name: str
    version: str
    settings: type[ServiceSettings]
    router: "Callable[[], APIRouter]"
    handlers: Handlers
    migrations: str
    """The package with its Alembic history."""
    metadata: MetaData
    """Its own tables; the chassis' come beside them."""
    prefixes: tuple[str, ...]
    """The public path prefixes that the gateway routes to it."""
    jobs: Callable[[], Sequence[JobKind[Any, Any]]] = _no_jobs
    schedules: Sequence[Schedule] = ()
    on_start: "Callable[[Chassis], Awaitable[Stop | None]] | None" = None
    """Runs once the chassis works, before the service is ready. What it returns is awaited at the stop."""
    body_limits: Mapping[str, int] = field(default_factory=dict)
    """Largest bodies in bytes by path prefix, where the setting `max_body_bytes` is not enough."""
    directory: Directory | None = None
    """Its own knowledge of members and projects, in place of the projection (organization)."""
    jwks: "Callable[[Chassis], Awaitable[Jwks]] | None" = None
    """Its own source of the keys that verify tokens, in place of organization's JWKS (organization)."""
    projections: Sequence[Projection] = ()
    """Its tables that others' events alone write: they can be rebuilt from the event logs."""
    edge: "Callable[[Chassis, ASGIApp], ASGIApp] | None" = None
    """Wraps the app where it is served over HTTP (gateway)."""


class Chassis:
    """A running service. Made by `Chassis.run`; given to handlers, jobs and endpoints."""

    def __init__(
        self, service: Service, settings: ServiceSettings, transport: Transport, peers: Peers | None, clock: Clock
    ) -> None:
        self.service = service
        self.settings = settings
        self.transport = transport
        self.clock = clock
        self.db = Database.from_url(
            settings.database_url.get_secret_value(),
            service=service.name,
            clock=clock,
            connections=settings.database_connections,
        )
        secret = settings.service_secret.get_secret_value()
        self.peers = peers or http_peers(settings.peers, service.name, secret)
        cache = settings.data_dir / service.name / "fetched"
        self.artifacts = Artifacts.open(service.name, settings.artifacts_location, cache, self.peers)
        self.tokens = TokenVerifier(service.name, self._jwks, clock)
        self.directory: Directory = service.directory or ProjectedDirectory()
        self.metrics = Metrics(service.name, self.db.flow)
        self.key_gate = KeyGate()
        self.ready = False
        self.stopping = asyncio.Event()
        """Set at the very beginning of a stop: streams end on it."""
        self.workers: Workers | None = None
        self.state: dict[str, Any] = {}
        """The service's own live objects."""
        pace = RelayPace(rest_s=settings.relay_rest_ms / 1000.0)
        self.event_path = EventPath(
            self.db, transport, self._handlers(), service=service.name, chassis=self, clock=clock, pace=pace
        )

    @cached_property
    def app(self) -> "FastAPI":
        """The service's ASGI app."""
        from harmonic_chassis.http.app import create_app

        return create_app(self)

    @property
    def front(self) -> "ASGIApp":
        """The app as it is served over HTTP: behind the service's own edge, where it has one."""
        return self.service.edge(self, self.app) if self.service.edge else self.app

    @classmethod
    @asynccontextmanager
    async def run(
        cls,
        service: Service,
        settings: ServiceSettings,
        transport: Transport,
        *,
        roles: Set[Role] = ALL_ROLES,
        peers: Peers | None = None,
        clock: Clock | None = None,
    ) -> "AsyncIterator[Chassis]":
        """Open and start everything; at the end stop it in reverse, giving running work its grace. The transport is
        the caller's: several services may share it."""
        chassis = cls(service, settings, transport, peers, clock or SystemClock())
        tracing.configure(settings.traces_url)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(asyncio.to_thread, tracing.flush)
            stack.push_async_callback(chassis.db.close)
            stack.push_async_callback(chassis.peers.close)
            await chassis.db.start()
            await chassis._start_event_path(stack)
            await chassis._start_jobs(stack, roles)
            await chassis._start_service(stack)
            stack.callback(chassis.begin_stop)
            chassis.ready = True
            log.info("service started", extra={"service": service.name, "roles": sorted(roles)})
            yield chassis

    def begin_stop(self) -> None:
        """From now on not ready; streams end. Safe to call twice."""
        self.ready = False
        self.stopping.set()

    async def idle(self) -> bool:
        """Whether the outbox, the inbox and the queue of jobs are empty."""
        from harmonic_chassis.jobs import unfinished

        async with self.db.reading() as session:
            busy = await unfinished(session)
        return not busy and await self.event_path.idle()

    def _handlers(self) -> Handlers:
        whole = Handlers()
        whole.include(self.service.handlers)
        whole.include(cancel_handlers(self.service.name))
        if self.service.directory is None:
            whole.include(access.handlers)
            whole.include(forgetting.handlers)
        return whole

    async def _jwks(self) -> Jwks:
        if self.service.jwks is not None:
            return await self.service.jwks(self)
        answer = await self.peers.request("organization", "GET", "/.well-known/jwks.json", anonymous=True)
        if not answer.ok:
            raise RuntimeError(f"organization answers {answer.status} for its keys")
        return dict(answer.json())

    async def _start_event_path(self, stack: AsyncExitStack) -> None:
        stack.push_async_callback(self.event_path.stop)
        await self.event_path.start()

    async def _start_jobs(self, stack: AsyncExitStack, roles: Set[Role]) -> None:
        if "work" not in roles:
            return
        from harmonic_chassis.jobs.workers import Workers

        self.workers = Workers.of(self)
        stack.push_async_callback(self.workers.stop, self.settings.stop_grace_s)
        await self.workers.start()

    async def _start_service(self, stack: AsyncExitStack) -> None:
        stop = await self.service.on_start(self) if self.service.on_start else None
        if stop is not None:
            stack.push_async_callback(stop)
