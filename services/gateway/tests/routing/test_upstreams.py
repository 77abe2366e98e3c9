"""Both ways to a service, mounted and over HTTP, keep the same promises before the same small service."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send
from yarl import URL

from harmonic_gateway.routing.body import forward_limited
from harmonic_gateway.routing.http_upstream import HttpUpstream
from harmonic_gateway.routing.upstream import UpstreamSilent, get_json

LIMIT = 1_000_000
Start = Callable[[ASGIApp], Any]


class Small:
    """A service that echoes, streams without end, and is silent."""

    def __init__(self) -> None:
        self.left = asyncio.Event()
        names = {"/tell": self.tell, "/endless": self.endless, "/silent": self.silent}
        routes: list[Any] = [Route(path, run, methods=["GET", "POST"]) for path, run in names.items()]
        self.app = Starlette(routes=[*routes, Mount("/echo", self.echo)])

    async def echo(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends each piece of the body back as it comes."""
        told = {b"x-query": scope["query_string"], b"connection": b"x-hop", b"x-hop": b"1", b"x-end": b"2"}
        await send({"type": "http.response.start", "status": 201, "headers": list(told.items())})
        more = True
        while more:
            message = await receive()
            more = message.get("more_body", False)
            await send({"type": "http.response.body", "body": message.get("body", b""), "more_body": more})

    async def tell(self, request: Request) -> JSONResponse:
        return JSONResponse({"headers": dict(request.headers), "body": len(await request.body())})

    async def endless(self, request: Request) -> StreamingResponse:
        async def body() -> AsyncIterator[bytes]:
            try:
                while True:
                    yield b"x" * 1000
                    await asyncio.sleep(0.01)
            finally:
                self.left.set()

        return StreamingResponse(body())

    async def silent(self, request: Request) -> JSONResponse:
        await asyncio.sleep(5)
        return JSONResponse({})


@pytest.fixture
def small() -> Small:
    return Small()


@pytest.fixture(params=["mounted", "http"])
async def gateway(request: Any, small: Small, serve: Start) -> AsyncIterator[str]:
    """The address of a port behind which the small service is reached in one of the two ways."""
    upstream: ASGIApp = small.app
    if request.param == "http":
        upstream = HttpUpstream("small", (await serve(small.app)).url, silence_s=0.5)

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        await forward_limited(upstream, LIMIT, scope, receive, send)

    yield (await serve(limited)).url
    if isinstance(upstream, HttpUpstream):
        await upstream.close()


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def pieces(count: int, size: int = 1000) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"y" * size


async def test_bodies_stream_both_ways(gateway: str, client: aiohttp.ClientSession) -> None:
    """The service's answer begins before the request has ended: nothing is gathered on the way."""
    first_is_back = asyncio.Event()

    async def conversation() -> AsyncIterator[bytes]:
        yield b"first"
        await asyncio.wait_for(first_is_back.wait(), 5)
        yield b"second"

    async with client.post(f"{gateway}/echo/all", data=conversation()) as answer:
        assert await answer.content.readany() == b"first"
        first_is_back.set()
        assert await answer.content.read() == b"second"


async def test_query_and_status_pass_unchanged(gateway: str, client: aiohttp.ClientSession) -> None:
    """What the client wrote, percent signs and all, is what the service reads; its status and headers come back."""
    async with client.post(URL(f"{gateway}/echo/all?a=%20b&c=%C3%A9&d=a%2Fb", encoded=True), data=b"") as answer:
        assert answer.status == 201
        assert answer.headers["x-query"] == "a=%20b&c=%C3%A9&d=a%2Fb"
        assert answer.headers["x-end"] == "2"


async def test_an_endless_answer_stops_when_the_client_leaves(
    gateway: str, client: aiohttp.ClientSession, small: Small
) -> None:
    """Nobody reads on for a client that has gone."""
    async with client.get(f"{gateway}/endless") as answer:
        assert await answer.content.readany()
        answer.close()
    await asyncio.wait_for(small.left.wait(), 5)


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_above_the_limit_is_refused(gateway: str, client: aiohttp.ClientSession, chunked: bool) -> None:
    """413, by the declared length at once or while it streams in; what fits passes whole."""
    too_large: Any = pieces(1001) if chunked else b"y" * (LIMIT + 1)
    async with client.post(f"{gateway}/tell", data=too_large) as answer:
        assert answer.status == 413
        assert (await answer.json(content_type="application/problem+json"))["detail"].startswith("The body may have")
    fits: Any = pieces(1000) if chunked else b"y" * LIMIT
    async with client.post(f"{gateway}/tell", data=fits) as answer:
        assert (await answer.json())["body"] == LIMIT


async def test_only_what_travels_end_to_end_goes_on(small: Small, serve: Start, client: aiohttp.ClientSession) -> None:
    """Hop-by-hop headers and claims about the client's address stop at the proxy, which tells the address itself."""
    proxy = await serve(HttpUpstream("small", (await serve(small.app)).url))
    lies = {"Connection": "keep-alive, X-Secret", "X-Secret": "1", "X-Forwarded-For": "6.6.6.6", "Forwarded": "for=6"}
    async with client.get(f"{proxy.url}/tell", headers={**lies, "X-Request-ID": "r-1"}) as answer:
        seen = (await answer.json())["headers"]
    assert "x-secret" not in seen
    assert "forwarded" not in seen
    assert seen["x-forwarded-for"] == "127.0.0.1"
    assert seen["x-request-id"] == "r-1"
    async with client.post(f"{proxy.url}/echo/all", data=b"") as answer:
        assert "x-hop" not in answer.headers


async def test_failures_of_the_way_are_problems(small: Small, serve: Start, client: aiohttp.ClientSession) -> None:
    """Nobody there is 502; somebody who does not speak is 504."""
    nobody = await serve(HttpUpstream("small", "http://127.0.0.1:1"))
    async with client.get(f"{nobody.url}/tell") as answer:
        assert answer.status == 502
        assert answer.content_type == "application/problem+json"
    mute = await serve(HttpUpstream("small", (await serve(small.app)).url, silence_s=0.2))
    async with client.get(f"{mute.url}/silent") as answer:
        assert answer.status == 504


async def test_an_answer_that_breaks_off_is_not_taken_for_whole(serve: Start, client: aiohttp.ClientSession) -> None:
    """When the service dies in the middle of its answer, the client's connection breaks too."""

    async def dies(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"1000000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"z" * 10, "more_body": True})
        raise ConnectionAbortedError("the service died, as this test wants")

    proxy = await serve(HttpUpstream("dying", (await serve(dies)).url))
    with pytest.raises(aiohttp.ClientPayloadError):
        async with client.get(proxy.url) as answer:
            await answer.read()


async def test_a_document_can_be_asked_of_any_upstream(small: Small) -> None:
    """`get_json` gives the document, or says what the answer was."""
    assert (await get_json(small.app, "/tell"))["body"] == 0
    with pytest.raises(UpstreamSilent, match="404"):
        await get_json(small.app, "/nothing")
