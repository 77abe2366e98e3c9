"""The hub: what is broadcast between replicas reaches the streams that this replica serves.

A broadcast may be lost, so it never carries what must arrive: it only wakes a stream to read the table, and brings fine
progress, of which the newest for each operation is enough.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

PROGRESS = "*.operation.progress"
MOVED = "gateway.stream.moved"
KEY_REVOKED = "gateway.api_key.revoked"
_REMEMBERED = 2000


class Listening:
    """One stream's ear: it is woken for its organizations, and holds the newest progress of its operations."""

    def __init__(self, organizations: set[str], operations: set[str]) -> None:
        self.organizations = organizations
        self.operations = operations
        self._woken = asyncio.Event()
        self._moved = False
        self._progress: dict[str, float] = {}

    def wake(self) -> None:
        """There may be news in the table."""
        self._moved = True
        self._woken.set()

    def progressed(self, operation_id: str, progress: float) -> None:
        """The newest progress of an operation."""
        self._progress[operation_id] = progress
        self._woken.set()

    def take_progress(self) -> dict[str, float]:
        """The progress that came since the last call, by operation."""
        taken, self._progress = self._progress, {}
        return taken

    async def wait(self, timeout_s: float) -> bool:
        """Return when woken, or after the timeout: a lost wake-up costs time, never an event. Returns whether the table
        should be read: not for progress alone."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._woken.wait()
        except TimeoutError:
            return True
        finally:
            self._woken.clear()
        moved, self._moved = self._moved, False
        return moved


class Hub:
    """The streams of this replica. `on_key_revoked` is told the id of a void API key."""

    def __init__(self, on_key_revoked: Callable[[str], None] = lambda key_id: None) -> None:
        self._listening: set[Listening] = set()
        self._on_key_revoked = on_key_revoked
        self._latest: OrderedDict[str, float] = OrderedDict()

    @contextmanager
    def listen(self, organizations: set[str], operations: set[str]) -> Iterator[Listening]:
        """An ear for the time of the block. Open it before reading the table, so that nothing falls between."""
        ear = Listening(organizations, operations)
        self._listening.add(ear)
        try:
            yield ear
        finally:
            self._listening.discard(ear)

    def latest_progress(self, operation_id: str) -> float | None:
        """The finest progress that was heard of an operation."""
        return self._latest.get(operation_id)

    def hear(self, topic: str, payload: dict[str, Any]) -> None:
        """A broadcast came in."""
        if topic == MOVED:
            self._wake(str(payload.get("organization_id")))
        elif topic == KEY_REVOKED:
            self._on_key_revoked(str(payload.get("key_id")))
        elif topic.endswith(".operation.progress"):
            self._progressed(str(payload.get("operation_id")), payload.get("progress"))

    def wake_all(self) -> None:
        """Wake every stream, as at a stop."""
        for ear in list(self._listening):
            ear.wake()

    def _wake(self, organization_id: str) -> None:
        for ear in list(self._listening):
            if organization_id in ear.organizations:
                ear.wake()

    def _progressed(self, operation_id: str, progress: object) -> None:
        if not isinstance(progress, int | float):
            return
        self._latest[operation_id] = float(progress)
        self._latest.move_to_end(operation_id)
        if len(self._latest) > _REMEMBERED:
            self._latest.popitem(last=False)
        for ear in list(self._listening):
            if operation_id in ear.operations:
                ear.progressed(operation_id, float(progress))
