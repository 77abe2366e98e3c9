"""Starting and cancelling jobs, in the transaction of the change that asks for it."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import insert, select, update

from harmonic_chassis.dialects.times import shared_now
from harmonic_chassis.ids import new_id
from harmonic_chassis.jobs.announce import announce
from harmonic_chassis.tables.jobs import job
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.operations import OperationState

SYSTEM_ORGANIZATION = "00000000-0000-7000-8000-000000000000"
"""Whose the scheduled care is: nobody's. It takes its turn like an organization."""


async def submit(
    uow: UnitOfWork,
    kind: str,
    payload: BaseModel,
    *,
    organization_id: str,
    job_id: str | None = None,
    run_at: datetime | None = None,
    public: bool = True,
) -> str:
    """Start a job; returns its id, which is its operation's id. With `job_id` a second call changes nothing."""
    chosen = job_id or new_id()
    if job_id is not None and await uow.session.scalar(select(job.c.job_id).where(job.c.job_id == job_id)):
        return chosen
    now = await shared_now(uow.session, uow.clock)
    row: dict[str, Any] = {
        "job_id": chosen,
        "kind": kind,
        "organization_id": organization_id,
        "actor_id": uow.context.actor_id,
        "payload": payload.model_dump(mode="json"),
        "owner_id": uow.context.owner_id,
        "context": uow.context.stored(),
        "state": OperationState.QUEUED.value,
        "public": public,
        "progress": 0.0,
        "cancel_requested": False,
        "due_at": run_at or now,
        "fence": 0,
        "attempts": 0,
        "waits": 0,
        "reasons": [],
        "wall_seconds": 0.0,
        "created_at": now,
        "updated_at": now,
    }
    await uow.session.execute(insert(job).values(row))
    if public:
        announce(uow, job_id=chosen, kind=kind, organization_id=organization_id, state=OperationState.QUEUED)
    uow.touch("job")
    return chosen


async def cancel(uow: UnitOfWork, job_id: str, *, organization_id: str | None = None) -> bool:
    """Ask for the end of a job (of this organization); returns whether there was one to end.

    A running one sees it within 200 ms; a queued one is ended by the next worker that looks, at once, without its turn.
    """
    asked = (job.c.job_id == job_id) & job.c.ended_at.is_(None)
    if organization_id is not None:
        asked &= job.c.organization_id == organization_id
    done = await uow.session.execute(update(job).where(asked).values(cancel_requested=True).returning(job.c.job_id))
    uow.touch("job")
    return done.first() is not None
