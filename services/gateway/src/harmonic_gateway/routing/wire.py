"""One kept connection to a service: HTTP/1.1, one exchange at a time, read by llhttp (the parser of the server itself).

The gateway passes on what it gets, piece by piece; it needs no redirects, cookies, decoding or retries of a client
library, which cost it more than everything else it does.
Source: RFC 9112 (framing of messages); pressure is passed on both ways by pausing the sockets.
"""

import asyncio
from collections import deque
from typing import cast

import httptools

from harmonic_gateway.routing.headers import RawHeaders

HIGH_WATER = 256 * 1024
"""Bytes of an answer that wait here before the service is made to wait."""


class WayBroken(ConnectionError):
    """The connection failed, or the service did not keep to the protocol."""


class Unanswered(WayBroken):
    """A connection that had served before was closed without a byte of the answer: the request may be said again."""


class Wire(asyncio.Protocol):
    """A connection. ``begin`` an exchange, ``write`` the request, wait for ``head``, ``read`` to the end."""

    def __init__(self, silence_s: float) -> None:
        self._silence_s = silence_s
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._waiting: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._pieces: deque[bytes] = deque()
        self._buffered = 0
        self._paused = False
        self._served = 0
        self._headers: RawHeaders = []
        self._status = 0
        self._bodiless = False
        self._ended = True
        self._begun = False
        self._kept = False
        self._lost: Exception | None = None

    # What the proxy calls.

    def begin(self, *, bodiless: bool) -> None:
        """A new exchange; ``bodiless`` where the answer has no body whatever its headers say (HEAD)."""
        self._headers, self._status = [], 0
        self._bodiless, self._ended, self._begun, self._kept = bodiless, False, False, False

    def write(self, data: bytes) -> None:
        """Send. What cannot be sent is lost with the connection, and ``head`` tells."""
        if self._transport is not None and self._lost is None:
            self._transport.write(data)

    async def writable(self) -> None:
        """Wait while the service takes nothing more. Raises TimeoutError."""
        if self._writable is not None:
            async with asyncio.timeout(self._silence_s):
                await asyncio.shield(self._writable)

    @property
    def answered(self) -> bool:
        """Whether the answer's head is there."""
        return self._status > 0

    @property
    def ended(self) -> bool:
        """Whether the whole answer has been read."""
        return self._ended and not self._pieces

    async def head(self) -> tuple[int, RawHeaders]:
        """Status and headers. Raises TimeoutError when the service is silent too long, WayBroken when it is gone."""
        while not self._status:
            await self._more()
        return self._status, self._headers

    async def read(self) -> bytes:
        """The next of the body as it came, b"" at its end. Raises as ``head`` does."""
        while not self._pieces:
            if self._ended:
                return b""
            await self._more()
        whole = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        self._buffered = 0
        if self._paused and self._transport is not None and self._lost is None:
            self._paused = False
            self._transport.resume_reading()
        return whole

    @property
    def reusable(self) -> bool:
        """Whether a further exchange may begin."""
        return self.ended and self._lost is None and self._kept

    def served(self) -> None:
        """An exchange is over, to the satisfaction of both."""
        self._served += 1

    @property
    def open(self) -> bool:
        """Whether the service still holds its end."""
        return self._lost is None

    def abandon(self, error: Exception) -> None:
        """Close, because the request cannot be said to its end: ``head`` and ``read`` raise the error."""
        self._fail(error)
        self.close()
        self._wake()

    def close(self) -> None:
        """Close at once; what is under way is lost."""
        if self._transport is not None:
            self._transport.abort()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class

    def data_received(self, data: bytes) -> None:
        try:
            if self._ended and not self._begun:
                raise WayBroken("the service speaks out of turn")
            self._begun = True
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade, WayBroken) as error:
            self._fail(WayBroken(f"the service does not speak HTTP/1.1: {error}"))
            self.close()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._status and not self._ended and not _framed(self._headers) and exc is None:
            self._ended = True  # RFC 9112, 6.3: a body without a length ends with the connection
        silent = not self._begun and self._served > 0
        self._fail(Unanswered("closed before it answered") if silent else WayBroken("the connection broke off"))
        self._wake()
        self.resume_writing()

    def pause_writing(self) -> None:
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        writable, self._writable = self._writable, None
        if writable is not None and not writable.done():
            writable.set_result(None)

    # What the parser calls.

    def on_message_begin(self) -> None:
        if self._status:
            raise WayBroken("a second answer to one request")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:
            self._headers = []  # an interim answer: the final one follows
            return
        self._status = status
        if self._bodiless:
            self._ended = True

    def on_body(self, body: bytes) -> None:
        self._pieces.append(body)
        self._buffered += len(body)
        if self._buffered > HIGH_WATER and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        if self._status:
            self._ended, self._begun = True, False
            self._kept = self._parser.should_keep_alive()  # llhttp knows it only here

    # Within.

    def _fail(self, error: Exception) -> None:
        if self._lost is None:
            self._lost = error

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def _more(self) -> None:
        if self._lost is not None:
            raise self._lost
        self._waiting = waiting = self._loop.create_future()
        timer = self._loop.call_later(self._silence_s, _give_up, waiting)
        try:
            await waiting
        finally:
            timer.cancel()
            self._waiting = None


def _give_up(waiting: "asyncio.Future[None]") -> None:
    if not waiting.done():
        waiting.set_exception(TimeoutError("the service is silent"))


def _framed(headers: RawHeaders) -> bool:
    return any(key in (b"content-length", b"transfer-encoding") for key, _ in headers)
