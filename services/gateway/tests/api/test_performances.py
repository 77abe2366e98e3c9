"""A performance through the gateway's own edge, with the other services' events coming in by the transport."""

from typing import Any

import httpx2

from harmonic_chassis.testing.house import House
from harmonic_contracts.messages.audio import Render, SoundscapeCreated
from harmonic_contracts.messages.export import Package
from harmonic_contracts.messages.gateway import PerformanceCompleted, PerformanceFailed
from harmonic_contracts.messages.operation import CANCEL_OPERATION
from harmonic_contracts.messages.physics import Simulate, SimulationFailed
from harmonic_contracts.roles import Role
from harmonic_gateway.testing import samples
from harmonic_gateway.testing.neighbours import Neighbours
from harmonic_gateway.testing.samples import FOREIGN, SOUNDSCAPE, UNIVERSE


async def begin(house: House, client: httpx2.AsyncClient, **body: Any) -> dict[str, Any]:
    """Begin a performance of the one universe; gives the operation."""
    answer = await client.post("/v1/performances", json={"universe_id": UNIVERSE, **body}, headers=house.auth())
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


async def read(house: House, client: httpx2.AsyncClient, path: str) -> dict[str, Any]:
    answer = await client.get(path, headers=house.auth())
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_performance_goes_from_request_to_files(house: House, outside: httpx2.AsyncClient) -> None:
    """Each completed event begins the next step with the pinned revisions; the end carries the files and the facts."""
    begun = await begin(house, outside, seed=7)
    await house.drain()
    (simulate,) = await house.emitted(Simulate)
    assert (simulate.revision, simulate.seed) == (2, 7)

    await house.deliver(samples.simulated(simulate.simulation_id, house.organization_id))
    await house.drain()
    (render,) = await house.emitted(Render)
    assert (render.soundscape_id, render.soundscape_revision) == (SOUNDSCAPE, 3)

    await house.deliver(samples.rendered(render.rendering_id, simulate.simulation_id, house.organization_id))
    await house.drain()
    (package,) = await house.emitted(Package)
    assert package.universe_revision == 2

    await house.deliver(samples.exported(package.export_id, house.organization_id))
    await house.drain()
    operation = await read(house, outside, f"/v1/operations/{begun['operation_id']}")
    assert (operation["state"], operation["progress"]) == ("succeeded", 1.0)
    assert [step["name"] for step in operation["steps"]] == ["simulate", "render", "export"]
    assert all(step["wall_seconds"] is not None for step in operation["steps"])
    assert operation["result"]["files"][0]["url"] == f"/v1/artifacts/export/{'1' * 64}"
    performance = await read(house, outside, f"/v1/performances/{begun['performance_id']}")
    assert performance["facts"]["notes"] == 70
    assert len(await house.emitted(PerformanceCompleted)) == 1


async def test_a_performance_waits_for_its_default_soundscape(
    house: House, outside: httpx2.AsyncClient, neighbours: Neighbours
) -> None:
    """Without a soundscape nothing is simulated; the event that tells of one sets the performance going."""
    neighbours.soundscape = None
    begun = await begin(house, outside)
    assert begun["state"] == "queued"
    assert await house.emitted(Simulate) == []
    event = SoundscapeCreated(
        soundscape_id=SOUNDSCAPE, universe_id=UNIVERSE, organization_id=house.organization_id, revision=1
    )
    await house.deliver(event)
    await house.drain()
    assert len(await house.emitted(Simulate)) == 1
    performance = await read(house, outside, f"/v1/performances/{begun['performance_id']}")
    assert performance["soundscape"] == {"id": SOUNDSCAPE, "revision": 1}


