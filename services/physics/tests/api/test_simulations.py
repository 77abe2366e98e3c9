"""Simulations over HTTP and by command: results, frames, events, refusals, erasure."""

import hashlib
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.house import House, eventually, running
from harmonic_chassis.trajectory_file import TrajectoryFile
from harmonic_contracts.messages.organization import MemberChanged, OrganizationDeleted, ProjectDeleted, UserErased
from harmonic_contracts.messages.physics import Simulate, SimulationCompleted, SimulationFailed, UniverseDeleted
from harmonic_contracts.roles import Role
from harmonic_physics.engine.checking import check
from harmonic_physics.engine.registry import preset
from harmonic_physics.service import service
from harmonic_physics.simulations.work import SimulationWork


async def test_a_simulation_gives_a_trajectory(house: House, make: Any) -> None:
    """202 with an operation; then the header, frames by range in three forms, events by page, and the file itself."""
    made = await make.universe(house)
    found = await make.simulation(house, made["universe_id"])
    assert (found["state"], found["progress"], found["frames"]) == ("succeeded", 1.0, 201)
    assert found["energy_error"] < 1e-14
    path = f"/v1/simulations/{found['simulation_id']}"
    get, auth = house.client.get, house.auth()
    whole = (await get(f"{path}/trajectory", headers=auth)).json()
    assert whole["header"]["system"] == "orbits"
    assert whole["url"] == f"/v1/artifacts/physics/{found['trajectory']['sha256']}"

    json = (await get(f"{path}/frames?start=10&stop=20&stride=5", headers=auth)).json()
    assert (json["unit"], json["shape"], json["time"]) == ("AU", [8, 3], [1.0, 1.5])
    raw = await get(f"{path}/frames?start=10&stop=20&stride=5", headers=auth | {"Accept": "application/octet-stream"})
    assert raw.headers["x-harmonic-shape"] == "2,8,3"
    assert np.frombuffer(raw.content, "<f8").reshape(2, 8, 3).tolist() == json["values"]
    npy = await get(f"{path}/frames?observable=time", headers=auth | {"Accept": "application/x-npy"})
    assert np.load(io.BytesIO(npy.content)).shape == (201,)

    events, cursor = [], None
    while True:
        params = {"kind": "transit", "limit": 15} | ({"cursor": cursor} if cursor else {})
        page = (await get(f"{path}/events", params=params, headers=auth)).json()
        events, cursor = events + page["items"], page["next"]
        if cursor is None:
            break
    times = [each["time"] for each in events]
    assert times == sorted(times)
    assert {each["kind"] for each in events} == {"transit"}
    later = (await get(f"{path}/events?kind=transit&after=10", headers=auth)).json()["items"]
    assert [each["time"] for each in later] == [t for t in times if t > 10][: len(later)]

    file = await get(f"/v1/artifacts/{found['trajectory']['sha256']}", headers=auth)
    assert len(file.content) == found["trajectory"]["size_bytes"]


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("observable=colour", 422, "query.observable"),
        ("start=-1", 422, "query.start"),
        ("stride=0", 422, "query.stride"),
    ],
)
async def test_frames_are_bounded_and_named(house: House, make: Any, query: str, status: int, field: str) -> None:
    """Unknown observables and bad ranges are refused by field; so is another media type."""
    found = await make.simulation(house, (await make.universe(house))["universe_id"])
    path = f"/v1/simulations/{found['simulation_id']}/frames"
    answer = await house.client.get(f"{path}?{query}", headers=house.auth())
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)
    odd = await house.client.get(path, headers=house.auth() | {"Accept": "image/png"})
    assert odd.status_code == 406


async def test_an_equal_simulation_is_found_within_the_organization_alone(house: House, make: Any) -> None:
    """The same revision and seed gives the same artifact without computing; another seed or organization does not."""
    made = await make.universe(house)
    first = await make.simulation(house, made["universe_id"], seed=4)
    again = await make.simulation(house, made["universe_id"], seed=4)
    other = await make.simulation(house, made["universe_id"], seed=5)
    assert again["simulation_id"] != first["simulation_id"]
    assert (again["digest"], again["trajectory"]) == (first["digest"], first["trajectory"])
    assert other["digest"] != first["digest"]
    completed = await house.emitted(SimulationCompleted)
    assert len(completed) == 3
    assert completed[0].events > 0


