"""Who leads: a row in the database that its holder keeps beating, judged without comparing any clocks.

A follower takes over when the row has not changed for ``lease_s`` of its own monotonic time, so a stepping clock can
neither end a living leadership nor keep a dead one. The fence rises with each takeover; what a leader writes is
conditional on it.
"""

import os
import socket
from dataclasses import dataclass

from sqlalchemy import select, update

from harmonic_chassis.database import Database
from harmonic_chassis.dialects import insert
from harmonic_chassis.ids import new_id
from harmonic_chassis.points import reach
from harmonic_chassis.tables.event_path import relay_lease

NAME = "relay"
PROCESS = f"{socket.gethostname()}:{os.getpid()}:{new_id()[-12:]}"


@dataclass(frozen=True, slots=True)
class _Sight:
    """The row as last seen changing, and when."""

    holder: str | None
    fence: int
    beat: int


class Lease:
    """The claim of one relay to lead its service."""

    def __init__(self, db: Database, *, lease_s: float = 3.0) -> None:
        self._db = db
        self.lease_s = lease_s
        self.holder = f"{PROCESS}:{new_id()[-8:]}"
        self.fence: int | None = None
        self._seen: _Sight | None = None
        self._seen_at = 0.0
        self._beaten_at = 0.0

    @property
    def held(self) -> bool:
        return self.fence is not None

    async def acquire(self) -> bool:
        """Take the lease when it is free or its holder is dead."""
        sight, now = await self._look(), self._db.clock.monotonic()
        if sight != self._seen:
            self._seen, self._seen_at = sight, now
        free = sight.holder in (None, self.holder) or now - self._seen_at >= self.lease_s
        if not free and not self._orphaned(sight.holder):
            return False
        return await self._take(sight)

    async def beat(self) -> bool:
        """Show life, a few times within the lease; False when the lease was lost."""
        if self.fence is None:
            return False
        now = self._db.clock.monotonic()
        if now - self._beaten_at < self.lease_s / 4:
            return True
        reach("leadership.before_beat")
        if not await self._db.events.beat(self.fence):
            self.lost()
        reach("leadership.beaten")
        self._beaten_at = now
        return self.held

    def beaten(self) -> None:
        """Life was shown by other means."""
        reach("leadership.beaten")
        self._beaten_at = self._db.clock.monotonic()

    def lost(self) -> None:
        """Another leads now."""
        self.fence, self._seen = None, None

    async def release(self) -> None:
        """Let another lead at once."""
        if self.fence is not None:
            async with self._db.transaction() as uow:
                await uow.session.execute(
                    update(relay_lease)
                    .where(relay_lease.c.name == NAME, relay_lease.c.fence == self.fence)
                    .values(holder=None)
                )
            self.lost()

    def _orphaned(self, holder: str | None) -> bool:
        """SQLite has one writing process: a holder of another one is dead, however young its last beat."""
        return self._db.dialect == "sqlite" and not (holder or "").startswith(f"{PROCESS}:")

    async def _look(self) -> _Sight:
        async with self._db.reading() as session:
            row = (await session.execute(select(relay_lease).where(relay_lease.c.name == NAME))).one_or_none()
        if row is not None:
            return _Sight(row.holder, row.fence, row.beat)
        async with self._db.transaction() as uow:
            await uow.session.execute(
                insert(uow.session, relay_lease)
                .values(name=NAME, holder=None, fence=0, beat=0, numbered=0)
                .on_conflict_do_nothing()
            )
        return _Sight(None, 0, 0)

    async def _take(self, sight: _Sight) -> bool:
        async with self._db.transaction() as uow:
            taken = await uow.session.execute(
                update(relay_lease)
                .where(relay_lease.c.name == NAME, relay_lease.c.fence == sight.fence, relay_lease.c.beat == sight.beat)
                .values(holder=self.holder, fence=relay_lease.c.fence + 1, beat=0)
                .returning(relay_lease.c.fence)
            )
            self.fence = taken.scalar_one_or_none()
        self._beaten_at = self._db.clock.monotonic()
        return self.held
