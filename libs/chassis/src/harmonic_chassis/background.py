"""A loop in the background that survives its errors, is woken, and stops between two rounds."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from harmonic_chassis.wake import Wake

log = logging.getLogger(__name__)
ERROR_PAUSE_S = 1.0
STOP_S = 20.0


class Background:
    """Calls ``round`` again and again; it returns how many seconds may pass until the next, unless woken before."""

    def __init__(self, name: str, round_: Callable[[], Awaitable[float]]) -> None:
        self.name = name
        self.wake = Wake()
        self._round = round_
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._stopping = False
        self._task = asyncio.create_task(self._run(), name=self.name)

    async def stop(self) -> None:
        """Let the round under way end, then stop; cancel it when it takes too long."""
        self._stopping = True
        self.wake.ring()
        if self._task is not None:
            done, _ = await asyncio.wait({self._task}, timeout=STOP_S)
            if not done:
                log.warning("background loop cancelled while busy", extra={"loop": self.name})
                self._task.cancel()
                await asyncio.wait({self._task})
            self._task = None

    async def kill(self) -> None:
        """Stop in the middle of whatever it does, as a crash would; for tests of what survives that."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None

    async def _run(self) -> None:
        while not self._stopping:
            try:
                pause = await self._round()
            except Exception:
                log.exception("background loop failed, goes on", extra={"loop": self.name})
                await asyncio.sleep(ERROR_PAUSE_S)
                continue
            if not self._stopping:
                await self.wake.wait(pause)
