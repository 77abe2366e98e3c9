"""Dedupe never forgets, and the logs are enough: on the real services, in one process."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import delete, select, text

from harmonic_chassis import event_log
from harmonic_chassis.projections import Projection, projection_hash, projections_of
from harmonic_chassis.rebuild import CannotRebuild, rebuild
from harmonic_chassis.reconcile import DatabaseEvents
from harmonic_chassis.service import Chassis
from harmonic_chassis.tables import metadata
from harmonic_chassis.tables.event_path import reconciled
from harmonic_standalone import care
from harmonic_standalone.folder import DataFolder
from harmonic_standalone.house import House, running

pytestmark = pytest.mark.asyncio(loop_scope="module")
GENEROUS = {"caller_rate": "100000/minute", "secrets_rate": "100000/minute"}
ORBITS = {"system": "orbits", "name": "Two", "preset": "figure-eight"}
KEEPERS = {"outbox", "event_log", "relay_lease", "inbox", "seen", "reconciled", "subject_sequence", "schedule"}
"""Tables of the event path's own bookkeeping, and of what is due by the clock."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def folder(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    return DataFolder(tmp_path_factory.mktemp("house"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(folder: DataFolder) -> AsyncIterator[House]:
    """A platform in which two people worked: universes made, revised, published, deleted; one account erased."""
    async with running(folder, GENEROUS) as house:
        transport = httpx2.ASGITransport(app=house.front)
        async with httpx2.AsyncClient(transport=transport, base_url="http://house") as client:
            await _work(client)
        await _idle(house)
        yield house


async def _work(client: httpx2.AsyncClient) -> None:
    ada, bob = [await _register(client, name) for name in ("ada", "bob")]
    for auth in (ada, bob):
        for number in range(4):
            made = await client.post("/v1/universes", json={**ORBITS, "name": f"Number {number}"}, headers=auth)
            assert made.status_code == 201, made.text
            where, document = made.headers["location"], made.json()
            changed = {**ORBITS, "name": "Renamed", "visibility": "public" if number % 2 else "private"}
            match = auth | {"If-Match": made.headers["etag"]}
            answer = await client.put(where, json=changed, headers=match)
            assert answer.status_code == 200, (answer.text, document)
            if number == 3:
                gone = await client.delete(where, headers=auth | {"If-Match": answer.headers["etag"]})
                assert gone.status_code == 204, gone.text
    archive = {"content": b"no bundle at all", "headers": ada | {"Content-Type": "application/zip"}}
    assert (await client.post("/v1/imports", **archive)).status_code == 202  # an operation, though it fails
    erasure = {"password": "a long pass phrase of bob"}
    assert (await client.post("/v1/me/erasure", json=erasure, headers=bob)).status_code == 202


async def _register(client: httpx2.AsyncClient, name: str) -> dict[str, str]:
    body = {"email": f"{name}@example.org", "password": f"a long pass phrase of {name}"}
    answer = await client.post("/v1/auth/register", json=body)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def _idle(house: House) -> None:
    async with asyncio.timeout(60):
        while not (await house.idle() and await house.idle()):  # noqa: ASYNC110  # the work lies in databases
            await asyncio.sleep(0.05)


async def whole(chassis: Chassis) -> str:
    """A hash of every row that a service's database holds, the event path's own bookkeeping apart."""
    tables = [*metadata.sorted_tables, *chassis.service.metadata.sorted_tables]
    async with chassis.db.reading() as session:
        return await projection_hash(session, [Projection(table) for table in tables if table.name not in KEEPERS])


async def projected(chassis: Chassis) -> str:
    async with chassis.db.reading() as session:
        return await projection_hash(session, projections_of(chassis.service))


def logs(house: House) -> DatabaseEvents:
    return DatabaseEvents({name: chassis.db for name, chassis in house.chassis.items()})


