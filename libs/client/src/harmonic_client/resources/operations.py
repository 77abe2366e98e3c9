"""Operations: long work, watched over any number of broken connections without a gap or a repeat."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from harmonic_client.errors import ApiError, OperationFailed, Unreachable
from harmonic_client.models import operation_of
from harmonic_client.retries import TRANSIENT, RetryPolicy
from harmonic_client.session import Session
from harmonic_client.sse import ServerEvent, events
from harmonic_contracts.operations import Operation, OperationState, Step

PATIENCE = RetryPolicy(attempts=12, base_s=0.2, cap_s=10.0)
"""For a stream that breaks: about a minute without any event, then the watcher is told."""


class Operations:
    """``/v1/operations``."""

    def __init__(self, session: Session, patience: RetryPolicy = PATIENCE) -> None:
        self._session = session
        self._patience = patience

    async def get(self, operation_id: str) -> Operation:
        """An operation as it stands."""
        return operation_of((await self._session.send("GET", f"/v1/operations/{operation_id}")).json())

    async def cancel(self, operation_id: str) -> None:
        """Ask for the end of an operation. Raises Conflict when it has ended already."""
        await self._session.send("POST", f"/v1/operations/{operation_id}/cancel", once=True)

    async def watch(self, operation_id: str) -> AsyncGenerator[Operation]:
        """The operation each time that it moves, until it has ended. Numbered events are resumed after a break."""
        place: str | None = None
        latest: Operation | None = None
        failures = 0
        while True:
            try:
                async with aclosing(self._connect(operation_id, place)) as stream:
                    async for event in stream:
                        failures, place = 0, event.id or place
                        moved = _applied(event, latest)
                        if moved is None:
                            continue
                        latest = moved
                        yield latest
                        if latest.state.final:
                            return
            except (Unreachable, ApiError) as error:
                if not _passing(error):
                    raise
            failures += 1
            await self._pause(failures)

    async def wait(self, operation_id: str) -> Operation:
        """The operation once it has succeeded. Raises OperationFailed when it ends another way."""
        states = [operation async for operation in self.watch(operation_id)]
        return succeeded(states[-1])

    async def _connect(self, operation_id: str, place: str | None) -> AsyncGenerator[ServerEvent]:
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": place} if place else {})
        async with self._session.stream(f"/v1/operations/{operation_id}/events", headers=headers) as answer:
            async for event in events(answer.content.iter_any()):
                yield event

    async def _pause(self, failures: int) -> None:
        wait = self._patience.wait(failures, None)
        if wait is None:
            raise Unreachable("The stream of the operation breaks again and again; the operation itself goes on.")
        await asyncio.sleep(wait)


def succeeded(operation: Operation) -> Operation:
    """The operation, if it has succeeded. Raises OperationFailed."""
    if operation.state is not OperationState.SUCCEEDED:
        raise OperationFailed(operation)
    return operation


def _passing(error: Unreachable | ApiError) -> bool:
    """Whether it is worth to connect again: something restarts, or the network broke."""
    return isinstance(error, Unreachable) or (isinstance(error, ApiError) and error.problem.status in TRANSIENT)


def _applied(event: ServerEvent, latest: Operation | None) -> Operation | None:
    if event.name == "operation":
        return operation_of(json.loads(event.data))
    if event.name == "progress" and latest is not None and not latest.state.final:
        return _moved(latest, json.loads(event.data))
    return None


def _moved(operation: Operation, progress: dict[str, Any]) -> Operation:
    """The operation with the finer progress of a hint: its own, and that of the step named."""
    steps = [_step(step, progress) for step in operation.steps]
    whole = max(operation.progress, float(progress.get("progress", 0.0)))
    return operation.model_copy(update={"progress": min(whole, 1.0), "steps": steps})


def _step(step: Step, progress: dict[str, Any]) -> Step:
    if step.name != progress.get("step") or step.state.final:
        return step
    share = max(step.progress, float(progress.get("step_progress") or 0.0))
    return step.model_copy(update={"progress": min(share, 1.0), "state": OperationState.RUNNING})
