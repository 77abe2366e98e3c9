"""Services call each other the same way within a process and over HTTP."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from starlette.types import Receive, Scope, Send

from harmonic_chassis import context
from harmonic_chassis.errors import DependencyDown
from harmonic_chassis.ids import new_id
from harmonic_chassis.peers import Peers, http_peers, local_peers
from harmonic_chassis.testing.house import House, running
from harmonic_chassis.testing.sample.service import service
from harmonic_contracts.roles import Role


@pytest_asyncio.fixture
async def house() -> AsyncIterator[House]:
    """A running notebook."""
    async with running(service) as house:
        yield house


@pytest_asyncio.fixture(params=["local", "http"])
async def peers(request: pytest.FixtureRequest, house: House, serve) -> AsyncIterator[Peers]:
    """The notebook and the authority as the service `audio` sees them; the test runs once each way."""
    apps = {"physics": house.chassis.app, "organization": house.authority, "slow": slow}
    if request.param == "local":
        made = local_peers(apps, "audio", "secret")
    else:
        made = http_peers({name: await serve(app) for name, app in apps.items()}, "audio", "secret")
    yield made
    await made.close()


async def slow(scope: Scope, receive: Receive, send: Send) -> None:
    """A response that goes on until its reader leaves; or one that breaks off."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"begin", "more_body": True})
    if scope["path"] == "/broken":
        raise RuntimeError
    await receive()
    left = asyncio.create_task(receive())
    try:
        while not left.done():
            await send({"type": "http.response.body", "body": b"x" * 1000, "more_body": True})
            await asyncio.sleep(0.01)
    finally:
        left.cancel()


async def made(house: House) -> str:
    answer = await house.client.post("/v1/notes", json={"text": "peer"}, headers=house.auth())
    house.authority.roles[(house.organization_id, house.user_id)] = Role.EDITOR
    return str(answer.headers["location"])


async def test_calls_carry_a_token_for_the_user(house: House, peers: Peers) -> None:
    """A read and a write on behalf of a user arrive as that user's, with body, ETag and status."""
    path = await made(house)
    acting = {"organization_id": house.organization_id, "on_behalf_of": house.user_id}
    read = await peers.request("physics", "GET", path, **acting)
    assert (read.status, read.json()["text"], read.headers["etag"]) == (200, "peer", '"1"')
    body = {"text": "ü from a peer"}
    put = await peers.request("physics", "PUT", path, json=body, headers={"If-Match": '"1"'}, **acting)
    assert (put.status, put.json()["text"]) == (200, "ü from a peer")
    foreign = await peers.request("physics", "GET", f"{path}?a=%20b", organization_id=new_id())
    assert foreign.status == 404 and not foreign.ok


async def test_the_chain_goes_along(house: House, peers: Peers) -> None:
    """Request id and trace reach the other service."""
    here = context.fresh(request_id="r-42")
    with context.use(here):
        answer = await peers.request("physics", "GET", "/nowhere", anonymous=True)
    assert answer.headers["x-request-id"] == "r-42"


async def test_artifacts_are_fetched_where_they_may_be_read(house: House, peers: Peers) -> None:
    """The bytes come in pieces; without a grant it is a LookupError."""
    data = bytes(range(256)) * 2000
    ref = await house.chassis.artifacts.put_bytes(data, "audio/wav")
    async with house.chassis.db.transaction() as uow:
        await uow.keep(ref, holder="note/1", organization_id=house.organization_id)
    fetched = [piece async for piece in peers.fetch("physics", ref.sha256, house.organization_id, None)]
    assert b"".join(fetched) == data
    with pytest.raises(LookupError):
        _ = [piece async for piece in peers.fetch("physics", ref.sha256, new_id(), None)]


async def test_who_does_not_answer_is_a_dependency_down(house: House, peers: Peers) -> None:
    """Unknown, not ready and broken-off peers raise DependencyDown: the work is tried again, uncounted."""
    with pytest.raises(DependencyDown):
        await peers.request("export", "GET", "/livez", anonymous=True)
    house.chassis.ready = False
    with pytest.raises(DependencyDown):
        await peers.request("physics", "GET", "/readyz", anonymous=True)
    with pytest.raises(DependencyDown):
        await peers.request("slow", "GET", "/broken", anonymous=True)


async def test_a_reader_may_leave_before_the_end(peers: Peers) -> None:
    """Leaving a body that never ends is possible, and ends the call for both."""
    async with asyncio.timeout(5), peers.stream("slow", "GET", "/long", anonymous=True) as answer:
        assert (await anext(answer.chunks)).startswith(b"begin")


async def test_tokens_are_shared_and_renewed() -> None:
    """Concurrent calls ask for one token; one that is refused or about to end is asked for anew."""
    from harmonic_chassis.service_tokens import ServiceTokens

    asked: list[dict] = []

    async def ask(credentials: dict) -> dict:
        asked.append(credentials)
        await asyncio.sleep(0.01)
        return {"token": f"t{len(asked)}", "expires_in": lifetime}

    lifetime = 300
    tokens = ServiceTokens(ask, "audio", "secret")
    assert set(await asyncio.gather(*(tokens.token("physics", "o", None) for _ in range(9)))) == {"t1"}
    assert await tokens.token("physics", "o", "u") == "t2"
    tokens.forget("physics", "o", None)
    lifetime = 10
    assert await tokens.token("physics", "o", None) == "t3"
    assert await tokens.token("physics", "o", None) == "t4"
    assert asked[0] == {
        "service": "audio",
        "secret": "secret",
        "audience": "physics",
        "organization_id": "o",
        "on_behalf_of": None,
    }
