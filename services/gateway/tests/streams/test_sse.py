"""Streams over real sockets: numbered events without gap or repeat, fine progress between them, and an end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import orjson
import pytest
from starlette.types import ASGIApp

from harmonic_chassis.testing.house import House
from harmonic_contracts.messages.audio import SoundscapeCreated
from harmonic_contracts.messages.operation import OPERATION_CHANGED
from harmonic_contracts.messages.physics import Simulate
from harmonic_contracts.operations import OperationState
from harmonic_gateway.testing import samples
from harmonic_gateway.testing.samples import SOUNDSCAPE, UNIVERSE


class Stream:
    """Reads server-sent events from a response."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self.answer = answer

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        event: dict[str, Any] = {}
        async for line in self.answer.content:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if not line.strip():
                if "event" in event:
                    yield event
                event = {}
            elif name:
                event[name] = orjson.loads(value) if name == "data" else value

    async def next(self) -> dict[str, Any]:
        return await asyncio.wait_for(anext(self.events()), 10)

    async def rest(self) -> list[dict[str, Any]]:
        return await asyncio.wait_for(self._rest(), 10)

    async def _rest(self) -> list[dict[str, Any]]:
        return [event async for event in self.events()]


class Client:
    """A signed-in client before the front door on a real port."""

    def __init__(self, session: aiohttp.ClientSession, url: str, house: House) -> None:
        self.session = session
        self.url = url
        self.house = house

    def follow(self, path: str, **headers: str) -> Any:
        return self.session.get(self.url + path, headers={**self.house.auth(), **headers})

    async def begin(self) -> str:
        body = {"universe_id": UNIVERSE}
        async with self.session.post(f"{self.url}/v1/performances", json=body, headers=self.house.auth()) as answer:
            return str((await answer.json())["operation_id"])


@pytest.fixture
async def client(house: House, door: ASGIApp, serve: Callable[[ASGIApp], Any]) -> AsyncIterator[Client]:
    served = await serve(door)
    async with aiohttp.ClientSession() as session:
        yield Client(session, served.url, house)


async def run_to_the_end(house: House) -> None:
    """Let the other services complete every step."""
    await house.drain()
    (simulate,) = await house.emitted(Simulate)
    await house.deliver(samples.simulated(simulate.simulation_id, house.organization_id))
    await house.drain()
    operation = await step_ids(house)
    await house.deliver(samples.rendered(operation["render"], operation["simulate"], house.organization_id))
    await house.drain()
    operation = await step_ids(house)
    await house.deliver(samples.exported(operation["export"], house.organization_id))
    await house.drain()


async def step_ids(house: House) -> dict[str, str]:
    answer = await house.client.get("/v1/operations", headers=house.auth())
    return {step["name"]: step["operation_id"] for step in answer.json()["items"][0]["steps"]}


async def test_an_operation_is_followed_to_its_end(client: Client, house: House) -> None:
    """Every state once, in order, and then the stream ends by itself."""
    operation_id = await client.begin()
    async with client.follow(f"/v1/operations/{operation_id}/events") as answer:
        assert answer.content_type == "text/event-stream"
        stream = Stream(answer)
        first = await stream.next()
        assert first["data"]["state"] == "running"
        await run_to_the_end(house)
        events = [first, *await stream.rest()]
    numbers = [int(event["id"]) for event in events]
    assert numbers == sorted(set(numbers))
    assert [event["data"]["state"] for event in events] == ["running", "running", "running", "succeeded"]


async def test_a_broken_stream_goes_on_where_it_broke(client: Client, house: House) -> None:
    """With Last-Event-ID, or `after`, the rest comes: what was seen and what comes make the whole, nothing twice."""
    operation_id = await client.begin()
    await run_to_the_end(house)
    path = f"/v1/operations/{operation_id}/events"
    async with client.follow(path) as answer:
        whole = await Stream(answer).rest()
    for place, event in enumerate(whole):
        async with client.follow(path, **{"Last-Event-ID": event["id"]}) as answer:
            assert await Stream(answer).rest() == whole[place + 1 :]
        async with client.follow(f"{path}?after={event['id']}") as answer:
            assert await Stream(answer).rest() == whole[place + 1 :]


