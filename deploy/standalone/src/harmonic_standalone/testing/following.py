"""Following an operation over any number of broken connections, keeping every numbered event as it came."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from harmonic_client import Harmonic
from harmonic_client.errors import ApiError, Unreachable
from harmonic_client.sse import events
from harmonic_contracts.operations import OperationState

AGAIN_S = 0.1


@dataclass
class Listener:
    """One follower. `numbered` holds each numbered event as (id, document), in the order of arrival."""

    harmonic: Harmonic
    operation_id: str
    numbered: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    breaks: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self) -> dict[str, Any]:
        """Listen until the operation has ended, connecting again with Last-Event-ID; the last document."""
        while not self._has_ended():
            try:
                await self._listen()
            except (Unreachable, ApiError) as error:
                if isinstance(error, ApiError) and error.problem.status < 500:
                    raise
            if not self._has_ended():
                self.breaks += 1
                await asyncio.sleep(AGAIN_S)
        return self.latest

    @property
    def latest(self) -> dict[str, Any]:
        """The newest document of the operation; empty before the first."""
        return self.numbered[-1][1] if self.numbered else {}

    async def until(self, reached: Callable[[dict[str, Any]], bool], seconds: float = 60.0) -> None:
        """Wait until the newest document satisfies a condition."""
        async with asyncio.timeout(seconds):
            while not reached(self.latest):
                self._news.clear()
                await self._news.wait()

    async def _listen(self) -> None:
        headers = {"Last-Event-ID": str(self.numbered[-1][0])} if self.numbered else {}
        path = f"/v1/operations/{self.operation_id}/events"
        async with self.harmonic.session.stream(path, headers=headers) as answer:
            async for event in events(answer.content.iter_any()):
                if event.name == "operation":
                    assert event.id is not None
                    self.numbered.append((int(event.id), json.loads(event.data)))
                    self._news.set()

    def _has_ended(self) -> bool:
        return bool(self.numbered) and OperationState(self.latest["state"]).final


def at_work(step: str) -> Callable[[dict[str, Any]], bool]:
    """Whether a step of the operation is running, or is over."""

    def reached(operation: dict[str, Any]) -> bool:
        if operation.get("state") in ("succeeded", "failed", "cancelled"):
            return True
        states = {each["name"]: each["state"] for each in operation.get("steps", ())}
        return states.get(step) in ("running", "succeeded")

    return reached
