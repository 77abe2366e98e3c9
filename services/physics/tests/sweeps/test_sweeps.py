"""Sweeps: every point once, over all workers, with a table of descriptors as result."""

import csv
import io
from math import log
from typing import Any

import pytest

from harmonic_chassis.testing.house import House
from harmonic_physics.engine.simulate import simulate
from harmonic_physics.engine.system import Refused
from harmonic_physics.sweeps.plan import Axis, Ensemble, Plan, Point, Range, at_point, points
from harmonic_physics.universes.document import UniverseDocument

PLAYED = {"preset": "lorenz", "spec": {"duration": 2.0, "lyapunov": False}}


async def _swept(house: House, make: Any, **plan: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    universe = await make.universe(house, **PLAYED)
    body = {"universe_id": universe["universe_id"], **plan}
    answer = await house.client.post("/v1/sweeps", json=body, headers=house.auth())
    assert answer.status_code == 202, answer.text
    await house.drain()
    found = await house.client.get(f"/v1/sweeps/{answer.json()['sweep_id']}", headers=house.auth())
    return universe, dict(found.json())


async def test_a_grid_gives_a_table_of_descriptors(house: House, make: Any) -> None:
    """A row for every combination, in order, with what an ordinary simulation of that universe shows."""
    grid = [
        {"parameter": "spec.b", "values": [10.0, 28.0]},
        {"parameter": "spec.a", "start": 8, "stop": 10, "count": 3},
    ]
    universe, found = await _swept(house, make, grid=grid)
    assert (found["state"], found["points"], found["done"]) == ("succeeded", 6, 6)
    text = (await house.client.get(f"/v1/artifacts/{found['table']['sha256']}", headers=house.auth())).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(float(row["spec.b"]), float(row["spec.a"])) for row in rows] == [
        (b, a) for b in (10.0, 28.0) for a in (8.0, 9.0, 10.0)
    ]
    changed = {"spec": {**universe["spec"], "b": 28.0, "a": 9.0}, "environment": universe["environment"]}
    alone = UniverseDocument(name="alone", system="attractor", **changed).start()
    position = simulate(alone).arrays["position"]
    assert float(rows[4]["position.max"]) == position.max()
    assert float(rows[4]["position.mean"]) == pytest.approx(position.mean(), rel=1e-12)
    page = await house.client.get(f"/v1/sweeps/{found['sweep_id']}/points?limit=4", headers=house.auth())
    assert [each["number"] for each in page.json()["items"]] == [5, 4, 3, 2]


async def test_a_point_outside_the_engine_is_refused_before_anything_starts(house: House, make: Any) -> None:
    """The refusal names the point, the field and the reason; a path that is not there is named too."""
    universe = await make.universe(house, **PLAYED)
    for parameter, value in (("spec.b", 1e9), ("spec.nonsense.3", 1.0), ("environment.gravity", 1.0)):
        body = {"universe_id": universe["universe_id"], "grid": [{"parameter": parameter, "values": [value]}]}
        answer = await house.client.post("/v1/sweeps", json=body, headers=house.auth())
        assert answer.status_code == 422, parameter


async def test_a_cancelled_sweep_stops(house: House, make: Any) -> None:
    """What was done stays; the state says so; the helpers find nothing to do."""
    universe = await make.universe(house, **PLAYED)
    body = {"universe_id": universe["universe_id"], "random": {"count": 5, "ranges": []}}
    answer = await house.client.post("/v1/sweeps", json=body, headers=house.auth())
    deleted = await house.client.delete(f"/v1/universes/{universe['universe_id']}", headers=house.auth())
    assert deleted.status_code == 204
    await house.drain()
    gone = await house.client.get(f"/v1/sweeps/{answer.json()['sweep_id']}", headers=house.auth())
    assert gone.status_code == 404


async def test_an_organization_has_so_much_under_way_at_a_time(house: House, make: Any) -> None:
    """Past the bound of its estimated processor time the next one is 429 with a time to come again; alone it begins."""
    universe = await make.universe(house, **PLAYED)
    body = {"universe_id": universe["universe_id"], "seed": 1}
    house.chassis.settings.organization_cpu_seconds = 1e-9
    first = await house.client.post("/v1/simulations", json=body, headers=house.auth())
    assert first.status_code == 202, first.text
    for path, more in (("/v1/simulations", {"seed": 2}), ("/v1/sweeps", {"random": {"count": 2}})):
        refused = await house.client.post(path, json=body | more, headers=house.auth())
        assert refused.status_code == 429, refused.text
        assert int(refused.headers["retry-after"]) > 0
    await house.drain()
    again = await house.client.post("/v1/simulations", json=body | {"seed": 3}, headers=house.auth())
    assert again.status_code == 202


def test_an_ensemble_is_drawn_by_its_seed() -> None:
    """The same seed gives the same points, each with a seed of its own, inside the ranges, log-uniform where asked."""
    ranges = [Range(parameter="spec.a", start=1.0, stop=100.0, scale="log")]
    drawn = points(Plan(random=Ensemble(count=400, ranges=ranges), seed=7))
    assert drawn == points(Plan(random=Ensemble(count=400, ranges=ranges), seed=7))
    assert drawn != points(Plan(random=Ensemble(count=400, ranges=ranges), seed=8))
    values = [point.parameters["spec.a"] for point in drawn]
    assert min(values) >= 1.0 and max(values) <= 100.0
    assert abs(sum(log(value) for value in values) / 400 - log(10.0)) < 0.2
    assert len({point.seed for point in drawn}) == 400


def test_too_many_points_are_refused_with_their_number() -> None:
    """A grid of a million points is not begun."""
    axes = [Axis(parameter=f"spec.{name}", start=0, stop=1, count=100) for name in "abc"]
    with pytest.raises(Refused, match="1000000 points"):
        points(Plan(grid=axes))


def test_a_value_is_written_where_its_path_leads() -> None:
    """Through lists by place; a whole number stays whole; the document itself is not changed."""
    document = {"spec": {"bodies": [{"mass": 1.0}, {"mass": 2.0}], "count": 3}, "environment": {}}
    point = Point(parameters={"spec.bodies.1.mass": 5.0, "spec.count": 7.0, "environment.gravity": 2.0}, seed=0)
    changed = at_point(document, point)
    assert changed["spec"] == {"bodies": [{"mass": 1.0}, {"mass": 5.0}], "count": 7}
    assert isinstance(changed["spec"]["count"], int)
    assert changed["environment"] == {"gravity": 2.0}
    assert document["spec"]["bodies"][1]["mass"] == 2.0
