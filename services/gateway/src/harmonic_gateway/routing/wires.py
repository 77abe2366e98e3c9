"""The connections to one service: kept for the next request while they are fresh, and bounded in number."""

import asyncio
import ssl
from collections import deque
from urllib.parse import urlsplit

from harmonic_gateway.routing.wire import Wire

MOST = 200
KEPT_S = 15.0
"""Shorter than a service keeps an idle connection, so that it is seldom closed under a request."""


class Wires:
    """A pool for one base URL."""

    def __init__(self, base_url: str, *, connect_s: float, silence_s: float) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{base_url!r} is no address of a service: write http://host:port")
        self.authority = parts.netloc.rpartition("@")[2].encode()
        self.prefix = parts.path.rstrip("/").encode()
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._host, self._port = parts.hostname, parts.port or (443 if self._tls else 80)
        self._connect_s, self._silence_s = connect_s, silence_s
        self._idle: deque[tuple[Wire, float]] = deque()
        self._places = asyncio.Semaphore(MOST)
        self._out: set[Wire] = set()

    async def take(self, *, fresh: bool = False) -> Wire:
        """A connection for one exchange. Raises TimeoutError or OSError where none can be made."""
        await self._places.acquire()
        try:
            wire = None if fresh else self._kept()
            if wire is None:
                wire = await self._connected()
        except BaseException:
            self._places.release()
            raise
        self._out.add(wire)
        return wire

    def give_back(self, wire: Wire, *, reuse: bool) -> None:
        """After the exchange; closed unless it may be used again."""
        self._out.discard(wire)
        self._places.release()
        if reuse and wire.reusable:
            wire.served()
            self._idle.append((wire, asyncio.get_running_loop().time()))
        else:
            wire.close()

    def close(self) -> None:
        """Close all of them."""
        for wire in [*self._out, *(kept for kept, _ in self._idle)]:
            wire.close()
        self._idle.clear()

    def _kept(self) -> Wire | None:
        """The connection used last that is still open and fresh; the others are left to age, and closed."""
        oldest = asyncio.get_running_loop().time() - KEPT_S
        while self._idle and self._idle[0][1] < oldest:
            self._idle.popleft()[0].close()
        while self._idle:
            wire, _ = self._idle.pop()
            if wire.open:
                return wire
        return None

    async def _connected(self) -> Wire:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._connect_s):
            _, wire = await loop.create_connection(lambda: Wire(self._silence_s), self._host, self._port, ssl=self._tls)
        return wire
