"""A wire that can be cut: TCP from a loopback port to another, while it is whole."""

import asyncio
import contextlib
from typing import cast


class Wire:
    """Passes bytes both ways to ``target``, a loopback port. Cut, it drops what it carries and refuses what comes."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.whole = True
        self._server: asyncio.Server | None = None
        self._ends: set[_End] = set()

    async def start(self) -> None:
        """Listen on a free port, which stays the same."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Accepted(self), "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Drop every connection, now, without a word of goodbye; refuse new ones."""
        self.whole = False
        for end in list(self._ends):
            end.abort()

    def mend(self) -> None:
        """Let connections through again."""
        self.whole = True

    async def stop(self) -> None:
        """Close all."""
        self.cut()
        if self._server is not None:
            self._server.close()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._server.wait_closed(), 2.0)


class _End(asyncio.Protocol):
    """One end of a connection; what it receives the other end sends."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.transport: asyncio.Transport | None = None
        self.other: _End | None = None
        self._early: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # that of uvloop is one without being derived from it
        self.wire._ends.add(self)
        if not self.wire.whole:
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        if self.other is None:
            self._early.append(data)
        elif not _closed(self.other):
            cast(asyncio.Transport, self.other.transport).write(data)

    def join(self, other: "_End") -> None:
        """The connection is complete."""
        self.other, other.other = other, self
        if other.transport is not None:
            other.transport.writelines(self._early)
        self._early.clear()

    def connection_lost(self, error: Exception | None) -> None:
        self.wire._ends.discard(self)
        if self.other is not None and self.other.transport is not None:
            self.other.transport.close()

    def pause_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.resume_reading()

    def abort(self) -> None:
        """Reset the connection."""
        if self.transport is not None:
            self.transport.abort()


class _Accepted(_End):
    """The end towards the client: it opens the other one."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._opening = asyncio.get_running_loop().create_task(self._open())

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, far = await loop.create_connection(lambda: _End(self.wire), "127.0.0.1", self.wire.target)
        except OSError:
            self.abort()
            return
        if _closed(self) or _closed(far):
            self.abort()
            far.abort()
        else:
            self.join(far)


def _closed(end: _End) -> bool:
    return end.transport is None or end.transport.is_closing()
