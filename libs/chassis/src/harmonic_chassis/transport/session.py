"""A connection kept open: opened again, with all that belongs to it, whenever it is lost."""

import asyncio
import contextlib
import logging
import random
from abc import ABC, abstractmethod
from typing import Any

log = logging.getLogger(__name__)

CONNECT_S = 5.0
RECONNECT_S = 0.5
STOP_S = 15.0


async def first_of(*events: asyncio.Event, patience_s: float | None = None) -> None:
    """Wait until one of the events is set, or as long as that."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


class Session(ABC):
    """One kept connection. A subclass says how to connect and what to do with the connection."""

    broken: tuple[type[Exception], ...] = (OSError, RuntimeError, TimeoutError)
    """What a call on a broken connection raises."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.up = asyncio.Event()
        self.lost = asyncio.Event()
        self.stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to connect."""
        self._task = self._task or asyncio.create_task(self._run(), name=f"session-{self.name}")

    async def stop(self) -> None:
        """Ends after the work in hand, at the latest after STOP_S."""
        self.stopping.set()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=STOP_S)
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None

    async def is_up(self, patience_s: float) -> bool:
        """Whether it is connected, waiting so long for it."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                await self.up.wait()
        return self.up.is_set()

    def drop(self, *_: Any) -> None:
        """The connection is no good any more (also the callback of its closing)."""
        self.up.clear()
        self.lost.set()

    @abstractmethod
    async def connect(self) -> Any:
        """Open the connection, with ``drop`` as the callback of its closing. It has a coroutine ``close``."""

    @abstractmethod
    async def open(self, connection: Any) -> None:
        """Open channels and declare what is needed."""

    async def serve(self) -> None:
        """Work until the connection is lost or the session stops."""
        await first_of(self.lost, self.stopping)

    async def _run(self) -> None:
        while not self.stopping.is_set():
            try:
                await self._once()
            except self.broken as error:
                log.warning("connection lost, opened again soon", extra={"session": self.name, "error": repr(error)})
            except Exception:
                log.exception("session failed, begun again soon", extra={"session": self.name})
            await first_of(self.stopping, patience_s=RECONNECT_S * random.uniform(0.5, 1.5))

    async def _once(self) -> None:
        self.lost.clear()
        connection = await self.connect()
        try:
            await self.open(connection)
            self.up.set()
            await self.serve()
        finally:
            self.up.clear()
            with contextlib.suppress(*self.broken):
                async with asyncio.timeout(CONNECT_S):
                    await connection.close()
