"""Care of an installation that does not run: versions, drift, cleanup, rebuilding. What writes owns the folder."""

import asyncio

from harmonic_chassis import migrate
from harmonic_chassis.rebuild import rebuild as rebuild_projections
from harmonic_chassis.reconcile import DatabaseEvents, EventSource
from harmonic_chassis.service import Chassis, Service
from harmonic_chassis.upkeep import care_now
from harmonic_standalone.folder import DataFolder
from harmonic_standalone.house import ORDER, running, services

LOOK_S = 0.05


class UnknownService(LookupError):
    """There is no such service."""


async def upgrade(folder: DataFolder, name: str | None, revision: str) -> dict[str, str]:
    """Bring databases up; gives the version that each is at."""
    with folder.owned():
        for service in _chosen(name):
            await migrate.upgrade(folder.database_url(service.name), service, revision)
        return await _versions(folder, name)


async def downgrade(folder: DataFolder, name: str, revision: str) -> dict[str, str]:
    """Bring one database down; gives the version that it is at."""
    with folder.owned():
        for service in _chosen(name):
            await migrate.downgrade(folder.database_url(service.name), service, revision)
        return await _versions(folder, name)


async def verify(folder: DataFolder, name: str | None) -> dict[str, list[str]]:
    """What is wrong with the version of each database."""
    found: dict[str, list[str]] = {}
    for service in _chosen(name):
        try:
            await migrate.verify(_existing(folder, service), service)
            found[service.name] = []
        except (migrate.NotMigrated, FileNotFoundError) as error:
            found[service.name] = [str(error)]
    return found


async def drift(folder: DataFolder, name: str | None) -> dict[str, list[str]]:
    """How each database differs from the models."""
    found: dict[str, list[str]] = {}
    for service in _chosen(name):
        try:
            found[service.name] = await migrate.drift(_existing(folder, service), service)
        except FileNotFoundError as error:
            found[service.name] = [str(error)]
    return found


async def cleanup(folder: DataFolder) -> dict[str, dict[str, int]]:
    """Do now what every service else does on schedule: remove what is past its time. Gives how much of each."""
    async with running(folder) as house:
        return {name: await care_now(chassis.db, chassis.service) for name, chassis in house.chassis.items()}


async def rebuild(folder: DataFolder, name: str | None) -> dict[str, dict[str, int]]:
    """Make projections anew from the event logs. Gives how many rows each table has. Raises CannotRebuild."""
    chosen = [service.name for service in _chosen(name)]
    async with running(folder) as house:
        logs = DatabaseEvents({each: chassis.db for each, chassis in house.chassis.items()})
        return {each: await rebuild_at_rest(house.chassis[each], logs) for each in chosen}


async def rebuild_at_rest(chassis: Chassis, logs: EventSource) -> dict[str, int]:
    """Rebuild while the service neither says nor handles anything: on SQLite its one writer is busy with this."""
    while not await chassis.event_path.idle():  # noqa: ASYNC110  # what it waits for is in the database
        await asyncio.sleep(LOOK_S)
    await chassis.event_path.stop()
    try:
        return await rebuild_projections(chassis, logs)
    finally:
        await chassis.event_path.start()


def _chosen(name: str | None) -> list[Service]:
    if name is not None and name not in ORDER:
        raise UnknownService(f"There is no service {name}. Choose one of {', '.join(ORDER)}.")
    return [service for service in services() if name in {None, service.name}]


def _existing(folder: DataFolder, service: Service) -> str:
    if not folder.database(service.name).exists():
        raise FileNotFoundError(f"{folder.database(service.name)} does not exist: run `harmonic db upgrade`")
    return folder.database_url(service.name)


async def _versions(folder: DataFolder, name: str | None) -> dict[str, str]:
    found = {}
    for service in _chosen(name):
        at = await migrate.current(folder.database_url(service.name), service)
        found[service.name] = ", ".join(at) or "no version"
    return found
