"""The WebSocket: nobody unknown stays, and a subscription tells what the stream of the same thing tells."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from starlette.types import ASGIApp

from harmonic_chassis.testing.house import House
from harmonic_contracts.messages.audio import SoundscapeCreated
from harmonic_gateway.testing.samples import SOUNDSCAPE, UNIVERSE


@pytest.fixture
async def connect(door: ASGIApp, serve: Callable[[ASGIApp], Any]) -> AsyncIterator[Callable[[], Any]]:
    served = await serve(door)
    async with aiohttp.ClientSession() as session:
        yield lambda: session.ws_connect(f"{served.url}/v1/ws")


async def receive(socket: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    return dict(await asyncio.wait_for(socket.receive_json(), 10))


async def close_code(socket: aiohttp.ClientWebSocketResponse) -> int | None:
    message = await asyncio.wait_for(socket.receive(), 10)
    assert message.type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED}
    return socket.close_code


@pytest.mark.parametrize("first", ['{"token": "x.y.z"}', '{"subscribe": "events"}', "no json", '{"token": ""}'])
async def test_who_does_not_sign_in_first_is_sent_away(connect: Callable[[], Any], first: str) -> None:
    """Anything but a good token as the first message closes the connection."""
    async with connect() as socket:
        await socket.send_str(first)
        assert await close_code(socket) == 4401


async def test_who_says_nothing_is_sent_away(connect: Callable[[], Any]) -> None:
    """After five seconds of silence the connection is closed."""
    began = time.monotonic()
    async with connect() as socket:
        assert await close_code(socket) == 4401
    assert 4.5 < time.monotonic() - began < 7


async def test_a_token_that_expires_ends_the_connection(connect: Callable[[], Any], house: House) -> None:
    """Unless a new one comes in time."""
    async with connect() as socket:
        await socket.send_json({"token": house.token(lifetime_s=1.0)})
        assert (await receive(socket))["type"] == "ready"
        await socket.send_json({"token": house.token(lifetime_s=2.0)})
        assert (await receive(socket))["type"] == "ready"
        began = time.monotonic()
        assert await close_code(socket) == 4401
    assert time.monotonic() - began > 1.2


async def test_subscriptions_are_told_and_resumed(connect: Callable[[], Any], house: House) -> None:
    """Events carry the ids of the streams; `after` resumes; an operation's subscription ends with it."""
    async with connect() as socket:
        await socket.send_json({"token": house.token()})
        assert (await receive(socket))["user_id"] == house.user_id
        await socket.send_json({"subscribe": "events", "as": "all", "after": "0"})
        event = SoundscapeCreated(
            soundscape_id=SOUNDSCAPE, universe_id=UNIVERSE, organization_id=house.organization_id, revision=1
        )
        await house.deliver(event)
        told = await receive(socket)
        assert (told["type"], told["subscription"], told["event"]) == ("event", "all", "audio.soundscape.created.v1")
        await socket.send_json({"unsubscribe": "all"})
        body = {"universe_id": UNIVERSE}
        begun = (await house.client.post("/v1/performances", json=body, headers=house.auth())).json()["operation_id"]
        await house.client.post(f"/v1/operations/{begun}/cancel", headers=house.auth())
        await socket.send_json({"subscribe": "operation", "operation_id": begun, "after": 0})
        states = [(await receive(socket))["data"]["state"] for _ in range(2)]
        assert states == ["running", "cancelled"]
        assert await receive(socket) == {"type": "end", "subscription": begun}


async def test_what_is_not_the_callers_is_a_problem(
    connect: Callable[[], Any], house: House, fresh_id: Callable[[], str]
) -> None:
    """A foreign organization and an unknown message are answered by problems; the connection stays."""
    async with connect() as socket:
        await socket.send_json({"token": house.token()})
        await receive(socket)
        await socket.send_json({"subscribe": "events", "organization_id": fresh_id()})
        assert (await receive(socket))["problem"]["status"] == 404
        await socket.send_json({"dance": True})
        assert (await receive(socket))["problem"]["status"] == 422
        await socket.send_json({"token": house.token(user_id=fresh_id())})
        assert await close_code(socket) == 1008
