"""Waiting for news: a signal that may be missed, with a slow poll behind it."""

import asyncio
import contextlib


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
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._event.wait(), at_most_s)
        self._event.clear()
