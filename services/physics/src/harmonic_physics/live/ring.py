"""A bounded ring of what happened last, for readers who each go at their own pace."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Ring(Generic[T]):
    """The last `size` items, numbered from 1. Writing never waits; a reader who is too slow misses the oldest."""

    def __init__(self, size: int) -> None:
        self._items: deque[T] = deque(maxlen=size)
        self._moved = asyncio.Event()
        self.last = 0
        """Number of the newest item; 0 before the first."""
        self.closed = False

    def put(self, item: T) -> None:
        """Append an item; the oldest one goes where the ring is full."""
        self._items.append(item)
        self.last += 1
        self._wake()

    def close(self) -> None:
        """Nothing more will come: readers end after what is there."""
        self.closed = True
        self._wake()

    def after(self, number: int) -> list[tuple[int, T]]:
        """The items past a number that are still there, with their numbers."""
        first = self.last - len(self._items) + 1
        return [(first + k, item) for k, item in enumerate(self._items) if first + k > number]

    async def moved(self) -> None:
        """Wait for the next item, or the close."""
        await self._moved.wait()

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()
