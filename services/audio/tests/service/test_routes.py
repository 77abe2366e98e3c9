"""Every route, walked: without a token, with a foreign one, as viewer, and with malformed input."""

import re

import pytest

from harmonic_audio.testing.studio import Studio
from harmonic_chassis.ids import new_id
from harmonic_contracts.roles import Role

CATALOGUE = {"/v1/instruments", "/v1/instruments/schema", "/v1/scales", "/v1/styles", "/v1/soundscapes/schema"}
LISTS = {"/v1/soundscapes", "/v1/renderings", "/v1/analyses", "/v1/conversions"}
MAKING = {("POST", path) for path in ("/v1/renderings", "/v1/analyses", "/v1/conversions", "/v1/scores")}


@pytest.fixture
def routes(studio: Studio) -> list[tuple[str, str]]:
    """Method and path of every public route."""
    paths = studio.house.chassis.app.openapi()["paths"]
    prefixes = studio.house.chassis.service.prefixes
    return sorted((m.upper(), path) for path, methods in paths.items() if path.startswith(prefixes) for m in methods)


def _filled(path: str, identifier: str) -> str:
    return re.sub(r"\{\w+_id\}", identifier, path.replace("{revision}", "1"))


async def test_no_route_but_the_catalogue_answers_without_a_token(
    studio: Studio, routes: list[tuple[str, str]]
) -> None:
    """401 with a challenge, on all of them; what is the same for everybody may be read by everybody."""
    assert len(routes) >= 12
    for method, path in routes:
        answer = await studio.house.client.request(method, _filled(path, new_id()), json={})
        if path in CATALOGUE:
            assert answer.status_code == 200, (method, path)
            continue
        assert answer.status_code == 401 and "www-authenticate" in answer.headers, (method, path)


async def test_what_is_foreign_or_unknown_is_not_there(studio: Studio, routes: list[tuple[str, str]]) -> None:
    """404 on every route of one thing, be it another organization's or nobody's; lists are empty."""
    view = await studio.soundscape(await studio.universe())
    foreign = {**studio.house.auth(user_id=new_id(), organization_id=new_id()), "If-Match": '"1"'}
    for method, path in routes:
        if path in CATALOGUE or (method, path) in MAKING:
            continue
        for identifier in (str(view["soundscape_id"]), new_id()):
            body = view["document"] if method == "PUT" else None
            answer = await studio.house.client.request(method, _filled(path, identifier), json=body, headers=foreign)
            if path in LISTS:
                assert answer.json()["items"] == []
            else:
                assert answer.status_code == 404, (method, path, answer.text)


async def test_malformed_input_is_a_problem_document(studio: Studio, routes: list[tuple[str, str]]) -> None:
    """No JSON, NaN, and identifiers that are none: 4xx as application/problem+json, with no stack trace."""
    auth = {**studio.house.auth(), "If-Match": '"1"', "Content-Type": "application/json"}
    for method, path in routes:
        bodies = [b"{", b'{"tempo_bpm": NaN}', b"[]"] if method in {"POST", "PUT"} else [b""]
        for body in bodies:
            answer = await studio.house.client.request(
                method, _filled(path, "not-an-id"), content=body or None, headers=auth
            )
            if "{" not in path and method == "GET":
                continue
            assert 400 <= answer.status_code < 500, (method, path, body)
            assert answer.headers["content-type"] == "application/problem+json"
            assert "Traceback" not in answer.text


async def test_a_viewer_reads_and_does_not_write(studio: Studio, trajectory: bytes) -> None:
    """403 for asking for a rendering of what may be read."""
    universe = await studio.universe()
    simulation = await studio.simulated(universe, trajectory)
    viewer = new_id()
    await studio.member(viewer, Role.VIEWER)
    asked = {"simulation_id": simulation.simulation_id}
    auth = studio.house.auth(user_id=viewer, role=Role.VIEWER)
    answer = await studio.house.client.post("/v1/renderings", json=asked, headers=auth)
    assert answer.status_code == 403 and "editor" in answer.json()["detail"]


async def test_an_idempotency_key_makes_one_rendering(studio: Studio, trajectory: bytes) -> None:
    """The same key and body replay the reply; another body is 422."""
    universe = await studio.universe()
    simulation = await studio.simulated(universe, trajectory)
    await studio.shorten(universe)
    headers = {**studio.house.auth(), "Idempotency-Key": "once"}
    asked = {"simulation_id": simulation.simulation_id}
    first, again = [await studio.house.client.post("/v1/renderings", json=asked, headers=headers) for _ in range(2)]
    assert first.json()["rendering_id"] == again.json()["rendering_id"]
    other = await studio.house.client.post("/v1/renderings", json={**asked, "stems": True}, headers=headers)
    assert other.status_code == 422
    await studio.house.drain()
