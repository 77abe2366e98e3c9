"""Following a stream: everything past a place, in order, without gap or repeat, while the follower may read it.

The table is the truth, on any replica; the hub only says when to look. Used by SSE and by the WebSocket alike.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

from harmonic_chassis.database import Database
from harmonic_chassis.readers import Reader
from harmonic_contracts.operations import OperationState
from harmonic_gateway.store import stream
from harmonic_gateway.store.stream import StreamEvent
from harmonic_gateway.streams.hub import Hub, Listening
from harmonic_gateway.streams.position import Position

LOOK_AGAIN_S = 2.0
ASK_AGAIN_S = 1.0
HEARTBEAT_S = 15.0


@dataclass(frozen=True)
class Item:
    """What a follower is told. A numbered event has an id; progress and heartbeat have none."""

    name: str
    data: Any = None
    id: str | None = None

    @property
    def is_heartbeat(self) -> bool:
        return self.name == "heartbeat"


HEARTBEAT = Item("heartbeat")


@dataclass(frozen=True)
class Follower:
    """What following needs: the table, the hub, when to stop, and whether the reader still may read."""

    db: Database
    hub: Hub
    stopping: Callable[[], bool]
    reader: Callable[[], Awaitable[Reader | None]]
    """What the follower may see now; None where it may not follow any more."""

    async def operation(self, document: Mapping[str, Any], after: int) -> AsyncIterator[Item]:
        """The events of one operation past `after`, with fine progress between them; ends after its final state."""
        operation_id, organization_id = str(document["operation_id"]), str(document["organization_id"])
        ended = _is_final(document)
        with self.hub.listen({organization_id}, _parts(document)) as ear:
            pulse, right, glance = _Pulse(), _Right(self.reader), _Glance()
            while not self.stopping() and await right.holds() is not None:
                events = await self._read_operation(operation_id, after) if glance.is_due() else []
                for event in events:
                    after, document = event.number, event.data["data"]
                    ear.operations |= _parts(document)
                    yield Item("operation", document, str(event.number))
                if ended or _is_final(document):
                    return
                heard = _progress(document, ear)
                for item in heard:
                    yield item
                if pulse.is_due(bool(events or heard)):
                    yield HEARTBEAT
                glance.moved = await ear.wait(LOOK_AGAIN_S)

    async def organizations(self, position: Position, organizations: list[str]) -> AsyncIterator[Item]:
        """The domain events of these organizations past the position."""
        with self.hub.listen(set(organizations), set()) as ear:
            pulse, right = _Pulse(), _Right(self.reader)
            while not self.stopping() and (reader := await right.holds()) is not None:
                events = await self._read(position, organizations, reader)
                for event in events:
                    position = position.moved(event.organization_id, event.number)
                    yield Item(event.type, event.data, str(position))
                if pulse.is_due(bool(events)):
                    yield HEARTBEAT
                if not events:
                    await ear.wait(LOOK_AGAIN_S)

    async def _read_operation(self, operation_id: str, after: int) -> list[StreamEvent]:
        async with self.db.reading() as session:
            return await stream.read_operation(session, operation_id, after)

    async def _read(self, position: Position, organizations: list[str], reader: Reader) -> list[StreamEvent]:
        async with self.db.reading() as session:
            return await stream.read(session, {each: position.of(each) for each in organizations}, reader)


class _Right:
    """The reader's right to read, asked for once a second at most: a revocation ends the stream well within 5 s."""

    def __init__(self, ask: Callable[[], Awaitable[Reader | None]]) -> None:
        self._ask = ask
        self._asked_at = float("-inf")
        self._reader: Reader | None = None

    async def holds(self) -> Reader | None:
        if monotonic() - self._asked_at >= ASK_AGAIN_S:
            self._reader, self._asked_at = await self._ask(), monotonic()
        return self._reader


class _Glance:
    """When to look into the table: when it has moved, and now and then, however much fine progress is heard."""

    def __init__(self) -> None:
        self.moved = True
        self._looked_at = 0.0

    def is_due(self) -> bool:
        due = self.moved or monotonic() - self._looked_at >= LOOK_AGAIN_S
        if due:
            self._looked_at = monotonic()
        return due


class _Pulse:
    """Watches for silence: after enough of it the connection is kept alive by a heartbeat."""

    def __init__(self) -> None:
        self._spoke_at = monotonic()

    def is_due(self, busy: bool) -> bool:
        due = monotonic() - self._spoke_at >= HEARTBEAT_S
        if busy or due:
            self._spoke_at = monotonic()
        return due and not busy


def _is_final(document: Mapping[str, Any]) -> bool:
    return OperationState(document["state"]).final


def _parts(document: Mapping[str, Any]) -> set[str]:
    """The operation and those of its steps."""
    steps = {step["operation_id"] for step in document.get("steps", ()) if step.get("operation_id")}
    return {str(document["operation_id"]), *steps}


def _progress(document: Mapping[str, Any], ear: Listening) -> list[Item]:
    heard = ear.take_progress()
    return [Item("progress", refined(document, operation_id, value)) for operation_id, value in heard.items()]


def refined(document: Mapping[str, Any], operation_id: str, progress: float) -> dict[str, Any]:
    """The progress of the operation, refined by what was heard of it or of one of its steps."""
    steps = document.get("steps") or []
    told: dict[str, Any] = {"operation_id": document["operation_id"], "progress": progress}
    moving = next((step for step in steps if step.get("operation_id") == operation_id), None)
    if moving is None:
        return told
    shares = [progress if step is moving else step["progress"] for step in steps]
    return {**told, "progress": round(sum(shares) / len(shares), 6), "step": moving["name"], "step_progress": progress}
