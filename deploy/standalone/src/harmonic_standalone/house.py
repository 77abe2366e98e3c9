"""The composition root of the embedded platform: six services, one process, one folder, no broker.

Here, and only here, embedded differs from distributed: which transport, which peers, which upstreams, which settings.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp

from harmonic_chassis import migrate, settings
from harmonic_chassis.main import NAMES, load_service
from harmonic_chassis.peers import local_peers
from harmonic_chassis.service import Chassis, Service
from harmonic_chassis.settings import ServiceSettings
from harmonic_chassis.transport.local import LocalTransport
from harmonic_standalone.folder import DataFolder, HouseSecrets
from harmonic_standalone.versions import is_newest

ORDER = ("organization", "audio", "ai", "export", "gateway", "physics")
"""The order of starting; they stop in reverse. Who signs tokens is first. Physics is last: soon after its start it
loads its kernels in a thread, which would hold up the start of the others."""
assert set(ORDER) == set(NAMES)


@dataclass
class House:
    """The running platform. `front` is the application for the public port."""

    front: ASGIApp
    chassis: dict[str, Chassis] = field(default_factory=dict)

    def begin_stop(self) -> None:
        """Tell every service that the end has come: streams end, nothing new begins."""
        for each in self.chassis.values():
            each.begin_stop()

    async def idle(self) -> bool:
        """Whether no message and no job is under way anywhere."""
        return all(await asyncio.gather(*(each.idle() for each in self.chassis.values())))


def services() -> list[Service]:
    """All services, in the order of starting."""
    return [load_service(name) for name in ORDER]


def settings_of(
    service: Service, folder: DataFolder, secrets: HouseSecrets, given: Mapping[str, Any] | None = None
) -> ServiceSettings:
    """The settings of one service in this folder; the environment still sets what the folder does not decide."""
    decided: dict[str, Any] = {
        "database_url": folder.database_url(service.name),
        "data_dir": folder.path,
        "service_secret": secrets.service_secrets[service.name],
        "cursor_secret": secrets.cursor_secret,
    }
    if service.name == "organization":
        decided |= {"key_secret": secrets.key_secret, "service_secrets": secrets.service_secrets}
    fields = service.settings.model_fields
    chosen = {name: value for name, value in (given or {}).items() if name in fields}
    return settings.load(service.settings, **decided, **chosen)


async def migrate_all(folder: DataFolder) -> None:
    """Bring every database to the newest version. Costs next to nothing where nothing is to be done."""
    for service in services():
        if not is_newest(service, folder.database(service.name)):
            await migrate.upgrade(folder.database_url(service.name), service)


@asynccontextmanager
async def running(folder: DataFolder, given: Mapping[str, Any] | None = None) -> AsyncIterator[House]:
    """Own the folder, migrate it, and run the platform until the end of the block. `given` are settings by name."""
    async with AsyncExitStack() as stack:
        stack.enter_context(folder.owned())
        secrets = folder.secrets()
        await migrate_all(folder)
        transport = LocalTransport(hold=True)
        apps: dict[str, ASGIApp] = {}
        house = House(front=_not_yet)
        for service in services():
            chosen = settings_of(service, folder, secrets, given)
            peers = local_peers(apps, service.name, secrets.service_secrets[service.name])
            chassis = await stack.enter_async_context(Chassis.run(service, chosen, transport, peers=peers))
            house.chassis[service.name] = chassis
            apps[service.name] = chassis.app
        transport.release()
        house.front = _front(house, apps)
        stack.callback(house.begin_stop)
        yield house


def _front(house: House, apps: Mapping[str, ASGIApp]) -> ASGIApp:
    from harmonic_gateway.composition import front_door

    mounted = {name: app for name, app in apps.items() if name != "gateway"}
    return front_door(house.chassis["gateway"], apps["gateway"], mounted)


async def _not_yet(*_: object) -> None:
    raise RuntimeError("the house is still starting")
