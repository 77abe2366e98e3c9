"""The whole platform in one process: what its public port promises for every route of every service."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from harmonic_standalone.folder import DataFolder
from harmonic_standalone.house import ORDER, House, running

METHODS = ("get", "post", "put", "patch", "delete")
SOMETHING = "01900000-0000-7000-8000-0000000000aa"
GENEROUS = {"caller_rate": "100000/minute", "secrets_rate": "100000/minute"}


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with running(DataFolder(tmp_path_factory.mktemp("house")), GENEROUS) as house:
        yield house


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(house: House) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=house.front)
    async with httpx2.AsyncClient(transport=transport, base_url="http://house") as client:
        yield client


async def operations(client: httpx2.AsyncClient) -> list[tuple[str, str]]:
    """Every method and path of the merged document, with something in place of its parameters."""
    document = (await client.get("/openapi.json")).json()
    found = []
    for path, item in document["paths"].items():
        concrete = path.replace("{producer}", "audio").replace("{sha256}", "a" * 64)
        while "{" in concrete:
            before, _, rest = concrete.partition("{")
            concrete = before + SOMETHING + rest.partition("}")[2]
        found += [(method, concrete) for method in METHODS if method in item]
    return found


async def register(client: httpx2.AsyncClient, name: str) -> dict[str, str]:
    body = {"email": f"{name}@example.org", "password": "a long pass phrase of " + name}
    answer = await client.post("/v1/auth/register", json=body)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def is_problem(answer: httpx2.Response) -> bool:
    return answer.headers.get("content-type") == "application/problem+json" and "title" in answer.json()


async def test_every_route_is_kept_from_strangers(client: httpx2.AsyncClient) -> None:
    """Without a token, and with a made-up one, every route that is not declared open answers 401 as a problem."""
    routes = await operations(client)
    assert {path.split("/")[2] for _, path in routes} >= {"universes", "soundscapes", "exports", "suggestions", "me"}
    from harmonic_gateway.routing.table import RouteTable

    table = RouteTable()
    for method, path in routes:
        route = table.find(path)
        assert route is not None, path
        if not route.is_open(method.upper()):
            for headers in ({}, {"Authorization": "Bearer x.y.z"}):
                answer = await client.request(method, path, headers=headers)
                assert answer.status_code == 401, (method, path)
                assert is_problem(answer)


async def test_no_route_breaks_on_what_makes_no_sense(client: httpx2.AsyncClient) -> None:
    """With a good token, malformed JSON, a wrong shape and an id of nothing are refused by a problem, never by 5xx."""
    auth = await register(client, "ada")
    for method, path in await operations(client):
        if path.endswith("/events") or (method, path) == ("delete", "/v1/me"):
            continue
        for body in (b"{", b'{"nonsense": [1e999]}', b"[]"):
            headers = {**auth, "Content-Type": "application/json", "If-Match": '"1"'}
            content: Any = body if method != "get" else None
            answer = await client.request(method, path, headers=headers, content=content)
            assert answer.status_code < 500, (method, path, body, answer.text)
            if answer.status_code >= 400:
                assert is_problem(answer), (method, path, answer.text)
            elif method != "get":
                assert answer.status_code in {200, 202, 204}, (method, path, body)


async def test_the_platform_answers_for_all_its_services(client: httpx2.AsyncClient) -> None:
    """It is ready, and every service is in its document."""
    assert (await client.get("/readyz")).status_code == 200
    document = (await client.get("/openapi.json")).json()
    assert {tag["name"] for tag in document["tags"]} == set(ORDER)


async def test_a_new_universe_is_heard_of_by_everyone(house: House, client: httpx2.AsyncClient) -> None:
    """The event goes from physics through the bus to audio, whose soundscape is there a moment later."""
    auth = await register(client, "kepler")
    made = await client.post("/v1/universes", json={"preset": "trappist-1"}, headers=auth)
    assert made.status_code == 201, made.text
    universe_id = made.json()["universe_id"]
    async with asyncio.timeout(10):
        while not await house.idle():  # noqa: ASYNC110  # idleness is no event
            await asyncio.sleep(0.02)
    found = (await client.get(f"/v1/soundscapes?universe_id={universe_id}", headers=auth)).json()
    assert [item["universe_id"] for item in found["items"]] == [universe_id]
    other = await register(client, "tycho")
    assert (await client.get(f"/v1/universes/{universe_id}", headers=other)).status_code == 404


async def test_a_stop_begins_by_not_being_ready(house: House, client: httpx2.AsyncClient) -> None:
    """The last test of this house: balancers look elsewhere from the first moment of a stop."""
    house.begin_stop()
    assert (await client.get("/readyz")).status_code == 503
