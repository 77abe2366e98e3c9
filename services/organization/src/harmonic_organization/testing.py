"""What this service's tests stand on: its app on a database, without relay or workers, and a clock that tests set."""

import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import select

from harmonic_chassis.peers import local_peers
from harmonic_chassis.service import Chassis
from harmonic_chassis.tables.event_path import outbox
from harmonic_chassis.transport.local import LocalTransport
from harmonic_organization.application.desk import Desk, desk_of
from harmonic_organization.service import service
from harmonic_organization.settings import OrganizationSettings

PASSWORD = "correct horse battery staple"  # noqa: S105 known to all
SECRETS = {"gateway": "gateway-secret-0123456789", "physics": "physics-secret-0123456789"}


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, 12, tzinfo=UTC)
        self.seconds = 0.0

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.seconds

    def move(self, **by: float) -> None:
        """Let time pass."""
        step = timedelta(**by)
        self.time += step
        self.seconds += step.total_seconds()


@dataclass
class User:
    """Somebody with an account and a session."""

    user_id: str
    organization_id: str
    project_id: str
    email: str
    access_token: str
    refresh_token: str
    headers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.headers = {"Authorization": f"Bearer {self.access_token}"}


@dataclass
class Office:
    """The service, its client and what lies behind them."""

    client: httpx2.AsyncClient
    chassis: Chassis
    clock: HandClock

    @property
    def desk(self) -> Desk:
        return desk_of(self.chassis)

    async def sign_up(self, name: str = "ada") -> User:
        """A new account."""
        body = {"email": f"{name}@example.org", "password": PASSWORD}
        answer = await self.client.post("/v1/auth/register", json=body)
        assert answer.status_code == 201, answer.text
        return self.user(answer, body["email"])

    def user(self, answer: httpx2.Response, email: str = "") -> User:
        """The user of a reply with tokens."""
        got = answer.json()
        names = ("user_id", "organization_id", "project_id", "access_token", "refresh_token")
        return User(**{name: got[name] for name in names}, email=email)

    async def login(self, email: str, password: str = PASSWORD, **headers: str) -> httpx2.Response:
        """A sign-in."""
        return await self.client.post("/v1/auth/login", json={"email": email, "password": password}, headers=headers)

    async def refresh(self, token: str) -> httpx2.Response:
        """The next tokens."""
        return await self.client.post("/v1/auth/refresh", json={"refresh_token": token})

    async def events(self) -> list[dict[str, Any]]:
        """Every envelope said so far, in order."""
        async with self.chassis.db.reading() as session:
            rows = await session.execute(outbox.select().order_by(outbox.c.position))
            return [json.loads(row.envelope) for row in rows]

    async def said(self) -> list[str]:
        """The types of all events, without `organization.` and version."""
        return [each["type"].removeprefix("organization.").removesuffix(".v1") for each in await self.events()]

    async def dump(self) -> str:
        """Everything in the service's tables, the outbox included, as text."""
        async with self.chassis.db.reading() as session:
            tables = [*service.metadata.sorted_tables, outbox]
            return repr([list(await session.execute(select(table))) for table in tables])


class Opener:
    """Opens the service on one database, as often as a test likes; its clock goes on."""

    def __init__(self, database_url: str, data_dir: Path) -> None:
        self.database_url = database_url
        self.data_dir = data_dir
        self.clock = HandClock()

    def __call__(self, **settings: Any) -> AbstractAsyncContextManager[Office]:
        """The service with these settings."""
        given = {
            "database_url": self.database_url,
            "service_secret": "organization-secret-0123456789",
            "cursor_secret": "cursor-secret-0123456789",
            "key_secret": "key-secret-0123456789",
            "service_secrets": SECRETS,
            "data_dir": self.data_dir,
            "argon2_time_cost": 1,
            "argon2_memory_kib": 64,
            "trusted_proxies": ["127.0.0.0/8"],
        }
        return self._open(OrganizationSettings(**{**given, **settings}))

    @asynccontextmanager
    async def _open(self, settings: OrganizationSettings) -> AsyncIterator[Office]:
        chassis = Chassis(service, settings, LocalTransport(), local_peers({}, "organization", "none"), self.clock)
        transport = httpx2.ASGITransport(app=chassis.app)
        try:
            assert service.on_start is not None
            await service.on_start(chassis)
            async with httpx2.AsyncClient(transport=transport, base_url="http://organization") as client:
                yield Office(client, chassis, self.clock)
        finally:
            await chassis.db.close()