async def test_replaying_all_logs_changes_no_database(house: House) -> None:
    """Every producer's whole log, delivered again to every consumer, by reconciliation and past the broker: each
    database is the same to the last row."""
    before = {name: await whole(chassis) for name, chassis in house.chassis.items()}
    replayed = 0
    for producer in house.chassis.values():
        async with producer.db.reading() as session:
            page = await event_log.read(session, limit=100_000)
        replayed += len(page.events)
        for consumer in house.chassis.values():
            for inbox in consumer.event_path._inboxes.values():
                await inbox.receive(page.events)
    for chassis in house.chassis.values():
        async with chassis.db.transaction() as uow:
            await uow.session.execute(delete(reconciled))
        await chassis.event_path.reconcile()
    await _idle(house)
    assert replayed > 30
    assert {name: await whole(chassis) for name, chassis in house.chassis.items()} == before


@pytest.mark.parametrize("name", ["audio", "ai", "export", "gateway", "physics"])
async def test_projections_rebuilt_from_the_logs_are_the_same(house: House, name: str) -> None:
    """What a service knows of others is thrown away and made again from the logs alone, to the last row."""
    chassis = house.chassis[name]
    before = await projected(chassis)
    projections = projections_of(chassis.service)
    async with chassis.db.transaction() as uow:
        for each in projections:
            await uow.session.execute(delete(each.table) if each.only is None else delete(each.table).where(each.only))
    assert await projected(chassis) != before
    rows = await care.rebuild_at_rest(chassis, logs(house))
    assert sum(rows.values()) > 0
    assert await projected(chassis) == before


async def test_a_rebuild_mends_a_spoilt_projection(house: House) -> None:
    """Rows that were changed, lost or made up behind the service's back are right again; its own rows stay."""
    chassis = house.chassis["audio"]
    before, own = await projected(chassis), await _own(chassis)
    async with chassis.db.transaction() as uow:
        await uow.session.execute(text("UPDATE universe SET visibility = 'public', revision = 99"))
        await uow.session.execute(text("DELETE FROM membership"))
    await care.rebuild_at_rest(chassis, logs(house))
    assert (await projected(chassis), await _own(chassis)) == (before, own)


async def _own(chassis: Chassis) -> list[object]:
    async with chassis.db.reading() as session:
        return list((await session.execute(text("SELECT * FROM soundscape_revision ORDER BY 1, 2"))).all())


async def test_a_rebuild_says_and_starts_nothing(house: House) -> None:
    """Handlers run again, but no event is said, no command given and no job started by it."""
    chassis = house.chassis["ai"]
    counted = "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM event_log) + (SELECT count(*) FROM job)"
    async with chassis.db.reading() as session:
        before = await session.scalar(text(counted))
    await care.rebuild_at_rest(chassis, logs(house))
    async with chassis.db.reading() as session:
        assert await session.scalar(text(counted)) == before


async def test_a_rebuild_without_a_log_changes_nothing(house: House) -> None:
    """Where a producer's log cannot be read the projections stay as they are, and the error names the producer."""
    chassis = house.chassis["export"]
    before = await projected(chassis)
    with pytest.raises(CannotRebuild, match="audio does not answer"):
        await rebuild(chassis, DatabaseEvents({"organization": house.chassis["organization"].db}))
    assert await projected(chassis) == before


async def test_a_hash_sees_every_difference(house: House) -> None:
    """One changed value in one row is another hash."""
    chassis = house.chassis["gateway"]
    before = await projected(chassis)
    async with chassis.db.transaction() as uow:
        membership = metadata.tables["membership"]
        user = await uow.session.scalar(select(membership.c.user_id).limit(1))
        changed = membership.update().where(membership.c.user_id == user).values(role="viewer")
        await uow.session.execute(changed)
        assert await projection_hash(uow.session, projections_of(chassis.service)) != before
        await uow.session.rollback()


async def test_the_command_rebuilds_an_installation_at_rest(tmp_path: Path) -> None:
    """`harmonic db rebuild` owns the folder, makes the projections of all services anew and says what they hold."""
    folder = DataFolder(tmp_path / "house")
    async with running(folder, GENEROUS) as house:
        transport = httpx2.ASGITransport(app=house.front)
        async with httpx2.AsyncClient(transport=transport, base_url="http://house") as client:
            await _register(client, "eve")
        await _idle(house)
    rows = await care.rebuild(folder, None)
    assert rows["audio"]["membership"] == 1
    assert rows["organization"] == {}
    assert (await care.rebuild(folder, "audio")).keys() == {"audio"}
