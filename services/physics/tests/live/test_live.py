"""Live sessions: real time, parameters on the way, bounded observers, and recordings that replay identically."""

import asyncio
from typing import Any

import httpx2
import numpy as np
import orjson
import pytest

from harmonic_chassis.testing.house import House
from harmonic_chassis.trajectory_file import TrajectoryFile
from harmonic_physics.api.live_frames import frames_of
from harmonic_physics.live.ring import Ring

PLAYED = {"preset": "lorenz"}


async def _open(house: House, make: Any, **choice: Any) -> dict[str, Any]:
    universe = await make.universe(house, spec={}, **PLAYED)
    body = {"universe_id": universe["universe_id"], "rate": 4.0, **choice}
    answer = await house.client.post("/v1/live", json=body, headers=house.auth())
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def _watch(house: House, live_id: str, count: int, observables: list[str]) -> list[dict[str, Any]]:
    """The next frames of a session, as its stream tells them."""
    session = house.chassis.state["live"].find(live_id, house.user_id)
    seen: list[dict[str, Any]] = []
    async for told in frames_of(session, observables, 0, house.chassis.stopping):
        seen += [orjson.loads(line[6:]) for line in told.decode().splitlines() if line.startswith("data: ")]
        if len(seen) >= count:
            break
    return seen


async def test_a_recorded_session_replays_identically(house: House, make: Any) -> None:
    """Parameters changed on the way, recorded, simulated with the seed: the same frames and events, bit for bit."""
    live = await _open(house, make, seed=5)
    path = f"/v1/live/{live['live_id']}"
    for value, transition in ((24.0, 0.0), (35.0, 0.5)):
        await asyncio.sleep(0.15)
        change = {"parameters": {"b": value}, "transition": transition}
        answer = await house.client.patch(f"{path}/parameters", json=change, headers=house.auth())
        assert answer.status_code == 200, answer.text
        assert answer.json()["parameters"]["b"] == value
    await asyncio.sleep(0.3)
    recorded = await house.client.post(f"{path}/recording", json={"name": "Played"}, headers=house.auth())
    assert recorded.status_code == 201, recorded.text
    facts = recorded.json()
    assert len(facts["scenes"]) == 2
    simulated = await make.simulation(house, facts["universe_id"], seed=facts["seed"])
    file = TrajectoryFile.open(await house.chassis.artifacts.local(simulated["trajectory"]["sha256"]))
    assert file.header.certificate.frames_digest == facts["frames_digest"]


async def test_observers_are_fed_in_real_time(house: House, make: Any) -> None:
    """Frames come in order, without gap, at sixty a second: never sooner, and later only where the machine is busy."""
    live = await _open(house, make, rate=1.0)
    began = asyncio.get_running_loop().time()
    seen = await _watch(house, live["live_id"], 12, ["position"])
    took = asyncio.get_running_loop().time() - began
    times = [time for each in seen for time in each["times"]]
    assert np.allclose(times, 0.02 * np.arange(len(times)), rtol=0, atol=1e-12)
    real = (len(times) - len(seen[-1]["times"])) / live["frame_rate"]
    assert real - 0.3 < took < real + 5.0
    assert set(seen[0]["values"]) == {"position"}


async def test_a_change_out_of_range_is_refused_by_field(house: House, make: Any) -> None:
    """What a scene may not say, a player may not either; an observable that is not there is named."""
    live = await _open(house, make)
    path = f"/v1/live/{live['live_id']}"
    for parameters in ({"b": 1e9}, {"nonsense": 1.0}):
        answer = await house.client.patch(f"{path}/parameters", json={"parameters": parameters}, headers=house.auth())
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == f"body.parameters.{next(iter(parameters))}"
    answer = await house.client.get(f"{path}/frames?observables=nonsense", headers=house.auth())
    assert answer.status_code == 422


async def test_a_session_is_its_players_alone(house: House, make: Any) -> None:
    """Another user, of the same organization even, gets 404; an ended session takes no changes."""
    live = await _open(house, make)
    path = f"/v1/live/{live['live_id']}"
    stranger = house.auth(user_id="0190ffff-0000-7000-8000-00000000beef")
    assert (await house.client.get(path, headers=stranger)).status_code == 404
    assert (await house.client.delete(path, headers=house.auth())).status_code == 204
    assert (await house.client.get(path, headers=house.auth())).status_code == 404


async def test_an_organization_has_two_sessions_at_a_time(house: House, make: Any) -> None:
    """The third is refused with 429 and when to come again."""
    for _ in range(2):
        await _open(house, make)
    universe = await make.universe(house, spec={}, **PLAYED)
    body = {"universe_id": universe["universe_id"]}
    answer: httpx2.Response = await house.client.post("/v1/live", json=body, headers=house.auth())
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("size", [1, 3])
def test_a_slow_reader_costs_no_memory(size: int) -> None:
    """The ring keeps the newest items with their numbers; who lags misses the oldest."""
    ring: Ring[int] = Ring(size)
    for item in range(10):
        ring.put(item)
    assert ring.after(0) == [(number, number - 1) for number in range(11 - size, 11)]
    assert ring.after(10) == []
