"""Visualizations over HTTP: a document with revisions, a schema and defaults."""

from typing import Any

import pytest

from harmonic_chassis.ids import new_id
from harmonic_contracts.roles import Role

PATH = "/v1/visualizations"


async def stored(place: Any, **spec: Any) -> Any:
    """The answer to a new visualization."""
    return await place.house.client.post(PATH, json={"name": "mine", "spec": spec}, headers=place.house.auth())


async def test_round_of_a_document(place: Any) -> None:
    """Created with an ETag, read, replaced with it, stale with the old one, deleted."""
    client, auth = place.house.client, place.house.auth()
    made = await stored(place, width_px=800)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    path = made.headers["location"]
    read = await client.get(path, headers=auth)
    assert read.json() == made.json()
    assert read.json()["spec"]["height_px"] == 1080
    change = {"name": "other", "spec": {"palette": {"name": "triadic"}}}
    assert (await client.put(path, json=change, headers=auth)).status_code == 428
    replaced = await client.put(path, json=change, headers={**auth, "If-Match": '"1"'})
    assert (replaced.status_code, replaced.json()["revision"]) == (200, 2)
    assert (await client.put(path, json=change, headers={**auth, "If-Match": '"1"'})).status_code == 412
    assert (await client.delete(path, headers={**auth, "If-Match": '"1"'})).status_code == 412
    assert (await client.delete(path, headers={**auth, "If-Match": '"2"'})).status_code == 204
    assert (await client.get(path, headers=auth)).status_code == 404


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"width_px": 10}, "body.spec.width_px"),
        ({"width_px": 3840, "height_px": 3840}, "body.spec"),
        ({"background": "black"}, "body.spec.background"),
        ({"layers": []}, "body.spec.layers"),
        ({"layers": [{"kind": "score"}, {"kind": "score"}]}, "body.spec"),
        ({"palette": {"name": "custom"}}, "body.spec.palette"),
        ({"surprise": 1}, "body.spec.surprise"),
    ],
)
async def test_bad_specs_name_the_field(place: Any, spec: dict[str, Any], field: str) -> None:
    """A spec that cannot be drawn is refused with 422 and the field."""
    answer = await stored(place, **spec)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_schema_and_defaults_agree(place: Any) -> None:
    """The schema describes every field of the defaults."""
    client, auth = place.house.client, place.house.auth()
    schema = (await client.get(f"{PATH}/schema", headers=auth)).json()
    defaults = (await client.get(f"{PATH}/defaults", headers=auth)).json()
    assert schema["properties"].keys() == defaults.keys()


async def test_others_see_nothing(place: Any) -> None:
    """Strangers see none; viewers read and do not write; an unknown project is 404."""
    client, house = place.house.client, place.house
    path = (await stored(place)).headers["location"]
    stranger = house.auth(user_id=new_id(), organization_id=new_id())
    viewer = house.auth(role=Role.VIEWER)
    assert (await client.get(PATH, headers=stranger)).json()["items"] == []
    assert (await client.get(path, headers=stranger)).status_code == 404
    assert len((await client.get(PATH, headers=viewer)).json()["items"]) == 1
    assert (await client.put(path, json={"name": "x"}, headers={**viewer, "If-Match": "*"})).status_code == 403
    foreign = {"name": "x", "project_id": new_id()}
    assert (await client.post(PATH, json=foreign, headers=house.auth())).status_code == 404
