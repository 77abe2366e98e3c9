"""The kept connections to a service, before servers that behave well and badly, written by hand."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from harmonic_gateway.routing.http_upstream import HttpUpstream

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
Answers = Callable[[int, int], bytes | None]
"""Given the number of the connection and of the request on it, what is answered; None closes without a word."""


class Peer:
    """A service of raw bytes, and the upstream before it."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self.connections = 0
        self.requests: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        number, asked = self.connections, 0
        self.connections += 1
        while True:
            try:
                self.requests.append(await reader.readuntil(b"\r\n\r\n"))
            except asyncio.IncompleteReadError:
                break
            said = self._answers(number, asked)
            asked += 1
            if said is None:
                break
            writer.write(said)
            if b"connection: close" in said:
                break
        writer.close()


Ask = Callable[..., Awaitable[tuple[int, bytes]]]


@pytest.fixture
async def start() -> AsyncIterator[Callable[[Answers], Awaitable[tuple[Peer, Ask]]]]:
    """Starts a peer; gives it and what asks it through the upstream."""
    closing: list[Any] = []

    async def started(answers: Answers) -> tuple[Peer, Ask]:
        peer = Peer(answers)
        server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
        upstream = HttpUpstream("peer", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", silence_s=2.0)
        closing.extend((upstream, server))

        async def ask(method: str = "GET", headers: tuple[tuple[bytes, bytes], ...] = ()) -> tuple[int, bytes]:
            status, body, said = 0, bytearray(), False

            async def send(message: Any) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                body.extend(message.get("body", b""))

            async def receive() -> Any:
                nonlocal said
                if said:
                    await asyncio.Event().wait()  # the client neither says more nor leaves
                said = True
                return {"type": "http.request", "body": b"", "more_body": False}

            scope = {"type": "http", "method": method, "path": "/x", "query_string": b"", "headers": list(headers)}
            await upstream(scope, receive, send)
            return status, bytes(body)

        return peer, ask

    yield started
    for each in closing:
        if isinstance(each, HttpUpstream):
            await each.close()
        else:
            each.close()


async def test_a_connection_is_kept_for_the_next_request(start: Any) -> None:
    """Twenty requests one after another need one connection."""
    peer, ask = await start(lambda *_: OK)
    assert [await ask() for _ in range(20)] == [(200, b"ok")] * 20
    assert peer.connections == 1


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("DELETE", 200), ("POST", 502), ("PATCH", 502)])
async def test_a_kept_connection_that_was_closed_is_no_failure(start: Any, method: str, status: int) -> None:
    """An idempotent request is said again on a new connection; another one is answered by 502, never said twice."""
    peer, ask = await start(lambda connection, request: OK if request == 0 else None)
    assert (await ask())[0] == 200
    assert (await ask(method))[0] == status
    assert sum(request.startswith(method.encode()) for request in peer.requests[1:]) == (2 if status == 200 else 1)


async def test_a_service_that_never_answers_is_asked_twice_at_most(start: Any) -> None:
    """A fresh connection closed without a word is a failure at once."""
    peer, ask = await start(lambda *_: None)
    assert (await ask())[0] == 502
    assert peer.connections == 1


@pytest.mark.parametrize(
    "said",
    [
        b"220 smtp ready\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\nok",
    ],
)
async def test_what_is_no_single_answer_does_not_reach_the_next_caller(start: Any, said: bytes) -> None:
    """Another protocol, a second answer, two lengths: the connection is given up, the next caller gets his own."""
    _, ask = await start(lambda connection, request: said if connection == 0 else OK)
    try:
        status, body = await ask()
    except OSError:
        status, body = 502, b""
    assert status in (200, 502)
    assert b"evil" not in body
    assert await ask() == (200, b"ok")


async def test_interim_answers_and_answers_without_a_body_pass(start: Any) -> None:
    """103 is passed over, HEAD has no body whatever its length says, no length means to the end of the connection."""
    _, ask = await start(lambda *_: b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" + OK)
    assert await ask() == (200, b"ok")
    _, ask = await start(lambda *_: b"HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\n")
    assert await ask("HEAD") == (200, b"")
    assert await ask("HEAD") == (200, b"")
    _, ask = await start(lambda *_: b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nto the end")
    assert await ask() == (200, b"to the end")


async def test_a_header_cannot_smuggle_a_request(start: Any) -> None:
    """A request has one framing: beside chunks a length is not passed on."""
    peer, ask = await start(lambda *_: OK)
    await ask("POST", ((b"content-length", b"5"), (b"transfer-encoding", b"chunked")))
    head = peer.requests[0].lower()
    assert b"content-length" not in head
    assert head.count(b"transfer-encoding") == 1
