"""Exports over HTTP: made, found, shared between equal inputs, deleted, and kept from others."""

import zipfile
from io import BytesIO
from typing import Any

import pytest

from harmonic_chassis.ids import new_id
from harmonic_contracts.messages.export import ALL_FORMATS, ExportCompleted
from harmonic_contracts.messages.physics import UniverseCreated
from harmonic_contracts.roles import Role, Visibility


async def test_export_makes_every_format(place: Any) -> None:
    """All eight files are there, named, served, and equal to what the domain makes of the same performance."""
    view = await place.exported()
    assert view["state"] == "completed"
    names = [file["name"] for file in view["files"]]
    assert names == [
        "master.wav",
        "master.flac",
        "performance.mid",
        "score.json",
        "trajectory.npz",
        "trajectory.csv",
        "picture.png",
        "bundle.zip",
    ]
    assert await place.file(view, "master.wav") == place.performed.master.read_bytes()
    (said,) = await place.house.emitted(ExportCompleted)
    assert [file.name for file in said.files] == names
    assert {file.artifact.producer for file in said.files} == {"export"}


async def test_bundle_holds_no_ids(place: Any) -> None:
    """The bundle carries the documents' content, without the ids of universe, soundscape and organization."""
    view = await place.exported(formats=["bundle"], visualization_id=await place.small())
    with zipfile.ZipFile(BytesIO(await place.file(view, "bundle.zip"))) as archive:
        texts = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".json"))
        assert b'"system":"orbits"' in archive.read("universe.json")
    for own in (view["universe_id"], view["organization_id"], view["rendering_id"], place.house.user_id):
        assert own.encode() not in texts


async def test_equal_inputs_are_made_once(place: Any) -> None:
    """The same performance again has the same files, taken from the first export; they outlive its deletion."""
    first, second = [await place.exported(formats=["midi", "score"]) for _ in range(2)]
    assert first["files"] == second["files"]
    assert first["export_id"] != second["export_id"]
    gone = await place.house.client.delete(f"/v1/exports/{first['export_id']}", headers=place.house.auth())
    assert gone.status_code == 204
    assert await place.file(second, "score.json")


async def test_only_what_is_asked_for(place: Any) -> None:
    """One format asked for is one file made."""
    view = await place.exported(formats=["bundle"], licence="CC-BY-4.0", visualization_id=await place.small())
    assert [file["name"] for file in view["files"]] == ["bundle.zip"]
    with zipfile.ZipFile(BytesIO(await place.file(view, "bundle.zip"))) as archive:
        assert b'"licence":"CC-BY-4.0"' in archive.read("manifest.json")


async def test_picture_by_a_stored_spec(place: Any) -> None:
    """The picture has the size that the stored visualization says."""
    spec = {"width_px": 400, "height_px": 300}
    stored = await place.house.client.post(
        "/v1/visualizations", json={"name": "small", "spec": spec}, headers=place.house.auth()
    )
    view = await place.exported(formats=["picture"], visualization_id=stored.json()["visualization_id"])
    png = await place.file(view, "picture.png")
    assert (int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")) == (400, 300)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"formats": []}, "body.formats"),
        ({"formats": ["mp4"]}, "body.formats.0"),
        ({"formats": ["wav", "wav"]}, "body.formats"),
        ({"licence": "<script>"}, "body.licence"),
        ({"visualization_id": "018f0000-0000-7000-8000-000000000000"}, "body.visualization_id"),
        ({"rendering_id": "x"}, "body.rendering_id"),
        ({"surprise": 1}, "body.surprise"),
    ],
)
async def test_bad_requests_name_the_field(place: Any, body: dict[str, Any], field: str) -> None:
    """What cannot be packaged is refused with 422 and the field."""
    _, rendering = await place.told()
    answer = await place.house.client.post(
        "/v1/exports", json={"rendering_id": rendering.rendering_id, **body}, headers=place.house.auth()
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_only_editors_export(place: Any) -> None:
    """A stranger gets 404, a viewer 403, nobody 401; an unknown rendering is 404."""
    _, rendering = await place.told()
    post, house = place.house.client.post, place.house
    body = {"rendering_id": rendering.rendering_id}
    stranger = house.auth(user_id=new_id(), organization_id=new_id())
    assert (await post("/v1/exports", json=body, headers=stranger)).status_code == 404
    assert (await post("/v1/exports", json=body, headers=house.auth(role=Role.VIEWER))).status_code == 403
    assert (await post("/v1/exports", json=body)).status_code == 401
    assert (await post("/v1/exports", json={"rendering_id": new_id()}, headers=house.auth())).status_code == 404


async def test_lists_show_own_exports_alone(place: Any) -> None:
    """The list holds the organization's exports, newest first, and nothing for a stranger, who reads none by id."""
    one, two = await place.exported(formats=["midi"]), await place.exported(formats=["midi"])
    get, house = place.house.client.get, place.house
    listed = (await get("/v1/exports", headers=house.auth())).json()["items"]
    assert [view["export_id"] for view in listed] == [two["export_id"], one["export_id"]]
    of_one = await get(f"/v1/exports?universe_id={one['universe_id']}", headers=house.auth())
    assert [view["export_id"] for view in of_one.json()["items"]] == [one["export_id"]]
    stranger = house.auth(user_id=new_id(), organization_id=new_id())
    assert (await get("/v1/exports", headers=stranger)).json()["items"] == []
    assert (await get(f"/v1/exports/{one['export_id']}", headers=stranger)).status_code == 404
    gone = await house.client.delete(f"/v1/exports/{one['export_id']}", headers=house.auth(role=Role.VIEWER))
    assert gone.status_code == 403


async def test_vanished_files_fail_with_the_way_out(place: Any) -> None:
    """A performance whose files were cleaned up fails at once, and says what to do."""
    _, rendering = await place.told()
    place.neighbours.artifacts.clear()
    body = {"rendering_id": rendering.rendering_id, "formats": list(ALL_FORMATS)}
    made = await place.house.client.post("/v1/exports", json=body, headers=place.house.auth())
    await place.house.drain()
    view = (await place.house.client.get(f"/v1/exports/{made.json()['export_id']}", headers=place.house.auth())).json()
    assert view["state"] == "failed"
    assert "Perform it again" in view["problem"]["detail"]


async def test_exports_of_a_private_universe_are_for_its_maker_and_who_governs(place: Any) -> None:
    """Another editor neither reads nor lists nor makes them; an admin and the maker do."""
    made = await place.exported(formats=["midi"])
    house = place.house
    facts = {"universe_id": made["universe_id"], "organization_id": house.organization_id, "revision": 1}
    told = {**facts, "project_id": house.project_id, "system": "orbits", "name": "u", "created_by": house.user_id}
    await house.deliver(UniverseCreated(**told, visibility=Visibility.PRIVATE))
    await house.drain()
    seen = []
    for user_id, role in ((new_id(), Role.EDITOR), (new_id(), Role.ADMIN), (house.user_id, Role.VIEWER)):
        auth = house.auth(user_id=user_id, role=role)
        one = await house.client.get(f"/v1/exports/{made['export_id']}", headers=auth)
        listed = await house.client.get("/v1/exports", headers=auth)
        asked = {"rendering_id": made["rendering_id"], "formats": ["midi"]}
        again = await house.client.post("/v1/exports", json=asked, headers=auth)
        seen.append((one.status_code, len(listed.json()["items"]), again.status_code))
    assert seen == [(404, 0, 404), (200, 1, 202), (200, 2, 403)]
