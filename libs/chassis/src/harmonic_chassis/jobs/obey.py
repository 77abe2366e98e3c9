"""The order to cancel a job, as every service with jobs obeys it."""

import logging
from typing import Any

from sqlalchemy import select

from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.jobs.submission import cancel
from harmonic_chassis.tables.jobs import job
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.operation import CANCEL_OPERATION, CancelOperation

OVERTAKEN_S = 30.0
"""For so long a cancel waits for the order to begin, which it may have overtaken."""
log = logging.getLogger(__name__)


class NotYetThere(LookupError):
    """The order is tried again a little later."""


def cancel_handlers(service: str) -> Handlers:
    """The handler of the service's `cancel_operation` command; none for a service without operations."""
    handlers = Handlers()
    if service in CANCEL_OPERATION:
        handlers.on(CANCEL_OPERATION[service])(_cancel)
    return handlers


async def _cancel(message: Message[CancelOperation], uow: UnitOfWork, chassis: Any) -> None:
    if message.organization_id is None:
        log.warning("a cancel order without organization was ignored: %s", message.id)
        return
    job_id = message.data.operation_id
    if await cancel(uow, job_id, organization_id=message.organization_id):
        return
    known = await uow.session.scalar(select(job.c.job_id).where(job.c.job_id == job_id))
    age_s = (uow.clock.now() - message.envelope.time).total_seconds()
    if known is None and age_s < OVERTAKEN_S:
        raise NotYetThere(f"operation {job_id} is to be cancelled and is not there yet")
