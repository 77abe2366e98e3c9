"""The listeners of broadcasts in one process: bounded queues that drop the oldest."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from harmonic_chassis.transport.base import matches

Heard = tuple[str, dict[str, Any]]
BOUND = 1000


class Listeners:
    """Fans broadcasts out to the listeners of this process."""

    def __init__(self) -> None:
        self._queues: dict[asyncio.Queue[Heard], str] = {}

    @asynccontextmanager
    async def listen(self, pattern: str) -> AsyncIterator[AsyncIterator[Heard]]:
        queue: asyncio.Queue[Heard] = asyncio.Queue(BOUND)
        self._queues[queue] = pattern
        try:
            yield _drain(queue)
        finally:
            del self._queues[queue]

    def hear(self, topic: str, payload: dict[str, Any]) -> None:
        """Hand a broadcast to every listener whose pattern matches."""
        for queue, pattern in list(self._queues.items()):
            if matches(pattern, topic):
                if queue.full():
                    queue.get_nowait()
                queue.put_nowait((topic, payload))


async def _drain(queue: asyncio.Queue[Heard]) -> AsyncIterator[Heard]:
    while True:
        yield await queue.get()
