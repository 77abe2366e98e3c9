"""One request passed on over a wire, and its answer passed back while it comes."""

import asyncio
from typing import TYPE_CHECKING

from starlette.types import Message, Receive, Scope, Send

from harmonic_gateway.routing.headers import RawHeaders
from harmonic_gateway.routing.request_head import RequestHead
from harmonic_gateway.routing.wire import Unanswered

if TYPE_CHECKING:
    from harmonic_gateway.routing.wire import Wire
    from harmonic_gateway.routing.wires import Wires

_SAFE_AGAIN = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
"""Idempotent methods (RFC 9110, 9.2.2): said again where a kept connection was closed without a word."""


class Exchange:
    """Takes a wire when the answer is asked for; ``over`` gives it back."""

    def __init__(self, wires: "Wires", receive: Receive) -> None:
        self._wires = wires
        self._receive = receive
        self._wire: Wire | None = None
        self._feeding: asyncio.Task[None] | None = None
        """Sends the rest of a body that did not come in one piece, beside the answer."""

    async def answer_to(self, scope: Scope) -> tuple[int, RawHeaders]:
        """Status and headers of the answer. Raises TimeoutError for a silent service, OSError for one out of reach."""
        head = RequestHead.of(scope, self._wires.authority, self._wires.prefix)
        try:
            return await self._said(head, fresh=False)
        except Unanswered:
            if head.has_body or head.method not in _SAFE_AGAIN:
                raise
        self.over(whole=False)
        return await self._said(head, fresh=True)

    async def relay(self, send: Send) -> bool:
        """Pass the answer's body on; whether all of it was read."""
        assert self._wire is not None
        piece = await self._wire.read()
        if self._wire.ended:
            await send({"type": "http.response.body", "body": piece})
            return True
        return await self._relay_long(self._wire, piece, send)

    def over(self, *, whole: bool) -> None:
        """Give the wire back, to be used again where request and answer were passed on whole."""
        said = self._feeding is None or self._feeding.done()
        if self._feeding is not None:
            self._feeding.cancel()
            self._feeding = None
        if self._wire is not None:
            self._wires.give_back(self._wire, reuse=whole and said)
            self._wire = None

    async def _said(self, head: RequestHead, *, fresh: bool) -> tuple[int, RawHeaders]:
        self._wire = wire = await self._wires.take(fresh=fresh)
        wire.begin(bodiless=head.method == "HEAD")
        wire.write(head.text)
        if head.has_body and await self._feed(wire, chunked=head.chunked):
            self._feeding = asyncio.create_task(self._feed_rest(wire, chunked=head.chunked))
        return await wire.head()

    async def _feed(self, wire: "Wire", *, chunked: bool) -> bool:
        """Pass the next piece of the body on; whether more follows."""
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the client left before its body was whole")
        body, more = message.get("body", b""), bool(message.get("more_body"))
        if body:
            wire.write(b"%x\r\n%s\r\n" % (len(body), body) if chunked else body)
        if chunked and not more:
            wire.write(b"0\r\n\r\n")
        return more

    async def _feed_rest(self, wire: "Wire", *, chunked: bool) -> None:
        try:
            await wire.writable()
            while await self._feed(wire, chunked=chunked):
                await wire.writable()
        except Exception as error:
            wire.abandon(error)  # who waits for the answer raises it

    async def _relay_long(self, wire: "Wire", piece: bytes, send: Send) -> bool:
        """A body of several pieces: stops reading from the service as soon as the client has left."""
        fed = self._feeding is None or self._feeding.done()
        left = asyncio.create_task(_until_disconnect(self._receive)) if fed else None
        try:
            while piece:
                if left is not None and left.done():
                    return False
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                piece = await wire.read()
            await send({"type": "http.response.body", "body": b""})
            return True
        finally:
            if left is not None:
                left.cancel()


async def _until_disconnect(receive: Receive) -> None:
    message: Message = {"type": "http.request"}
    while message["type"] != "http.disconnect":
        message = await receive()
