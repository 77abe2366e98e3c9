"""A whole service: one event through every room, on every database and transport; nothing is lost over a stop."""

import asyncio
import json
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from harmonic_chassis.http import write as writes
from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.house import House, eventually, running
from harmonic_chassis.testing.sample.service import service
from harmonic_chassis.testing.sample.store import Note
from harmonic_chassis.transport.base import Transport
from harmonic_chassis.transport.local import LocalTransport
from harmonic_contracts.messages.operation import OPERATION_CHANGED
from harmonic_contracts.messages.physics import UniverseCreated
from harmonic_contracts.operations import OperationState


async def note(house: House, path: str) -> dict:
    answer = await house.client.get(path, headers=house.auth())
    assert answer.status_code == 200
    return answer.json()


async def test_an_event_goes_through_every_room(database_url: str, transport: Transport) -> None:
    """Request, outbox, relay, transport, inbox, handler, job, artifact, and back to the client by HTTP."""
    async with running(service, database_url=database_url, transport=transport) as house:
        made = await house.client.post("/v1/notes", json={"text": "seven letters"}, headers=house.auth())
        assert made.status_code == 201
        await house.drain()
        sha256 = (await note(house, made.headers["location"]))["sha256"]
        artifact = await house.client.get(f"/v1/artifacts/{sha256}", headers=house.auth())
        assert artifact.json() == {"letters": 13}
        (created,) = await house.emitted(UniverseCreated)
        assert created.name == "seven letters"
        states = [each.state for each in await house.emitted(OPERATION_CHANGED["physics"])]
        assert states[0] == OperationState.QUEUED and states[-1] == OperationState.SUCCEEDED
        history = (await house.client.get("/internal/events", headers=house.service_auth())).json()
        numbers = [event["number"] for event in history["events"]]
        assert numbers == list(range(1, len(numbers) + 1))


async def test_nothing_is_lost_over_a_stop(tmp_path: Path) -> None:
    """A service stopped right after a write goes on with it at the next start; the stop itself is quick."""
    async with running(service, data_dir=tmp_path) as house:
        made = await house.client.post("/v1/notes", json={"text": "x" * 200}, headers=house.auth())
        authority, who = house.authority, house.auth()
        begun = time.perf_counter()
    assert time.perf_counter() - begun < 5
    async with running(service, data_dir=tmp_path, authority=authority) as house:
        await house.drain()
        answer = await house.client.get(made.headers["location"], headers=who)
        assert answer.json()["sha256"] is not None


async def test_the_roles_of_a_service_are_apart(tmp_path: Path) -> None:
    """`serve` alone answers and queues; the job waits for a process that works."""
    async with running(service, data_dir=tmp_path, roles={"serve"}) as house:
        made = await house.client.post("/v1/notes", json={"text": "wait"}, headers=house.auth())
        states = await eventually(lambda: house.emitted(OPERATION_CHANGED["physics"]))
        assert [each.state for each in states] == [OperationState.QUEUED]
        assert not await house.chassis.idle()
        authority, who = house.authority, house.auth()
    async with running(service, data_dir=tmp_path, roles={"work"}, authority=authority) as house:
        await house.drain()
        assert (await house.client.get(made.headers["location"], headers=who)).json()["sha256"]


@pytest.mark.postgres
async def test_replicas_share_idempotency_keys(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same request to two replicas at once changes once: the second waits for the first's transaction, and is told
    to come back when that takes too long."""
    first, second = LocalTransport(), LocalTransport()
    async with running(service, database_url=postgres_url, transport=first, roles={"serve"}) as one:
        replica = running(
            service, database_url=postgres_url, transport=second, roles={"serve"}, authority=one.authority
        )
        async with replica as two:
            headers = one.auth() | {"Idempotency-Key": new_id()}
            calls = [house.client.post("/v1/notes", json={"text": "both"}, headers=headers) for house in (one, two) * 4]
            answers = await asyncio.gather(*calls)
            assert {answer.status_code for answer in answers} == {201}
            assert len({answer.content for answer in answers}) == 1
            async with one.chassis.db.reading() as session:
                assert await session.scalar(select(func.count()).select_from(Note)) == 1
            monkeypatch.setattr(writes, "WAIT_S", 0.1)
            key = writes._Key(one.user_id, new_id(), "0" * 64)
            async with one.chassis.db.transaction() as uow:
                assert await writes._claim(uow, key)
                late = one.auth() | {"Idempotency-Key": key.key}
                answer = await two.client.post("/v1/notes", json={"text": "late"}, headers=late)
            assert answer.status_code == 409 and "retry-after" in answer.headers


async def test_a_job_keeps_the_context_of_its_cause(tmp_path: Path) -> None:
    """What a job says carries the correlation and the actor of the request behind it."""
    async with running(service, data_dir=tmp_path) as house:
        correlation = new_id()
        headers = house.auth() | {"X-Correlation-Id": correlation}
        await house.client.post("/v1/notes", json={"text": "why"}, headers=headers)
        await house.drain()
        answer = await house.client.get("/internal/events", headers=house.service_auth())
        events = json.loads(answer.content)["events"]
        assert {event["correlationid"] for event in events} == {correlation}
        assert {event["actorid"] for event in events} == {house.user_id}
