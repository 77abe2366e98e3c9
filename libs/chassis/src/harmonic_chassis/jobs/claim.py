"""Who works on a job: a lease with a fencing token, given round the organizations.

Each claim raises the job's `fence`. Every later write names the fence that it was claimed with and changes nothing
when another claim has come between (`LeaseLost`, which rolls its transaction back). So a worker that was paused past
its lease cannot write; one that was merely late, and that nobody replaced, goes on.
"""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, or_, select, update

from harmonic_chassis.context import MessageContext
from harmonic_chassis.database import Database
from harmonic_chassis.dialects import insert
from harmonic_chassis.dialects.times import shared_now
from harmonic_chassis.jobs.announce import announce
from harmonic_chassis.tables.jobs import job, organization_turn
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.operations import OperationState

LEASE_S = 10.0
BEAT_S = 2.0

_QUEUED = job.c.state == OperationState.QUEUED.value
_RUNNING = job.c.state == OperationState.RUNNING.value


class LeaseLost(Exception):
    """Another worker has the job now: nothing may be written."""


@dataclass(frozen=True)
class Claimed:
    """A job as its new worker takes it over."""

    job_id: str
    kind: str
    organization_id: str
    payload: dict[str, Any]
    context: MessageContext
    public: bool
    progress: float
    cancel_requested: bool
    fence: int
    attempts: int
    waits: int
    reasons: list[dict[str, Any]]
    checkpoint: dict[str, Any] | None
    wall_seconds: float
    asked_at: float
    """The worker's monotonic time before it asked: its lease began no earlier."""

    async def write(self, uow: UnitOfWork, **values: Any) -> None:
        """Change the job's row under the lease, in the transaction. Raises LeaseLost; then the transaction must end."""
        now = await shared_now(uow.session, uow.clock)
        mine = (job.c.job_id == self.job_id) & (job.c.fence == self.fence) & _RUNNING
        done = await uow.session.execute(
            update(job).where(mine).values(updated_at=now, **values).returning(job.c.job_id)
        )
        if done.first() is None:
            raise LeaseLost(f"job {self.job_id} has gone to another worker")


async def claim(
    db: Database,
    kinds: Collection[str],
    owner: str,
    *,
    lease_s: float = LEASE_S,
    cancelled_only: bool = False,
    but: Collection[str] = (),
) -> Claimed | None:
    """The next job: of the organization that was served longest ago, its longest due. Also one whose worker has not
    been heard of for its lease. With `cancelled_only`, only one that waits to be ended; none of `but`."""
    wanted, asked_at = _Wanted(kinds, cancelled_only, but), time.monotonic()
    async with db.reading() as session:  # an idle look writes nothing
        now = await shared_now(session, db.clock)
        if await session.scalar(select(job.c.job_id).where(wanted.at(now)).limit(1)) is None:
            return None
    async with db.transaction() as uow:
        now = await shared_now(uow.session, uow.clock)
        row = (await uow.session.execute(_next(wanted.at(now)))).mappings().one_or_none()
        return None if row is None else await _take(uow, row, owner, now, timedelta(seconds=lease_s), asked_at)


async def renew(db: Database, claimed: Claimed, *, progress: float, lease_s: float = LEASE_S) -> bool:
    """Prolong the lease and note the progress; returns whether the job's end is asked for. Raises LeaseLost."""
    async with db.transaction(claimed.context) as uow:
        now = await shared_now(uow.session, uow.clock)
        await claimed.write(uow, lease_until=now + timedelta(seconds=lease_s), progress=progress)
        asked = select(job.c.cancel_requested).where(job.c.job_id == claimed.job_id)
        return bool(await uow.session.scalar(asked))


async def release_others(db: Database, process: str) -> int:
    """End the leases of every other process, when none can be alive: SQLite has one writing process. Their jobs are
    taken over at once; returns how many."""
    async with db.transaction() as uow:
        now = await shared_now(uow.session, uow.clock)
        done = await uow.session.execute(
            update(job)
            .where(_RUNNING, ~job.c.lease_owner.startswith(f"{process}:"))
            .values(lease_until=now)
            .returning(job.c.job_id)
        )
        freed = len(done.all())
        if freed:
            uow.touch("job")
        return freed


@dataclass(frozen=True)
class _Wanted:
    """Which jobs may be claimed."""

    kinds: Collection[str]
    cancelled_only: bool
    but: Collection[str]

    def at(self, now: datetime) -> ColumnElement[bool]:
        silent = and_(_RUNNING, job.c.lease_until <= now)
        ours = and_(job.c.kind.in_(self.kinds), job.c.job_id.not_in(self.but))
        if self.cancelled_only:
            return and_(job.c.cancel_requested, job.c.ended_at.is_(None), or_(_QUEUED, silent), ours)
        return and_(or_(and_(_QUEUED, job.c.due_at <= now), silent), ours)


def _next(wanted: ColumnElement[bool]) -> Any:
    turn = organization_turn.c
    return (
        select(job)
        .outerjoin(organization_turn, turn.organization_id == job.c.organization_id)
        .where(wanted)
        .order_by(turn.served_at.is_not(None), turn.served_at, job.c.due_at, job.c.job_id)
        .limit(1)
        .with_for_update(of=job, skip_locked=True)
    )


async def _take(
    uow: UnitOfWork, row: RowMapping, owner: str, now: datetime, lease: timedelta, asked_at: float
) -> Claimed:
    attempts, reasons = row["attempts"], list(row["reasons"])
    if row["state"] == OperationState.RUNNING.value:
        attempts += 1
        reasons.append({"attempt": attempts, "error": f"the worker {row['lease_owner']} stopped without a word"})
    claimed = Claimed(
        **{name: row[name] for name in _SAME},
        context=MessageContext.restored(row["context"], row["owner_id"]),
        fence=row["fence"] + 1,
        attempts=attempts,
        reasons=reasons,
        asked_at=asked_at,
    )
    values = {
        "state": OperationState.RUNNING.value,
        "fence": claimed.fence,
        "lease_owner": owner,
        "lease_until": now + lease,
        "started_at": row["started_at"] or now,
        "attempts": attempts,
        "reasons": reasons,
        "updated_at": now,
    }
    await uow.session.execute(update(job).where(job.c.job_id == claimed.job_id).values(values))
    await note_turn(uow, claimed.organization_id, now)
    if claimed.public and not claimed.cancel_requested and (row["started_at"] is None or attempts > 0):
        _announce_start(uow.within(claimed.context), claimed)
    return claimed


async def note_turn(uow: UnitOfWork, organization_id: str, now: datetime) -> None:
    """The organization has had its turn now."""
    row = insert(uow.session, organization_turn).values(organization_id=organization_id, served_at=now)
    await uow.session.execute(
        row.on_conflict_do_update(index_elements=[organization_turn.c.organization_id], set_={"served_at": now})
    )


def _announce_start(uow: UnitOfWork, claimed: Claimed) -> None:
    announce(
        uow,
        job_id=claimed.job_id,
        kind=claimed.kind,
        organization_id=claimed.organization_id,
        state=OperationState.RUNNING,
        attempt=claimed.attempts + 1,
        progress=claimed.progress,
        wall_seconds=claimed.wall_seconds,
    )


_SAME = (
    "job_id", "kind", "organization_id", "payload", "public", "progress", "cancel_requested", "waits", "checkpoint",
    "wall_seconds",
)  # fmt: skip
