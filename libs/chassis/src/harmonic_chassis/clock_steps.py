"""When the wall clock steps back, nothing waits for the old time to come again.

Due times are wall times, so that they survive restarts and are shared by processes. A step back (a wrong clock set
right) would leave what was due at once due in an hour. A row that was made in the future tells of such a step: it, and
every retry further ahead than any backoff, is brought back to the present. Leases of relays compare no clocks at all.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update

from harmonic_chassis.clock import Clock
from harmonic_chassis.database import Database
from harmonic_chassis.dialects.times import shared_now
from harmonic_chassis.inbox import PENDING
from harmonic_chassis.tables.event_path import inbox
from harmonic_chassis.tables.jobs import job
from harmonic_contracts.operations import OperationState

log = logging.getLogger(__name__)
TOLERANCE = timedelta(seconds=5)
"""Clocks of several machines differ by less."""
NOTICED_S = 1.0


class StepWatch:
    """Notices, between two looks, that the wall clock stepped back."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset = self._measure()

    def stepped_back(self) -> bool:
        """Whether it did since the last look."""
        before, self._offset = self._offset, self._measure()
        return self._offset < before - NOTICED_S

    def _measure(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()


async def mend_inbox(db: Database, consumer: str, longest_s: float) -> int:
    """Bring what this consumer has from the future to the present; ``longest_s`` is its longest backoff. Returns how
    many messages were to wait too long."""
    now, longest = db.clock.now(), timedelta(seconds=longest_s)
    ahead = or_(inbox.c.received_at > now + TOLERANCE, inbox.c.due_at > now + longest + TOLERANCE)
    columns = (inbox.c.position, inbox.c.received_at, inbox.c.due_at)
    async with db.transaction() as uow:
        rows = (await uow.session.execute(select(*columns).where(inbox.c.consumer == consumer, PENDING, ahead))).all()
        for row in rows:
            due = now + min(_wait(row.received_at, row.due_at, now), longest)
            values = {"due_at": due, "received_at": min(row.received_at, now)}
            await uow.session.execute(update(inbox).where(inbox.c.position == row.position).values(values))
        uow.touch("inbox")
    return _told(rows, consumer)


async def mend_jobs(db: Database) -> int:
    """The same for jobs that wait: one that was meant for later keeps its distance to its making."""
    async with db.transaction() as uow:
        now = await shared_now(uow.session, uow.clock)
        waiting = (job.c.state == OperationState.QUEUED.value) & (job.c.created_at > now + TOLERANCE)
        columns = (job.c.job_id, job.c.created_at, job.c.due_at)
        rows = (await uow.session.execute(select(*columns).where(waiting))).all()
        for row in rows:
            values = {"due_at": now + _wait(row.created_at, row.due_at, now), "created_at": now}
            await uow.session.execute(update(job).where(job.c.job_id == row.job_id).values(values))
        uow.touch("job")
    return _told(rows, "jobs")


def _wait(made_at: datetime, due_at: datetime, now: datetime) -> timedelta:
    """How long a row made in the future was meant to wait; one made in the past, until it is due."""
    return max(timedelta(), due_at - max(made_at, now))


def _told(rows: Any, what: str) -> int:
    if rows:
        log.warning("the clock stepped back; what waited was brought to the present", extra={what: len(rows)})
    return len(rows)
