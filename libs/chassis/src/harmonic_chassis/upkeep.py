"""Care of one service by command: versions of its database, drift, cleanup now instead of on schedule, projections made
anew."""

import asyncio
import logging

from harmonic_chassis import migrate
from harmonic_chassis.clock import SystemClock
from harmonic_chassis.database import Database
from harmonic_chassis.jobs import care
from harmonic_chassis.jobs.reading import read
from harmonic_chassis.jobs.submission import SYSTEM_ORGANIZATION, submit
from harmonic_chassis.peer_events import PeerEvents
from harmonic_chassis.rebuild import CannotRebuild, rebuild
from harmonic_chassis.service import Chassis, Service
from harmonic_chassis.settings import ServiceSettings
from harmonic_chassis.transport.local import LocalTransport
from harmonic_contracts.operations import Operation, OperationState

log = logging.getLogger(__name__)
COMMANDS = ("migrate", "downgrade", "verify", "drift", "cleanup", "rebuild")
LOOK_S = 0.05
PATIENCE_S = 300.0


class NobodyWorks(TimeoutError):
    """The care was asked for and no worker did it."""


async def run(command: str, service: Service, chosen: ServiceSettings, revision: str | None) -> int:
    """Do one of `COMMANDS` and log what came of it; returns the exit code."""
    url = chosen.database_url.get_secret_value()
    match command:
        case "migrate":
            await migrate.upgrade(url, service, revision or "head")
        case "downgrade":
            await migrate.downgrade(url, service, revision or "base")
        case "cleanup":
            return await _cleanup(url, service)
        case "rebuild":
            return await _rebuild(service, chosen)
        case "drift":
            return _report(service, await migrate.drift(url, service))
        case "verify":
            return _report(service, await _faults(url, service))
    log.info("migrated", extra={"versions": await migrate.current(url, service)})
    return 0


async def care_now(db: Database, service: Service, patience_s: float = PATIENCE_S) -> dict[str, int]:
    """Have the service's workers do all scheduled care at once; returns how much of each thing went. Raises NobodyWorks
    when it is not done in time; it stays ordered."""
    async with db.transaction() as uow:
        ordered = [
            await submit(uow, each.kind, each.payload, organization_id=SYSTEM_ORGANIZATION, public=False)
            for each in (*care.SCHEDULES, *service.schedules)
        ]
    counts: dict[str, int] = {}
    try:
        async with asyncio.timeout(patience_s):
            for job_id in ordered:
                result = (await _ended(db, job_id)).result or {}
                counts |= {what: count for what, count in result.items() if isinstance(count, int)}
    except TimeoutError:
        raise NobodyWorks(
            f"No worker of {service.name} did the cleanup in {patience_s:.0f} s. It stays ordered: start one with "
            f"`python -m harmonic_chassis work {service.name}`"
        ) from None
    return counts


async def _ended(db: Database, job_id: str) -> Operation:
    while True:
        async with db.reading() as session:
            operation = await read(session, job_id, organization_id=SYSTEM_ORGANIZATION)
        if operation is not None and operation.state.final:
            if operation.state is not OperationState.SUCCEEDED:
                log.error("care failed", extra={"kind": operation.kind, "problem": operation.problem})
            return operation
        await asyncio.sleep(LOOK_S)


async def _cleanup(url: str, service: Service) -> int:
    db = Database.from_url(url, service=service.name)
    try:
        await db.start()
        log.info("cleaned", extra={"counts": await care_now(db, service)})
    except NobodyWorks as error:
        log.error(str(error))
        return 1
    finally:
        await db.close()
    return 0


async def _rebuild(service: Service, chosen: ServiceSettings) -> int:
    chassis = Chassis(service, chosen, LocalTransport(), None, SystemClock())
    try:
        rows = await rebuild(chassis, PeerEvents(chassis.peers, chassis.db))
        log.info("projections rebuilt from the event logs", extra={"rows": rows})
    except CannotRebuild as error:
        log.error(str(error))
        return 1
    finally:
        await chassis.peers.close()
        await chassis.db.close()
    return 0


async def _faults(url: str, service: Service) -> list[str]:
    try:
        await migrate.verify(url, service)
    except migrate.NotMigrated as error:
        return [str(error)]
    return []


def _report(service: Service, faults: list[str]) -> int:
    for fault in faults:
        log.error(fault)
    if not faults:
        log.info("the database is as the code needs it", extra={"service": service.name})
    return 1 if faults else 0
