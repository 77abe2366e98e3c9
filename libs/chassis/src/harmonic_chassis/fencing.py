"""Leave to write what no transaction guards: a job that is no longer its worker's may not even leave a blob behind.

Rows are fenced where they are written, in their transaction. A store of blobs knows no fence, so whoever works under a
lease makes sure of it, in its own process, right before each blob: `BlobStore.put` asks here.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Guard = Callable[[], Awaitable[None]]
"""Raises where nothing may be written any more."""

_guard: ContextVar[Guard | None] = ContextVar("guard", default=None)


@contextmanager
def guarded(guard: Guard) -> Iterator[None]:
    """Within the block, in this task and those that it begins, every blob is written by leave of the guard."""
    token = _guard.set(guard)
    try:
        yield
    finally:
        _guard.reset(token)


async def leave_to_write() -> None:
    """Raises what the guard raises; where there is none, whatever is written may be."""
    guard = _guard.get()
    if guard is not None:
        await guard()