async def test_a_failed_step_fails_the_performance_with_its_reason(house: House, outside: httpx2.AsyncClient) -> None:
    """The reason that the step gave is what the client reads."""
    begun = await begin(house, outside)
    await house.drain()
    (simulate,) = await house.emitted(Simulate)
    failed = SimulationFailed(
        simulation_id=simulate.simulation_id,
        universe_id=UNIVERSE,
        organization_id=house.organization_id,
        reason="two bodies met",
    )
    await house.deliver(failed)
    await house.drain()
    operation = await read(house, outside, f"/v1/operations/{begun['operation_id']}")
    assert (operation["state"], operation["problem"]["detail"]) == ("failed", "two bodies met")
    (said,) = await house.emitted(PerformanceFailed)
    assert (said.step, said.reason) == ("simulate", "two bodies met")


async def test_cancel_ends_the_performance_and_takes_its_step_back(house: House, outside: httpx2.AsyncClient) -> None:
    """The running step's service is told to cancel; what it may still say changes nothing."""
    begun = await begin(house, outside)
    path = f"/v1/operations/{begun['operation_id']}/cancel"
    assert (await outside.post(path, headers=house.auth())).status_code == 202
    await house.drain()
    (simulate,) = await house.emitted(Simulate)
    (order,) = await house.emitted(CANCEL_OPERATION["physics"])
    assert order.operation_id == simulate.simulation_id
    await house.deliver(samples.simulated(simulate.simulation_id, house.organization_id))
    await house.drain()
    operation = await read(house, outside, f"/v1/operations/{begun['operation_id']}")
    assert operation["state"] == "cancelled"
    assert await house.emitted(Render) == []
    assert (await outside.post(path, headers=house.auth())).status_code == 409


async def test_what_the_caller_may_not_see_is_not_performed(house: House, outside: httpx2.AsyncClient) -> None:
    """A foreign universe is 404, a viewer gets 403, a revision of the future 422; nothing is begun."""
    auth = house.auth()
    foreign = await outside.post("/v1/performances", json={"universe_id": FOREIGN}, headers=auth)
    assert foreign.status_code == 404
    viewer = house.auth(user_id=FOREIGN, role=Role.VIEWER)
    refused = await outside.post("/v1/performances", json={"universe_id": UNIVERSE}, headers=viewer)
    assert refused.status_code == 403
    future = await outside.post("/v1/performances", json={"universe_id": UNIVERSE, "revision": 9}, headers=auth)
    assert future.status_code == 422
    assert future.json()["errors"][0]["allowed"] == "1 to 2"
    assert await house.emitted(Simulate) == []


async def test_a_repeated_request_begins_one_performance(house: House, outside: httpx2.AsyncClient) -> None:
    """The same Idempotency-Key gives the same operation; with another body it is refused."""
    headers = {**house.auth(), "Idempotency-Key": "once"}
    first = await outside.post("/v1/performances", json={"universe_id": UNIVERSE}, headers=headers)
    again = await outside.post("/v1/performances", json={"universe_id": UNIVERSE}, headers=headers)
    assert first.json() == again.json()
    other = await outside.post("/v1/performances", json={"universe_id": UNIVERSE, "seed": 1}, headers=headers)
    assert other.status_code == 422
    assert len(await house.emitted(Simulate)) == 1


async def test_operations_are_listed_for_members_alone(
    house: House, outside: httpx2.AsyncClient, fresh_id: Any
) -> None:
    """The list pages through the caller's organizations; a stranger sees none of it, and 404 for the one."""
    begun = [(await begin(house, outside, seed=seed))["operation_id"] for seed in range(3)]
    first = await read(house, outside, "/v1/operations?limit=2")
    rest = await read(house, outside, f"/v1/operations?limit=2&cursor={first['next']}")
    assert [item["operation_id"] for item in first["items"] + rest["items"]] == begun[::-1]
    stranger = house.auth(user_id=fresh_id(), organization_id=fresh_id())
    assert (await outside.get("/v1/operations", headers=stranger)).json()["items"] == []
    assert (await outside.get(f"/v1/operations/{begun[0]}", headers=stranger)).status_code == 404