async def test_the_same_request_gives_the_same_bytes_on_both_databases(
    kernels: None, database_url: str, make: Any
) -> None:
    """The trajectory's hash is the one of the default database, wherever the documents lay."""
    async with running(service) as plain, running(service, database_url=database_url) as house:
        hashes = []
        for each in (plain, house):
            made = await make.universe(each, preset="falling-rain", spec={"duration": 2.0})
            hashes.append((await make.simulation(each, made["universe_id"], seed=9))["trajectory"]["sha256"])
    assert hashes[0] == hashes[1]


async def test_a_run_that_leaves_its_domain_fails_with_time_and_reason(house: House, make: Any) -> None:
    """A planet that hits its star stops the simulation: failed, with the time, and the event says so."""
    star = {"name": "star", "mass": 1.0, "radius": 0.01}
    bodies = [
        star,
        {"name": "comet", "mass": 1e-6, "elements": {"period": 100, "eccentricity": 0.98, "mean_anomaly": 180}},
    ]
    spec = {"bodies": bodies, "duration": 200.0}
    made = await make.universe(house, spec=spec)
    found = await make.simulation(house, made["universe_id"])
    assert found["state"] == "failed"
    assert "collided" in found["problem"]["detail"]
    assert found["problem"]["status"] == 422
    (event,) = await house.emitted(SimulationFailed)
    assert "stopped at t =" in event.reason
    path = f"/v1/simulations/{found['simulation_id']}/trajectory"
    assert (await house.client.get(path, headers=house.auth())).status_code == 409


async def member(house: House, user_id: str, role: Role | None) -> None:
    """Organization says what role a user has."""
    now = datetime.now(UTC)
    data = MemberChanged(organization_id=house.organization_id, user_id=user_id, role=role, changed_at=now)
    await house.deliver(data, organization_id=house.organization_id)


async def test_a_command_simulates_once(house: House, make: Any) -> None:
    """The command's simulation has the command's id, and the same command twice gives one result."""
    made = await make.universe(house)
    await member(house, house.user_id, Role.EDITOR)
    command = Simulate(simulation_id=new_id(), universe_id=made["universe_id"], revision=1)
    for _ in range(2):
        await house.deliver(command, organization_id=house.organization_id, actor_id=house.user_id)
        await house.drain()
    (event,) = await house.emitted(SimulationCompleted)
    assert event.simulation_id == command.simulation_id
    path = await house.chassis.artifacts.local(event.trajectory.sha256)
    assert len(TrajectoryFile.open(path)) == event.frames


@pytest.mark.parametrize("case", ["viewer", "foreign", "unknown", "revision"])
async def test_a_refused_command_is_answered_by_the_failed_event(house: House, make: Any, case: str) -> None:
    """Too low a role, another organization, no such universe or revision: never silence."""
    made = await make.universe(house)
    actor = new_id() if case == "viewer" else house.user_id
    await member(house, actor, Role.VIEWER if case == "viewer" else Role.OWNER)
    command = Simulate(
        simulation_id=new_id(),
        universe_id=new_id() if case == "unknown" else made["universe_id"],
        revision=2 if case == "revision" else 1,
    )
    organization = new_id() if case == "foreign" else house.organization_id
    await house.deliver(command, organization_id=organization, actor_id=actor)
    await house.drain()
    (event,) = await house.emitted(SimulationFailed)
    assert event.simulation_id == command.simulation_id
    assert event.reason