async def test_fine_progress_comes_between_without_a_number(client: Client, house: House) -> None:
    """What a step broadcasts refines the progress of its performance."""
    operation_id = await client.begin()
    async with client.follow(f"/v1/operations/{operation_id}/events") as answer:
        stream = Stream(answer)
        step = (await stream.next())["data"]["steps"][0]["operation_id"]
        payload = {"operation_id": step, "organization_id": house.organization_id, "progress": 0.6}
        await house.chassis.transport.broadcast("physics.operation.progress", payload)
        event = await stream.next()
    assert event["event"] == "progress"
    assert "id" not in event
    told = {"operation_id": operation_id, "progress": 0.2, "step": "simulate", "step_progress": 0.6}
    assert event["data"] == told
    read = await house.client.get(f"/v1/operations/{operation_id}", headers=house.auth())
    assert read.json()["progress"] == 0.2


async def test_a_just_created_operation_is_waited_for(
    client: Client, house: House, fresh_id: Callable[[], str]
) -> None:
    """A reader who is faster than the event gets the operation, not 404."""
    operation_id = fresh_id()
    reading = asyncio.create_task(house.client.get(f"/v1/operations/{operation_id}", headers=house.auth()))
    await asyncio.sleep(0.2)
    change = OPERATION_CHANGED["ai"](
        operation_id=operation_id, kind="ai.suggest", organization_id=house.organization_id, state=OperationState.QUEUED
    )
    await house.deliver(change)
    answer = await reading
    assert (answer.status_code, answer.json()["kind"]) == (200, "ai.suggest")


async def test_domain_events_are_followed_and_resumed(client: Client, house: House) -> None:
    """Each is a CloudEvent under its type; after any of them, the following ones come, and nobody else's."""
    for number in range(1, 4):
        event = SoundscapeCreated(
            soundscape_id=SOUNDSCAPE, universe_id=UNIVERSE, organization_id=house.organization_id, revision=number
        )
        await house.deliver(event)
    await house.deliver(event.model_copy(update={"organization_id": SOUNDSCAPE}), organization_id=SOUNDSCAPE)
    await house.drain()
    async with client.follow("/v1/events?after=0") as answer:
        stream = Stream(answer)
        seen = [await stream.next() for _ in range(3)]
    assert {event["event"] for event in seen} == {"audio.soundscape.created.v1"}
    assert [event["data"]["data"]["revision"] for event in seen] == [1, 2, 3]
    async with client.follow("/v1/events", **{"Last-Event-ID": seen[1]["id"]}) as answer:
        assert (await Stream(answer).next()) == seen[2]


async def test_who_is_no_member_follows_nothing(client: Client, house: House, fresh_id: Callable[[], str]) -> None:
    """A stranger's stream of the operation is 404; so is a foreign organization's; a false place is 422."""
    operation_id = await client.begin()
    stranger = house.auth(user_id=fresh_id(), organization_id=fresh_id())
    path = f"/v1/operations/{operation_id}/events"
    assert (await house.client.get(path, headers=stranger)).status_code == 404
    foreign = f"/v1/events?organization_id={house.organization_id}"
    assert (await house.client.get(foreign, headers=stranger)).status_code == 404
    assert (await house.client.get("/v1/events?after=nonsense", headers=house.auth())).status_code == 422
    assert (await house.client.get(f"{path}?after=-1", headers=house.auth())).status_code == 422


async def test_streams_end_when_the_service_stops(client: Client, house: House) -> None:
    """A stop does not wait for those who listen."""
    operation_id = await client.begin()
    async with client.follow(f"/v1/operations/{operation_id}/events") as answer:
        stream = Stream(answer)
        await stream.next()
        house.chassis.begin_stop()
        assert await stream.rest() == []
