"""Waiting for news: a signal that may be missed, with a slow poll behind it."""

import asyncio
import contextlib
import time


class Wake:
    """One sleeper, any number of wakers. A ring while nobody sleeps is kept, so none is lost between look and sleep."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """There may be news."""
        self._event.set()

    async def wait(self, at_most_s: float) -> None:
        """Sleep until a ring, or as long as that."""
        if at_most_s > 0:
            # Not `wait_for`: up to Python 3.11 it swallows a cancellation that comes together with the ring.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(at_most_s):
                    await self._event.wait()
        self._event.clear()


FEW = 8
"""What a round does that need not wait for company: at 200 single events a second, waiting would double the way."""


class Gathering:
    """A short wait between rounds that found little, so that what comes one by one is done together under load. The
    first round after a silence never waits, so a message alone is as fast as ever. ``rest_s`` is kept after every round
    that found something, however little."""

    def __init__(self, enough: int, pause_s: float = 0.003, rest_s: float = 0.0) -> None:
        self._enough = enough
        self._pause_s = pause_s
        self._rest_s = rest_s
        self._until = float("-inf")

    def found(self, count: int) -> None:
        """A round has ended that did so many."""
        if count:
            pause_s = self._pause_s if FEW < count < self._enough else 0.0
            self._until = time.monotonic() + max(pause_s, self._rest_s)

    async def wait(self) -> None:
        """Before a round."""
        remaining = self._until - time.monotonic()
        if remaining > 0:
            await asyncio.sleep(remaining)
