"""Universes over HTTP: what comes back, who may see it, and how bad input is refused."""

from typing import Any

import pytest

from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.house import House
from harmonic_contracts.messages.physics import UniverseCreated, UniverseDeleted, UniverseRevised
from harmonic_contracts.roles import Role


async def test_a_preset_becomes_a_universe(house: House, make: Any) -> None:
    """201 with ETag, Location, every default filled in and an estimate; and the event that it exists."""
    answer = await house.client.post("/v1/universes", json={"preset": "trappist-1"}, headers=house.auth())
    body = answer.json()
    assert answer.status_code == 201
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == f"/v1/universes/{body['universe_id']}"
    assert (body["name"], body["system"], body["preset"]) == ("TRAPPIST-1", "orbits", "trappist-1")
    assert body["spec"]["steps_per_period"] == 100
    assert body["estimate"]["steps"] > 20_000
    (event,) = await house.emitted(UniverseCreated)
    assert (event.universe_id, event.preset, event.revision) == (body["universe_id"], "trappist-1", 1)


async def test_a_replacement_is_a_new_revision(house: House, make: Any) -> None:
    """PUT with the right If-Match gives revision 2 and keeps revision 1 readable; a stale one changes nothing."""
    made = await make.universe(house)
    path = f"/v1/universes/{made['universe_id']}"
    body = {k: made[k] for k in ("system", "spec", "environment")} | {"name": "Slower"}
    body["environment"] = {"time_scale": 0.5}
    assert (await house.client.put(path, json=body, headers=house.auth())).status_code == 428
    answer = await house.client.put(path, json=body, headers=house.auth() | {"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["etag"], answer.json()["preset"]) == (200, '"2"', "trappist-1")
    assert (await house.client.put(path, json=body, headers=house.auth() | {"If-Match": '"1"'})).status_code == 412
    revisions = (await house.client.get(f"{path}/revisions", headers=house.auth())).json()["items"]
    assert [each["revision"] for each in revisions] == [2, 1]
    first = (await house.client.get(f"{path}/revisions/1", headers=house.auth())).json()
    assert first["document"]["environment"]["time_scale"] == 1.0
    assert (await house.client.get(f"{path}/revisions/3", headers=house.auth())).status_code == 404
    assert [event.revision for event in await house.emitted(UniverseRevised)] == [2]


async def test_lists_are_paged_searched_and_scoped(house: House, make: Any) -> None:
    """Pages by cursor without gap; q finds by part of the name; strangers see nothing; public ones everybody."""
    for k in range(3):
        await make.universe(house, name=f"Chain 100% {k}", visibility="public" if k == 0 else "private")
    await make.universe(house, name="Other")
    seen, cursor = [], None
    while True:
        params = {"limit": 2, "q": "in 100%"} | ({"cursor": cursor} if cursor else {})
        page = (await house.client.get("/v1/universes", params=params, headers=house.auth())).json()
        seen += [each["name"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ["Chain 100% 2", "Chain 100% 1", "Chain 100% 0"]
    stranger = house.auth(user_id=new_id(), organization_id=new_id())
    assert (await house.client.get("/v1/universes", headers=stranger)).json()["items"] == []
    public = (await house.client.get("/v1/universes?public=true", headers=stranger)).json()["items"]
    assert [each["name"] for each in public] == ["Chain 100% 0"]


@pytest.mark.parametrize(
    ("visibility", "role", "read", "changed"),
    [
        ("private", Role.EDITOR, 404, 404),
        ("private", Role.ADMIN, 200, 412),
        ("organization", Role.VIEWER, 200, 403),
        ("organization", Role.EDITOR, 200, 412),
        ("organization", None, 404, 404),
        ("public", None, 200, 403),
    ],
)
async def test_visibility_decides_who_reads_and_changes(
    house: House, make: Any, visibility: str, role: Role | None, read: int, changed: int
) -> None:
    """What one may not see is 404; what one may only read is 403 to change; 412: rights were not the hurdle."""
    made = await make.universe(house, visibility=visibility)
    organization = house.organization_id if role else new_id()
    other = house.auth(user_id=new_id(), organization_id=organization, role=role or Role.OWNER)
    path = f"/v1/universes/{made['universe_id']}"
    assert (await house.client.get(path, headers=other)).status_code == read
    stale = other | {"If-Match": '"7"'}
    assert (await house.client.put(path, json=make.small, headers=stale)).status_code == changed
    assert (await house.client.delete(path, headers=stale)).status_code == changed


async def test_a_copy_is_its_own_universe(house: House, make: Any) -> None:
    """A public universe can be duplicated into one's own organization, with the same document."""
    made = await make.universe(house, visibility="public")
    other = {"user_id": new_id(), "organization_id": new_id(), "project_id": new_id()}
    path = f"/v1/universes/{made['universe_id']}/duplicate"
    copy = (await house.client.post(path, json={"name": "Mine"}, headers=house.auth(**other))).json()
    assert copy["universe_id"] != made["universe_id"]
    assert (copy["spec"], copy["name"], copy["visibility"]) == (made["spec"], "Mine", "private")
    assert copy["organization_id"] == other["organization_id"]


async def test_a_deleted_universe_is_gone_with_all_that_was_in_it(house: House, make: Any) -> None:
    """204, then 404 for it, its revisions and its simulations, and the event."""
    made = await make.universe(house)
    simulation = await make.simulation(house, made["universe_id"])
    path = f"/v1/universes/{made['universe_id']}"
    assert (await house.client.delete(path, headers=house.auth())).status_code == 204
    gone = [path, f"{path}/revisions", f"/v1/simulations/{simulation['simulation_id']}"]
    gone.append(f"/v1/artifacts/{simulation['trajectory']['sha256']}")
    for each in gone:
        assert (await house.client.get(each, headers=house.auth())).status_code == 404
    assert [event.universe_id for event in await house.emitted(UniverseDeleted)] == [made["universe_id"]]


@pytest.mark.parametrize(
    ("body", "field", "allowed"),
    [
        ({"preset": "nonsense"}, "body.preset", "trappist-1"),
        ({"name": "x"}, "body.system", None),
        ({"name": "x", "system": "strings"}, "body.system", "orbits, "),
        ({"preset": "trappist-1", "spec": {"bodies": []}}, "body.spec.bodies", "at least 2"),
        ({"preset": "trappist-1", "spec": {"duration": -1}}, "body.spec.duration", "> 0"),
        ({"preset": "trappist-1", "environment": {"gravity": 9.81}}, "body.environment.gravity", "time_scale"),
        ({"preset": "gas-in-a-box", "spec": {"random": [{"count": 10**9}]}}, "body.spec.random.0.count", "<= 1000"),
        ({"preset": "gas-in-a-box", "environment": {"gravity": 99}}, "body.environment.gravity", "0 to 20 m/s2"),
        ({"preset": "trappist-1", "scenes": [{"name": "a", "start": 1e9}]}, "body.scenes.0.start", "< "),
        (
            {"preset": "trappist-1", "story_points": [{"name": "a", "time": -1}]},
            "body.story_points.0.time",
            "at least 0",
        ),
        ({"preset": "trappist-1", "spec": {"frame_interval": 1e-9}}, "body.spec.frame_interval", ">= "),
    ],
)
async def test_bad_input_is_refused_by_field(
    house: House, body: dict[str, Any], field: str, allowed: str | None
) -> None:
    """422 with the field, the reason and what is allowed; nothing is made."""
    answer = await house.client.post("/v1/universes", json=body, headers=house.auth())
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found = {each["field"]: each.get("allowed") for each in answer.json()["errors"]}
    assert field in found
    assert allowed is None or allowed in found[field]
    assert (await house.client.get("/v1/universes", headers=house.auth())).json()["items"] == []


async def test_a_foreign_project_is_not_there(house: House, make: Any) -> None:
    """Nothing can be put into a project of which nothing is known: 404, and nothing is made."""
    body = make.small | {"project_id": new_id()}
    assert (await house.client.post("/v1/universes", json=body, headers=house.auth())).status_code == 404
    assert await house.emitted(UniverseCreated) == []


async def test_nan_is_refused(house: House) -> None:
    """A NaN that Python's JSON would let pass is refused by field."""
    raw = '{"preset": "trappist-1", "spec": {"duration": NaN}}'
    headers = house.auth() | {"Content-Type": "application/json"}
    answer = await house.client.post("/v1/universes", content=raw, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "body.spec.duration"


async def test_an_idempotency_key_makes_one_universe(house: House, make: Any) -> None:
    """The same request twice is one universe and the same answer; another body under the key is 422."""
    headers = house.auth() | {"Idempotency-Key": "once"}
    first = await house.client.post("/v1/universes", json=make.small, headers=headers)
    again = await house.client.post("/v1/universes", json=make.small, headers=headers)
    assert first.json() == again.json()
    other = await house.client.post("/v1/universes", json={"preset": "billiards"}, headers=headers)
    assert other.status_code == 422
    assert len((await house.client.get("/v1/universes", headers=house.auth())).json()["items"]) == 1


async def test_the_catalogue_says_what_there_is(house: House) -> None:
    """Systems with JSON Schema and units, at least sixty presets, the registry of parameters."""
    get = house.client.get
    systems = (await get("/v1/systems")).json()["items"]
    assert {"orbits", "particles", "string"} <= {each["kind"] for each in systems}
    orbits = (await get("/v1/systems/orbits", headers=house.auth())).json()
    assert orbits["spec_schema"]["properties"]["duration"]["unit"] == "d"
    assert "time_scale" in [each["name"] for each in orbits["environment"]]
    presets = (await get("/v1/presets", headers=house.auth())).json()["items"]
    assert len(presets) >= 60
    only = (await get("/v1/presets?system=particles", headers=house.auth())).json()["items"]
    assert {each["system"] for each in only} == {"particles"}
    one = (await get("/v1/presets/trappist-1", headers=house.auth())).json()
    assert len(one["spec"]["bodies"]) == 8
    assert (await get("/v1/systems/none", headers=house.auth())).status_code == 404
    assert (await get("/v1/presets/none", headers=house.auth())).status_code == 404
    parameters = (await get("/v1/environment", headers=house.auth())).json()["items"]
    assert {"name", "unit", "minimum", "maximum", "default", "description"} <= set(parameters[0])


async def test_every_route_wants_a_token(house: House) -> None:
    """Without a token every route of physics but the catalogue is 401."""
    for path, methods in house.chassis.app.openapi()["paths"].items():
        if not path.startswith(service_prefixes):
            continue
        for method in methods:
            concrete = path.replace("{", "").replace("}", "")
            answer = await house.client.request(method, concrete, json={} if method in ("post", "put") else None)
            assert answer.status_code == 401, (method, path)


service_prefixes = ("/v1/universes", "/v1/simulations")
