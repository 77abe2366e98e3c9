"""Imports over HTTP: a bundle comes back as a new universe and soundscape, or is refused whole."""

from pathlib import Path
from typing import Any

import pytest

from harmonic_chassis.ids import new_id
from harmonic_contracts.messages.export import ImportCompleted, ImportFailed
from harmonic_contracts.roles import Role
from harmonic_export.testing.neighbours import SOUNDSCAPE, UNIVERSE

ZIP = {"Content-Type": "application/zip"}


@pytest.fixture
async def bundle(place: Any) -> bytes:
    """The bundle of a real export."""
    view = await place.exported(formats=["bundle"], visualization_id=await place.small())
    data: bytes = await place.file(view, "bundle.zip")
    return data


async def imported(place: Any, data: bytes, **headers: str) -> dict[str, Any]:
    """What became of an import."""
    answer = await place.house.client.post(
        "/v1/imports", content=data, headers={**place.house.auth(), **ZIP, **headers}
    )
    assert answer.status_code == 202, answer.text
    await place.house.drain()
    view: dict[str, Any] = (
        await place.house.client.get(f"/v1/imports/{answer.json()['import_id']}", headers=place.house.auth())
    ).json()
    return view


async def test_bundle_becomes_a_new_universe(place: Any, bundle: bytes) -> None:
    """The new universe and soundscape have new ids and the very content of the exported ones."""
    before = set(place.neighbours.universes)
    view = await imported(place, bundle)
    assert view["state"] == "completed"
    assert view["universe_id"] not in before
    made = place.neighbours.universes[view["universe_id"]]["document"]
    assert {name: made[name] for name in UNIVERSE} == UNIVERSE
    assert place.neighbours.soundscapes[view["soundscape_id"]]["document"] == SOUNDSCAPE
    (said,) = await place.house.emitted(ImportCompleted)
    assert (said.universe_id, said.soundscape_id) == (view["universe_id"], view["soundscape_id"])


async def test_same_key_imports_once(place: Any, bundle: bytes) -> None:
    """A repeated request with its idempotency key is answered by the first import."""
    count = len(place.neighbours.universes)
    first = await imported(place, bundle, **{"Idempotency-Key": "k"})
    second = await imported(place, bundle, **{"Idempotency-Key": "k"})
    assert first == second
    assert len(place.neighbours.universes) == count + 1


async def test_refused_soundscape_leaves_nothing(place: Any, bundle: bytes) -> None:
    """When audio refuses the soundscape, the universe is removed again, and the reason is told."""
    count = len(place.neighbours.universes)
    place.neighbours.refuse_soundscapes = True
    view = await imported(place, bundle)
    assert view["state"] == "failed"
    assert "length_s is too long" in view["problem"]["detail"]
    assert len(place.neighbours.universes) == count


async def test_damaged_bundle_is_refused_with_its_entry(place: Any, bundle: bytes) -> None:
    """A changed byte is found; the problem names the entry; nothing is made."""
    count = len(place.neighbours.universes)
    at = bundle.index(b"fLaC") + 500
    view = await imported(place, bundle[:at] + bytes([bundle[at] ^ 1]) + bundle[at + 1 :])
    assert view["state"] == "failed"
    assert view["problem"]["errors"][0]["field"] == "bundle.master.flac"
    assert len(place.neighbours.universes) == count
    (said,) = await place.house.emitted(ImportFailed)
    assert "master.flac" in said.reason


async def test_bad_requests_are_refused_at_the_door(place: Any) -> None:
    """Wrong media type, no body, too large, a foreign project, a viewer, nobody: each has its own status."""
    post, house = place.house.client.post, place.house
    auth = {**house.auth(), **ZIP}
    assert (await post("/v1/imports", content=b"x", headers=house.auth())).status_code == 415
    assert (await post("/v1/imports", content=b"", headers=auth)).status_code == 422
    assert (await post("/v1/imports", content=bytes(65 * 2**20), headers=auth)).status_code == 413
    assert (await post(f"/v1/imports?project_id={new_id()}", content=b"x", headers=auth)).status_code == 404
    viewer = {**house.auth(role=Role.VIEWER), **ZIP}
    assert (await post("/v1/imports", content=b"x", headers=viewer)).status_code == 403
    assert (await post("/v1/imports", content=b"x", headers=ZIP)).status_code == 401
    assert not list(Path(house.chassis.settings.data_dir).glob("import-*"))


async def test_others_see_no_imports(place: Any, bundle: bytes) -> None:
    """An import is listed for its organization, and is 404 for strangers."""
    view = await imported(place, bundle)
    get, house = place.house.client.get, place.house
    assert [item["import_id"] for item in (await get("/v1/imports", headers=house.auth())).json()["items"]] == [
        view["import_id"]
    ]
    stranger = house.auth(user_id=new_id(), organization_id=new_id())
    assert (await get(f"/v1/imports/{view['import_id']}", headers=stranger)).status_code == 404
