"""A service behind HTTP, as an ASGI application that streams both ways.

Failures of the way are told apart: not reachable or broken off is 502, silent for too long is 504. Once the answer has
begun there is nothing left to say: the connection to the client is broken off, so that nobody takes half for whole.
"""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import quote

import aiohttp
from multidict import CIMultiDict
from starlette.types import Message, Receive, Scope, Send
from yarl import URL

from harmonic_contracts import problems
from harmonic_gateway.routing.headers import TOLD_BY_US, RawHeaders, end_to_end, find
from harmonic_gateway.routing.problems import Refused, answer

_NOT_INVENTED = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
_ASCII = "".join(chr(code) for code in range(0x21, 0x7F))
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})


class HttpUpstream:
    """One service. The session is made at the first request, on the loop that serves it, and is closed by `close`."""

    def __init__(self, name: str, base_url: str, *, connect_s: float = 5.0, silence_s: float = 60.0) -> None:
        self._name = name
        self._base = base_url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=connect_s, sock_read=silence_s)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections to the service."""
        if self._session is not None:
            await self._session.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self._request(scope, receive)
        except TimeoutError:
            await answer(self._silent(), scope, receive, send)
            return
        except (aiohttp.ClientError, OSError):
            await answer(self._unreachable(), scope, receive, send)
            return
        try:
            await _relay(scope, response, receive, send)
        finally:
            response.release()

    async def _request(self, scope: Scope, receive: Receive) -> aiohttp.ClientResponse:
        return await self._open().request(
            scope["method"],
            self._url(scope),
            headers=_headers(scope),
            data=_body(scope, receive),
            allow_redirects=False,
            skip_auto_headers=_NOT_INVENTED,
        )

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=0, limit_per_host=200, keepalive_timeout=15)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=self._timeout, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    def _url(self, scope: Scope) -> URL:
        path = quote(scope.get("raw_path") or scope["path"].encode(), safe=_ASCII)
        query = quote(scope["query_string"], safe=_ASCII)
        return URL(self._base + path + (f"?{query}" if query else ""), encoded=True)

    def _silent(self) -> Refused:
        return Refused(problems.TIMEOUT, f"The {self._name} service did not answer in time. Try again.")

    def _unreachable(self) -> Refused:
        return Refused(problems.UPSTREAM, f"The {self._name} service could not be reached. Try again.")


def _headers(scope: Scope) -> "CIMultiDict[str]":
    travelling = [(key, value) for key, value in end_to_end(scope["headers"]) if key not in TOLD_BY_US]
    told = _forwarded(scope, find(scope["headers"], b"host"))
    pairs = [(key, value) for key, value in travelling if key != b"host"] + told
    return CIMultiDict((key.decode("latin-1"), value.decode("latin-1")) for key, value in pairs)


def _forwarded(scope: Scope, host: bytes | None) -> RawHeaders:
    client = scope.get("client")
    headers = [(b"x-forwarded-proto", scope.get("scheme", "http").encode())]
    if client:
        headers.append((b"x-forwarded-for", str(client[0]).encode()))
    if host:
        headers.append((b"x-forwarded-host", host))
    return headers


def _body(scope: Scope, receive: Receive) -> AsyncIterator[bytes] | None:
    sized = find(scope["headers"], b"content-length")
    chunked = find(scope["headers"], b"transfer-encoding")
    if chunked is None and (sized in {None, b"0"}) and (scope["method"] in _BODILESS or sized is None):
        return None
    return _stream(receive)


async def _stream(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the client left before its body was whole")
        if message.get("body"):
            yield message["body"]
        if not message.get("more_body"):
            return


async def _relay(scope: Scope, response: aiohttp.ClientResponse, receive: Receive, send: Send) -> None:
    headers = end_to_end(response.raw_headers)
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    if scope["method"] == "HEAD":
        await send({"type": "http.response.body", "body": b""})
        return
    first = await response.content.readany()
    if response.content.at_eof():
        await send({"type": "http.response.body", "body": first})
        return
    await _relay_long(first, response, receive, send)


async def _relay_long(first: bytes, response: aiohttp.ClientResponse, receive: Receive, send: Send) -> None:
    """A body of several pieces: stops reading from the service as soon as the client has left."""
    left = asyncio.create_task(_until_disconnect(receive))
    try:
        await send({"type": "http.response.body", "body": first, "more_body": True})
        async for piece in response.content.iter_any():
            if left.done():
                response.close()
                return
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        left.cancel()


async def _until_disconnect(receive: Receive) -> None:
    message: Message = {"type": "http.request"}
    while message["type"] != "http.disconnect":
        message = await receive()
