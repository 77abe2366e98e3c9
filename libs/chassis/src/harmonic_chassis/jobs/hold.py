"""A worker's hold on its job: the lease kept alive, a cancel heard by the way, and certainty before each write.

The worker knows by its own monotonic clock, which goes on while the process is paused, until when nobody can have taken
the job. Past that moment it asks the database before it writes anything outside of a transaction.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from enum import Enum

from harmonic_chassis.database import Database
from harmonic_chassis.jobs.claim import Claimed, LeaseLost, renew
from harmonic_chassis.points import reach

log = logging.getLogger(__name__)
SAFE = 0.9
"""The part of a lease that is relied on: clocks of machines differ a little in speed."""


class Stop(Enum):
    """Why a run ends before its work does."""

    CANCELLED = "cancelled"
    LOST = "lost"
    GIVE_WAY = "give way"


class Hold:
    """One run's lease. `stop` is told when the job is cancelled or lost; `progress` gives what is noted with a beat."""

    def __init__(
        self,
        db: Database,
        claimed: Claimed,
        *,
        lease_s: float,
        beat_s: float,
        progress: Callable[[], float],
        stop: Callable[[Stop], None],
    ) -> None:
        self._db, self._claimed = db, claimed
        self._lease_s, self._beat_s = lease_s, beat_s
        self._progress, self._stop = progress, stop
        self._sure_until = claimed.asked_at + SAFE * lease_s
        self._over = asyncio.Event()
        self._lost = False

    async def keep(self) -> None:
        """Renew again and again, until `let_go`. While the database is away nobody else can take the job either."""
        while not self._lost and not await self._let_go_within(self._beat_s):
            try:
                reach("lease.before_renewal")
                await self._renew()
                reach("lease.renewed")
            except LeaseLost:
                self._lost = True
                self._stop(Stop.LOST)
            except Exception as error:
                log.warning("job %s: its lease could not be renewed: %s", self._claimed.job_id, error)

    def let_go(self) -> None:
        """The run is over."""
        self._over.set()

    async def make_sure(self) -> None:
        """Return while the job is this worker's, beyond doubt. Raises LeaseLost where it is another's."""
        if time.monotonic() < self._sure_until:
            return
        try:
            await self._renew()
        except LeaseLost:
            self._stop(Stop.LOST)
            raise

    async def _renew(self) -> None:
        asked_at = time.monotonic()
        async with asyncio.timeout(self._lease_s):
            cancelled = await renew(self._db, self._claimed, progress=self._progress(), lease_s=self._lease_s)
        if cancelled:
            self._stop(Stop.CANCELLED)
        self._sure_until = asked_at + SAFE * self._lease_s

    async def _let_go_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._over.wait()
        return self._over.is_set()