@pytest.mark.parametrize("case", ["user", "organization", "project"])
async def test_erasure_elsewhere_erases_here(house: House, make: Any, case: str) -> None:
    """An erased user's organizations, a deleted organization and a deleted project take their universes with them."""
    made = await make.universe(house)
    simulation = await make.simulation(house, made["universe_id"])
    data = {
        "user": UserErased(user_id=house.user_id, organization_ids=[house.organization_id]),
        "organization": OrganizationDeleted(organization_id=house.organization_id),
        "project": ProjectDeleted(project_id=house.project_id, organization_id=house.organization_id),
    }[case]
    await house.deliver(data, organization_id=house.organization_id)
    await house.drain()
    assert [event.universe_id for event in await house.emitted(UniverseDeleted)] == [made["universe_id"]]
    fresh = house.auth(issued_at=datetime.now(UTC).timestamp() + 1)
    for path in (f"/v1/universes/{made['universe_id']}", f"/v1/artifacts/{simulation['trajectory']['sha256']}"):
        assert (await house.client.get(path, headers=fresh)).status_code == 404


async def test_a_probe_answers_at_once_for_services_alone(house: House, make: Any) -> None:
    """A service gets the trajectory file, the same bytes again from memory; a user gets 404; too large is 422."""
    preset = (await house.client.get("/v1/presets/gas-in-a-box", headers=house.auth())).json()
    body = {k: preset[k] for k in ("system", "spec", "environment")} | {"seed": 3, "duration": 5.0}
    auth = house.service_auth("ai", house.organization_id)
    first = await house.client.post("/internal/probe", json=body, headers=auth)
    assert first.status_code == 200, first.text
    assert first.headers["content-type"] == "application/vnd.harmonic.trajectory+zip"
    again = await house.client.post("/internal/probe", json=body, headers=auth)
    assert again.content == first.content
    assert (await house.client.post("/internal/probe", json=body, headers=house.auth())).status_code == 404
    large = body | {"spec": preset["spec"] | {"duration": 3600.0}, "duration": None}
    answer = await house.client.post("/internal/probe", json=large, headers=auth)
    assert answer.status_code == 422
    assert "Estimated" in answer.json()["detail"]


async def test_publishing_lets_strangers_read_the_results(house: House, make: Any) -> None:
    """A private trajectory is 404 for strangers, readable once the universe is public, and hidden again after."""
    made = await make.universe(house)
    found = await make.simulation(house, made["universe_id"])
    stranger = house.auth(user_id=new_id(), organization_id=new_id())
    paths = [f"/v1/artifacts/{found['trajectory']['sha256']}", f"/v1/simulations/{found['simulation_id']}/events"]
    for revision, (visibility, status) in enumerate([("private", 404), ("public", 200), ("private", 404)], start=1):
        body = make.small | {"visibility": visibility}
        path = f"/v1/universes/{made['universe_id']}"
        changed = await house.client.put(path, json=body, headers=house.auth() | {"If-Match": f'"{revision}"'})
        assert changed.status_code == 200
        for each in paths:
            assert (await house.client.get(each, headers=stranger)).status_code == status


async def test_a_stopped_service_goes_on_where_it_was(kernels: None, make: Any, tmp_path: Path) -> None:
    """Stopped in the middle of a run and started again, the service ends it with the undisturbed run's hash."""
    spec = {"duration": 100_000.0, "frame_interval": 100.0, "events": ["transit"]}
    url = f"sqlite+aiosqlite:///{tmp_path}/physics.db"
    async with running(service, database_url=url, data_dir=tmp_path, given={"stop_grace_s": 0.5}) as house:
        made = await make.universe(house, preset="solar-system", spec=spec)
        body = {"universe_id": made["universe_id"]}
        accepted = (await house.client.post("/v1/simulations", json=body, headers=house.auth())).json()
        path = f"/v1/simulations/{accepted['simulation_id']}"

        async def under_way() -> bool:
            answer = await house.client.get(path, headers=house.auth())
            return bool(answer.json()["progress"] > 0.05)

        await eventually(under_way)
    async with running(service, database_url=url, data_dir=tmp_path, authority=house.authority) as again:
        await again.drain()
        found = (await again.client.get(path, headers=house.auth())).json()
    assert found["state"] == "succeeded"
    system, chosen = preset("solar-system")
    work = SimulationWork(check(system.kind, chosen.spec | spec, chosen.environment), 0, tmp_path / "whole")
    while work.tick() < 1.0:
        pass
    assert hashlib.sha256(work.finish()[0].read_bytes()).hexdigest() == found["trajectory"]["sha256"]
